"""The flow's hand on the PIN keypad: what the customer enters comes back as an encrypted block, for memory only."""

from __future__ import annotations

from collections.abc import Callable

from padkit_agent.core import events as ev
from padkit_agent.core.actions import EnterPin
from padkit_agent.core.flow import PIN_PAD, Flow
from padkit_agent.core.plan import PRESENT_PIN
from padkit_agent.devices import Devices, RoomEvent
from padkit_agent.flows.overhearing import overheard
from padkit_sdk.errors import AskAgain, BadFrame, DeviceFault, LinkLost, OutcomeUnknown, Refused
from padkit_sdk.ports import PinAbility, PinBlock, PinFormat, PinPad
from padkit_sdk.secrets import Pan

ENTER_S = 90.0  # for both entries
LEASE_S = ENTER_S + 10.0
STRONGEST = (PinFormat.ISO_4, PinFormat.ISO_3, PinFormat.ISO_0)  # ISO_1 is not bound to the account


async def enter_pin(
    devices: Devices, flow: Flow, wanted: EnterPin, tell: Callable[[str], None]
) -> tuple[ev.AnyEvent, str]:
    """Let the customer enter a PIN for the flow's card, a new one twice. The second is the block in hex for the caller's memory.

    `tell` is given each entry that begins, and how many digits there are.
    """
    of_stock = (
        flow.card is not None and wanted.field != PRESENT_PIN
    )  # the present one is that of the customer's own card
    card_no = flow.card.card_no if flow.card is not None and of_stock else str(flow.inputs["card_no"])
    turns = 1 if wanted.field == PRESENT_PIN else 2

    def hear(event: RoomEvent) -> None:
        if told := _told(event, turns):
            tell(told)

    try:
        async with devices.lease(PIN_PAD, owner=flow.id, purpose="enter PIN", ttl_s=LEASE_S) as device:
            with overheard(devices, PIN_PAD, hear):
                entered = await _read(device.port(PinPad), Pan(card_no), wanted)
    except AskAgain as exc:
        return ev.TryAgain(exc.hint), ""
    except DeviceFault as exc:
        return ev.TryAgain(exc.fault), ""
    except (LinkLost, BadFrame, OutcomeUnknown, Refused) as exc:
        return ev.DeviceAway(PIN_PAD, str(exc)), ""
    return ev.PinEntered(entered.key_id, entered.format.value), entered.block.data.hex()


async def _read(pad: PinPad, account: Pan, wanted: EnterPin) -> PinBlock:
    """One call for both entries, in the strongest format in which they can be compared.

    Where the driver compares encrypted blocks, equal PINs must make equal ones: that is format 0.
    """
    able = await pad.capabilities()
    inside = wanted.field == PRESENT_PIN or PinAbility.COMPARES_INSIDE in able.abilities
    formats = [it for it in STRONGEST if it in able.formats] if inside else [PinFormat.ISO_0]
    return await pad.read_pin(
        account=account, key_id=wanted.key_id, format=(formats or [PinFormat.ISO_0])[0],
        min_length=wanted.digits, max_length=wanted.digits, twice=wanted.field != PRESENT_PIN, timeout_s=ENTER_S,
    )  # fmt: skip


def _told(event: RoomEvent, turns: int) -> str:
    """What the keypad says meanwhile: a count, never a digit; empty for what nobody needs."""
    if event.name == "pin.entry":
        return f"pin.entry {event.detail['turn']}/{turns}"
    return f"pin.key_pressed {event.detail['count']}" if event.name == "pin.key_pressed" else ""
