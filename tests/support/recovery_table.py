"""The table: for every fault of the vocabulary, what has to be done afterwards so that the same work comes right again.

A row is read as: armed with these arguments at these events, this much may truly differ while it strikes, and then one
word of `Cure`. Every fault has its rows, for all types that can have it; a type with rows of its own has them in `ROWS_OF`.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from padkit_sim.faults import ArgValue


class Cure(enum.Enum):
    """What a person does, once the fault has struck. A lost link is opened anew by the agent: that is nothing."""

    NOTHING = "nothing"
    CLEAR = "clear"  # what lasts is over: refilled, emptied, back in range, keys loaded anew in the secure room
    PLUG = "plug"  # the cable is put in again
    REPLUG = "replug"  # the cable is pulled and put in again
    SWAP = "swap"  # the kit's own device is plugged again in place of the other
    LOOSEN = "loosen"  # the jam is loosened by hand
    OPEN = "open"  # the box is opened by two, every card is lifted out of its path


@dataclass(frozen=True)
class Row:
    """`differs` names the parts of a right answer that are truly others while the fault strikes.

    `nth`: one test for each. `acks`: only where a device says that it has heard; elsewhere it never strikes. `closes`: it
    strikes when the driver is closed. `pairs`: how often two cards leave the hopper for one call.
    """

    cure: Cure = Cure.NOTHING
    args: Mapping[str, ArgValue] = field(default_factory=dict)
    nth: tuple[int, ...] = (1,)
    differs: frozenset[str] = frozenset()
    acks: bool = False
    closes: bool = False
    pairs: int = 0


def row(cure: Cure = Cure.NOTHING, *differs: str, nth=(1,), acks=False, closes=False, pairs=0, **args: ArgValue) -> Row:
    """A row in one line."""
    return Row(cure, args, nth, frozenset(differs), acks, closes, pairs)


def each(name: str, values: tuple[ArgValue, ...], *differs: str, cure: Cure = Cure.NOTHING, **more: Any) -> list[Row]:
    """One row for each value of an argument."""
    return [row(cure, *differs, **{name: value}, **more) for value in values]


AT = (1, 3, 6)  # early in a work, and later
REPORT = (Cure.NOTHING, "svg", "points", "lost", "repeated")  # of a pen, when it does not come once

CABLE: Mapping[str, list[Row]] = {
    "link.drop": [
        row(Cure.PLUG, nth=AT),
        row(replug_s=0.3, nth=AT),
        row(Cure.PLUG, at="ack", acks=True, nth=AT),
        row(replug_s=0.3, at="ack", acks=True, nth=AT),
    ],
    "device.swapped": [row(Cure.SWAP, nth=AT)],
    "link.drop_ack": [row(acks=True, nth=AT)],
    "link.drop_frame": [row(nth=AT)],
    "link.flip_bcc": [row(nth=AT)],
    "link.delay": [*each("seconds", (0.4, 3.0), nth=AT), row(piece="ack", acks=True, nth=AT)],
    "link.split": [row(nth=AT), row(size=3, gap_s=0.005, nth=AT)],
    "link.merge": [row(acks=True, nth=AT)],
    "link.noise": [row(nth=AT), row(count=300, nth=AT), row(piece="ack", acks=True, nth=AT)],
    "link.truncate": [row(nth=AT), row(keep=0, nth=AT)],
    "link.repeat": [row(nth=AT)],
    "link.stall": [row(Cure.CLEAR, nth=AT)],
}
USB: Mapping[str, list[Row]] = {
    "usb.unplug": [row(Cure.PLUG, nth=(1,)), row(replug_s=0.3, nth=(2,))],
    "usb.stall": [row(nth=(1, 3))],
    "usb.silent": [row(*REPORT, nth=(1, 3))],
    "usb.delay": [row(nth=(2,)), row(seconds=3.0)],
    "usb.truncate": [row(*REPORT, nth=(1, 3)), row(*REPORT, keep=0)],
    "usb.repeat": [row(*REPORT, nth=(1, 3))],
}
AIR: Mapping[str, list[Row]] = {
    "ble.link_loss": [row(nth=AT)],
    "ble.mtu": [row(Cure.CLEAR)],
    "ble.refuse_connect": [row()],
    "ble.stale_notify": [row()],
    "ble.vanish": [row(Cure.CLEAR)],
    "ble.weak": [row(Cure.CLEAR)],
}
BOX: Mapping[str, list[Row]] = {
    "box.empty": [row(Cure.CLEAR, "hopper", nth=(1, 2))],
    "box.low": [row(Cure.CLEAR, "hopper", nth=(1, 2))],
    "box.bin_full": [row(Cure.CLEAR, "bin full", nth=(1, 2))],
    "box.double_feed": [
        *each("how", ("stacked", "behind"), "slip", "counted", cure=Cure.OPEN, pairs=1, nth=(1, 2)),
        *each("how", ("stacked", "behind"), "slip", "counted", cure=Cure.OPEN, pairs=1, nth=(1, 2), detected=True),
    ],
    "box.jam": [
        *each("at", ("stage", "present", "capture"), cure=Cure.LOOSEN),
        *each("at", ("stage", "present", "capture"), clears_after=1),
    ],
    "box.retract_fail": [row(Cure.LOOSEN), row(clears_after=1)],
    "box.not_taken": [row()],
    "box.taken_ambiguous": each("how", ("flap", "counter", "both"), "taken", cure=Cure.CLEAR),
    "box.eject_early": [row(Cure.OPEN, nth=(1, 2)), row(Cure.OPEN, code="", nth=(1, 2))],
    "box.error": [
        *each("on", ("initialise", "status", "move", "chip", "counter", "any")),
        row(on="entry", closes=True),
        row(code="10", on="move", nth=(1, 2, 3, 4)),
    ],
}
EJECT_BOX: Mapping[str, list[Row]] = {
    "eject.empty": [row(Cure.CLEAR, "hopper")],
    "eject.jam": [row(Cure.OPEN), row(clears_after=1)],
    "eject.silent": each("on", ("dispense", "status", "setting", "any"), nth=(1, 2)),
    "eject.nak": each("on", ("dispense", "status", "setting", "any"), nth=(1, 2)),
    "eject.bcc": [row(nth=AT)],
    "eject.late": [row(nth=AT)],
    "eject.unsaid": [row()],
}
CARD: Mapping[str, list[Row]] = {
    "card.mute": each("how", ("reset", "apdu")),
    "card.unreadable": [row()],
    "card.foreign_pan": [row(Cure.NOTHING, "slip")],
}
CARD_READER: Mapping[str, list[Row]] = {
    "reader.mute": [row(nth=(1, 3))],
    "reader.parity": [row(nth=(1, 3))],
    "reader.slow": [row(nth=(1, 3))],
    "reader.card_pulled": [row(nth=(1, 3))],
    "pcsc.daemon_killed": [row(nth=(1, 3))],
}
IDENTITY_CARD: Mapping[str, list[Row]] = {
    "idcard.not_found": [row(nth=(1, 2))],
    "idcard.select_failed": [row()],
    "idcard.removed": [row()],
    "idcard.read_failed": [row()],
    "idcard.photo_bad": [row(Cure.NOTHING, "photo")],
    "idcard.status": [
        *each("sw3", ("66", "10", "33"), nth=AT),
        row(Cure.NOTHING, "fingerprint", sw3="21", on="read"),  # an old module knows no read with fingerprint
        *each("on", ("number", "find", "select", "read", "address", "status")),
    ],
    "idcard.wrong_length": [row(nth=AT)],
    "idcard.silent": [row(nth=AT), *each("on", ("number", "find", "select", "read", "address"))],
}
FINGER: Mapping[str, list[Row]] = {"finger.bad": each("quality", ("dry", "wet", "partial", "shifted"))}
URU: Mapping[str, list[Row]] = {
    "uru.awake_early": [row()],
    "uru.awake_late": [row()],
    "uru.awake_missing": [row()],
    "uru.awake_repeated": [row()],
    "uru.reboot": [row()],
    "uru.power_stuck": [row(), row(reads=200)],
    "uru.warning": [row()],
    "uru.key_change": [row()],
    "uru.not_present": [row()],
    "uru.plain": [row()],
    "uru.wrong_lines": [row()],
    "uru.short": [row()],
    "uru.stall": [row()],
}
MODULE: Mapping[str, list[Row]] = {
    "r30x.bad_sum": [row(nth=AT)],
    "r30x.wrong_address": [row(nth=AT)],
    "r30x.silent": each(
        "on",
        ("take", "features", "search", "join", "store", "load", "upload", "download", "picture", "delete", "count"),
    ),
    "r30x.no_finger": [row(nth=(1, 2))],
    "r30x.disordered": [row()],
    "r30x.password": [row()],
    "r30x.library_full": [row()],
    "r30x.packet_lost": [row(nth=(1, 3))],
    "r30x.store_failed": [row()],
}
PIN_PAD: Mapping[str, list[Row]] = {
    "pin.bcc": [row(nth=AT)],
    "pin.silent": [row(nth=AT)],
    "pin.slow": [*each("seconds", (1.5, 6.0), nth=AT)],
    "pin.code": [*each("code", ("EF", "E0", "E9"), nth=AT)],
    "pin.tamper": [row(Cure.CLEAR, nth=AT)],
    "pin.no_key": [row()],
    "pin.battery": [row()],
    "pin.locked": [row()],
    "pin.timeout": [row()],
}
SIGNATURE_PAD: Mapping[str, list[Row]] = {
    "pad.drop_report": [row(Cure.NOTHING, "svg", "points", "lost", nth=(1, 40))],
    "pad.repeat_sequence": [row(Cure.NOTHING, "repeated", nth=(1, 40))],
    "pad.out_of_range": [row(Cure.NOTHING, "svg", "points", "strokes", nth=(1, 40))],
    "pad.saturated": [row(Cure.CLEAR, "svg")],
    "pad.wrong_state": each("on", ("clear", "start_image", "end_image", "start_capture", "end_capture", "any")),
    "pad.image_refused": each("result", ("10", "11", "12")),
    "pad.busy": [row(nth=AT), row(for_s=8.0)],
}
ROWS_OF: Mapping[tuple[str, str], list[Row]] = {  # of one type, in place of those for all
    ("card_reader", "usb.stall"): [row(Cure.REPLUG, nth=(10,))],  # pcscd has given the reader up
    ("card_reader", "usb.silent"): [row(Cure.REPLUG, nth=(10,))],  # pcscd would wait for the answer for long
    ("card_reader", "usb.truncate"): [row(nth=(10,))],
    ("card_reader", "usb.unplug"): [row(Cure.PLUG, nth=(10,))],
    ("card_reader", "device.swapped"): [row(Cure.SWAP, nth=(10,))],
    ("recording", "link.delay"): [row(nth=AT)],  # one that is later has been asked for again, and that was not recorded
}
ROWS: Mapping[str, list[Row]] = {
    **CABLE, **USB, **AIR, **BOX, **EJECT_BOX, **CARD, **CARD_READER, **IDENTITY_CARD, **FINGER, **URU, **MODULE, **PIN_PAD,
    **SIGNATURE_PAD,
}  # fmt: skip
