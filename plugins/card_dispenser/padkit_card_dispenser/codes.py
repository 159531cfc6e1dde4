"""What the box's error codes (e1 e0) mean to a flow: one table, and the error made of it. Unknown codes survive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from padkit_card_dispenser.protocol import Failed
from padkit_sdk import DeviceFault, Refused

NOT_READY = "B0"
CHIP_OFF = "65"


@dataclass(frozen=True, slots=True)
class Meaning:
    """`fault` is the stable name, `what` says it in words, `then` what staff or flow do next."""

    fault: str
    what: str
    then: str


REPORT = "report the code with the firmware version"
STOP = "open the box by two, then prepare"
MEDIA = "capture the card, take the next"
LOOK = "ask status where the card is"
RESET = "power the chip on again once, then capture the card"

MEANINGS: Mapping[str, Meaning] = {
    "00": Meaning("box.protocol", "command unknown", REPORT),
    "01": Meaning("box.protocol", "wrong parameter", REPORT),
    "02": Meaning("box.protocol", "not possible now", LOOK),
    "03": Meaning("box.unsupported", "the hardware cannot do this", REPORT),
    "04": Meaning("box.protocol", "bad data in the command", REPORT),
    "05": Meaning("box.contacts", "contacts not released", "power the chip off, then move"),
    "10": Meaning("box.jam", "card jam", STOP),
    "12": Meaning("box.sensor", "sensor fault", STOP),
    "13": Meaning("box.card_size", "card too long", MEDIA),
    "14": Meaning("box.card_size", "card too short", MEDIA),
    "16": Meaning("box.moved_by_hand", "card moved by hand", LOOK),
    "40": Meaning("box.retract_failed", "capture impossible", "secure the card by hand, then prepare"),
    "41": Meaning("box.contacts", "contact solenoid fault", STOP),
    "42": Meaning("box.reader_unreachable", "contact station not reached", STOP),
    "43": Meaning("box.reader_unreachable", "contact station not reached", STOP),
    "45": Meaning("box.moved_by_hand", "card moved by hand", LOOK),
    "50": Meaning("box.counter_overflow", "bin counter overflow", "empty the bin by two and set the counter"),
    "51": Meaning("box.motor", "motor fault", STOP),
    "60": Meaning("chip.activation", "short circuit or power failure at the contacts", MEDIA),
    "61": Meaning("chip.activation", "card activation failed", MEDIA),
    "62": Meaning("chip.unsupported", "command not supported by this card", MEDIA),
    "63": Meaning("chip.mute", "card silent beyond its waiting time, now without power", RESET),
    "64": Meaning("chip.transmission", "protocol error of the card, now without power", RESET),
    CHIP_OFF: Meaning("chip.off", "card not activated", "power the chip on first"),
    "66": Meaning("chip.unsupported", "unsupported by the card", MEDIA),
    "67": Meaning("chip.transmission", "transmission error", RESET),
    "68": Meaning("chip.transmission", "transmission timeout", RESET),
    "69": Meaning("chip.activation", "answer to reset not EMV conformant", MEDIA),
    "A0": Meaning("box.empty", "stacker empty", "load cards by two"),
    "A1": Meaning("box.bin_full", "reject bin full", "empty the bin by two"),
}
UNKNOWN = Meaning("box.unknown", "a code this driver does not know", REPORT)


def refusal(reply: Failed, *, device: str, command: str) -> DeviceFault | Refused:
    """Return the error for a negative reply: `Refused` ``box.not_ready`` for B0, else a `DeviceFault`."""
    if reply.code == NOT_READY:
        return not_ready(device=device, command=command)
    meaning = MEANINGS.get(reply.code, UNKNOWN)
    message = f"card box {device}: {meaning.what} at {command} (code {reply.code}); {meaning.then}"
    return DeviceFault(meaning.fault, message, raw=reply.code)


def not_ready(*, device: str, command: str) -> Refused:
    """Return the error for a box that was not initialised since power-on."""
    what = f"card box {device}: not initialised since power-on at {command} (code {NOT_READY})"
    return Refused("box.not_ready", f"{what}; call prepare, which leaves a card where it is")
