"""A card reader in a kit file: the cards at hand, and which of them lies in it."""

from __future__ import annotations

from padkit_sim.devices.bank_card import numbered
from padkit_sim.devices.card_reader import FAULTS, HANDS, TALKS, CardReader, CardReaderSettings, ReaderCard
from padkit_sim.kitfile.table import Table
from padkit_sim.kitfile.types import DeviceType
from padkit_sim.wires import UsbIdentity

MAX_CARDS = 1_000


def card_reader(table: Table) -> CardReaderSettings:
    """The keys of a reader. Raises `SimRefused`."""
    cards = tuple(card for pack in table.tables("cards") for card in _pack(pack))
    return CardReaderSettings(cards, inserted=table.whole("inserted", 0, most=len(cards)))


def _pack(table: Table) -> list[ReaderCard]:
    """Cards with consecutive numbers that speak one protocol."""
    issuer_bin = table.text("bin", pattern=r"[0-9]{6,8}", means='6 to 8 digits in quotes, such as "999900"')
    count = table.whole("count", 1, least=1, most=MAX_CARDS)
    first = table.whole("first_serial", 1, least=1)
    expiry = table.text("expiry", "3012", pattern=r"[0-9]{2}(0[1-9]|1[0-2])", means="YYMM")
    protocol = table.choice("protocol", tuple(TALKS), "T=0")
    table.end()
    return [ReaderCard(numbered(issuer_bin, n, expiry=expiry), protocol) for n in range(first, first + count)]


TYPE = DeviceType(
    "card_reader",
    card_reader,
    CardReader,
    FAULTS,
    {"usb": UsbIdentity("", "1-5", 0x1209, 0xCC1D, "CR-0001", "Card reader", "hw_sim")},
    HANDS,
)
