"""The customer's PIN for the staged card: entered twice at the kit's keypad.

What the keypad makes of it is in memory only; after a restart the card is captured and the next one asked for again (F14, F23).
"""

from __future__ import annotations

from msgspec.structs import replace

from padkit_agent.core.actions import WaitDevice
from padkit_agent.core.card import CANCELLED, CONFIRM, PIN_FAILED, ask_pin, to_bin
from padkit_agent.core.events import AnyEvent, DeviceAway, DeviceBack, PinEntered, TryAgain
from padkit_agent.core.flow import PIN_PAD, Decision, Flow, FlowRefused, Rules, go, then, with_evidence
from padkit_agent.core.phases import Phase
from padkit_contract.messages import EvidenceItem, How

TRIES = 3  # catalogue parameter pin_mismatch_max
WAIT_S = 60.0  # a card stands in the box and a customer waits: no longer than this for a keypad that fell off
BY_CUSTOMER = "pin.cancelled"
AGAIN = frozenset({"pin.timeout", "pin.mismatch"})  # the customer may have both entries again


def on_enter_pin(flow: Flow, event: AnyEvent, rules: Rules) -> Decision:
    """Two equal PINs, or why there are none."""
    match event:
        case PinEntered(key_id=key_id, format=named):
            line = EvidenceItem("pin_new", How.CAPTURED, note=f"twice the same, {named} under key {key_id}")
            inputs = {**flow.inputs, "pin_key_id": key_id, "pin_format": named}
            flow = replace(with_evidence(go(flow, rules, Phase.PIN_SET), line), inputs=inputs, looks=0, note="")
            return then(flow, CONFIRM)
        case TryAgain(hint=hint) if hint == BY_CUSTOMER:
            return to_bin(flow, CANCELLED, "cancel")
        case TryAgain(hint=hint) if hint in AGAIN and flow.tries + 1 < rules.number("pin_mismatch_max", TRIES):
            return then(replace(flow, tries=flow.tries + 1, note=hint), ask_pin(flow, rules))
        case TryAgain(hint=hint):
            return to_bin(flow, f"{PIN_FAILED}: {hint}", "cancel")
        case DeviceAway(why=why) if not flow.looks:
            return then(replace(flow, looks=1, note=why), WaitDevice(PIN_PAD, WAIT_S))
        case DeviceAway(why=why):
            return to_bin(flow, f"{PIN_FAILED}: {why}", "cancel")
    raise FlowRefused(f"enter_pin cannot end in {type(event).__name__}")


def on_wait_pin_pad(flow: Flow, event: AnyEvent, rules: Rules) -> Decision:
    """The keypad came back, or did not."""
    match event:
        case DeviceBack():
            return then(flow, ask_pin(flow, rules))
        case DeviceAway(why=why):
            return to_bin(flow, f"{PIN_FAILED}: {why}", "cancel")
    raise FlowRefused(f"wait_device cannot end in {type(event).__name__}")
