"""A card box in a kit file: its packs of blanks, its bin, its labels."""

from __future__ import annotations

from dataclasses import replace

from padkit_sim.devices.bank_card import CardData, numbered
from padkit_sim.devices.card_dispenser import FAULTS, HANDS, BoxSettings, CardBox
from padkit_sim.devices.card_dispenser.unit import Labels
from padkit_sim.kitfile.table import Table
from padkit_sim.kitfile.types import DeviceType
from padkit_sim.wires import UsbIdentity

MAX_CARDS = 10_000
ASCII = r"[\x20-\x7E]{1,18}"


def box(table: Table) -> BoxSettings:
    """The keys of a card box. Raises `SimRefused`."""
    usual, labels = BoxSettings(), Labels()
    return BoxSettings(
        cards=tuple(card for slot in table.tables("slots") for card in pack(slot)),
        address=table.whole("address", usual.address, most=15),
        low_at=table.whole("low_at", usual.low_at),
        bin_capacity=table.whole("bin_capacity", usual.bin_capacity, least=1),
        bin_counter_survives=table.flag("bin_counter_survives", default=usual.bin_counter_survives),
        take_after_s=table.number("take_after_s") if table.has("take_after_s") else None,
        labels=replace(
            labels,
            firmware=table.text("firmware", labels.firmware, pattern=ASCII, means="1 to 18 ASCII characters"),
            serial=table.text("unit_serial", labels.serial, pattern=ASCII, means="1 to 18 ASCII characters"),
        ),
    )


def pack(slot: Table) -> list[CardData]:
    """One pack of blanks: consecutive voucher serials, numbers with check digits."""
    issuer_bin = slot.text("bin", pattern=r"[0-9]{6,8}", means='6 to 8 digits in quotes, such as "999900"')
    count = slot.whole("count", least=1, most=MAX_CARDS)
    first = slot.whole("first_serial", 1, least=1)
    expiry = slot.text("expiry", "3012", pattern=r"[0-9]{2}(0[1-9]|1[0-2])", means="YYMM")
    slot.end()
    return [numbered(issuer_bin, serial, expiry=expiry) for serial in range(first, first + count)]


TYPE = DeviceType(
    "card_dispenser",
    box,
    CardBox,
    FAULTS,
    {"tty": UsbIdentity("ttyUSB0", "1-3", 0x1209, 0xCA4D, "CDB-0001", "Card dispenser box")},
    HANDS,
)
