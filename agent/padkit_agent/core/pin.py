"""The customer's PINs: a new one entered twice at the kit's keypad, the present one once.

What the keypad makes of it is in memory only; after a restart the card is captured and the next one asked for again (F14, F23).
"""

from __future__ import annotations

from msgspec.structs import replace

from padkit_agent.core.actions import AskPerson, EnterPin, WaitDevice
from padkit_agent.core.applying import begin, on_pin
from padkit_agent.core.card import CANCELLED, PIN_FAILED, ask_pin, to_bin
from padkit_agent.core.events import AnyEvent, DeviceAway, DeviceBack, PinEntered, TryAgain
from padkit_agent.core.flow import PIN_PAD, Decision, Flow, FlowRefused, Rules, end, then
from padkit_agent.core.phases import Phase

TRIES = 3  # catalogue parameter pin_mismatch_max
WAIT_S = 60.0  # a card stands in the box and a customer waits: no longer than this for a keypad that fell off
BY_CUSTOMER = "pin.cancelled"
AGAIN = frozenset({"pin.timeout", "pin.mismatch"})  # the customer may have both entries again


def on_enter_pin(flow: Flow, event: AnyEvent, rules: Rules) -> Decision:
    """The PIN, or why there is none."""
    wanted = flow.pending
    match event:
        case PinEntered() if isinstance(wanted, EnterPin):
            return on_pin(flow, wanted, event, rules)
        case TryAgain(hint=hint) if hint == BY_CUSTOMER:
            return _given_up(flow, rules, CANCELLED)
        case TryAgain(hint=hint) if hint in AGAIN and flow.tries + 1 < rules.number("pin_mismatch_max", TRIES):
            return then(replace(flow, tries=flow.tries + 1, note=hint), _again(flow, rules))
        case TryAgain(hint=hint):
            return _given_up(flow, rules, f"{PIN_FAILED}: {hint}")
        case DeviceAway(why=why) if not flow.looks:
            return then(replace(flow, looks=1, note=why), WaitDevice(PIN_PAD, WAIT_S))
        case DeviceAway(why=why):
            return _given_up(flow, rules, f"{PIN_FAILED}: {why}")
    raise FlowRefused(f"enter_pin cannot end in {type(event).__name__}")


def on_wait_pin_pad(flow: Flow, event: AnyEvent, rules: Rules) -> Decision:
    """The keypad came back, or did not."""
    match event:
        case DeviceBack() if flow.card is None:  # from the first one on: what was typed before it went may be lost
            return begin(replace(flow, pending=None), rules)
        case DeviceBack():
            return then(flow, ask_pin(flow, rules))
        case DeviceAway(why=why):
            return _given_up(flow, rules, f"{PIN_FAILED}: {why}")
    raise FlowRefused(f"wait_device cannot end in {type(event).__name__}")


def _again(flow: Flow, rules: Rules) -> AskPerson | EnterPin:
    return flow.pending if isinstance(flow.pending, EnterPin) else ask_pin(flow, rules)


def _given_up(flow: Flow, rules: Rules, why: str) -> Decision:
    """No PIN comes: a staged card goes to the bin."""
    return to_bin(flow, why, "cancel") if flow.card is not None else end(flow, rules, Phase.CANCELLED, why)
