"""The slot of a reader and the card in it: power, protocol, exchange. Knows no CCID."""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from dataclasses import dataclass

from padkit_sim.devices.bank_card import BankCard, CardData, CardSilent, Health, T0Link, spoil
from padkit_sim.devices.card_reader.ccid import Icc
from padkit_sim.errors import SimRefused
from padkit_sim.faults import Dial

HISTORICAL = bytes.fromhex("80318065B0893501F183009000")  # ISO/IEC 7816-4, 12.1.1: services, maker, status


class Silence(Exception):
    """The card did not answer."""


def _checked(atr: bytes) -> bytes:
    """`atr` with its check byte TCK, which T=1 wants (ISO/IEC 7816-3, 8.2.5)."""
    return atr + bytes([functools.reduce(operator.xor, atr[1:])])


@dataclass(frozen=True, slots=True)
class CardTalk:
    """A transmission protocol: its number, the answer to reset of a card that speaks it, the reader's parameters for it."""

    number: int
    atr: bytes
    parameters: bytes


TALKS = {
    "T=0": CardTalk(0, bytes.fromhex("3B6D0000") + HISTORICAL, bytes.fromhex("1100000A00")),
    "T=1": CardTalk(1, _checked(bytes.fromhex("3B8D01") + HISTORICAL), bytes.fromhex("1110004D00FE00")),
}


@dataclass(frozen=True, slots=True)
class ReaderCard:
    """A card at hand, and a key of `TALKS`."""

    data: CardData
    protocol: str = "T=0"


@dataclass(frozen=True, slots=True)
class CardSeen:
    """Where a card is: ``reader`` or ``hand``."""

    pan: str
    serial: str
    protocol: str
    place: str


class Inserted:
    """One card that can be in the slot. T=0 cards hand their answers out in two steps, T=1 cards at once."""

    def __init__(self, card: ReaderCard) -> None:
        self.name = card.protocol
        self._data = card.data
        self.protocol = TALKS[card.protocol]
        self.chip = BankCard(card.data, self.protocol.atr)
        self._link: T0Link | None = None

    @property
    def pan(self) -> str:
        return self.chip.pan

    def heal(self) -> None:
        """Be as it was made."""
        self.chip.health = Health.GOOD
        self.chip.personalise(self._data)

    def reset(self) -> bytes:
        """The answer to reset. Raises `Silence`."""
        self._link = T0Link(self.chip) if self.protocol.number == 0 else None
        try:
            return self.chip.reset()
        except CardSilent:
            raise Silence from None

    def exchange(self, apdu: bytes) -> bytes:
        """One command, one answer. Raises `Silence`."""
        try:
            return self._link.exchange(apdu) if self._link else self.chip.transmit(apdu)
        except CardSilent:
            raise Silence from None


class Seat:
    """The slot: cards at hand come into it and go out of it."""

    def __init__(self, cards: Sequence[ReaderCard], dial: Dial) -> None:
        self._cards = [Inserted(card) for card in cards]
        self._dial = dial
        self.card: Inserted | None = None
        self.powered = False

    @property
    def icc(self) -> Icc:
        """What the reader knows of the card."""
        if self.card is None:
            return Icc.ABSENT
        return Icc.ACTIVE if self.powered else Icc.INACTIVE

    def insert(self, pan: str = "", item: str = "") -> None:
        """Push in the card with that number, or the `item`-th; the first when neither is given. Raises `SimRefused`."""
        if self.card is not None:
            raise SimRefused("card reader: insert_card: a card is in; remove it first")
        places = enumerate(self._cards, 1)
        fitting = [card for place, card in places if pan in ("", card.pan) and item in ("", str(place))]
        if not fitting:
            had = f"1 to {len(self._cards)}" if self._cards else "none"
            raise SimRefused(f"card reader: insert_card: no card {pan or item or 'at hand'}; the kit file gives {had}")
        spoil(fitting[0].chip, self._dial)
        self.card, self.powered = fitting[0], False

    def heal(self) -> None:
        """Make all cards as they were."""
        for card in self._cards:
            card.heal()

    def remove(self) -> None:
        """Pull the card out. Raises `SimRefused`."""
        if self.card is None:
            raise SimRefused("card reader: remove_card: no card is in; insert one first")
        self.card, self.powered = None, False

    def power_on(self) -> bytes:
        """Power and reset the card; its answer. Raises `Silence`, also when no card is in."""
        self.powered = False
        if self.card is None:
            raise Silence
        atr = self.card.reset()
        self.powered = True
        return atr

    def power_off(self) -> None:
        self.powered = False

    def exchange(self, apdu: bytes) -> bytes:
        """Raises `Silence`, also when no powered card is in."""
        if self.card is None or not self.powered:
            raise Silence
        return self.card.exchange(apdu)

    def seen(self) -> tuple[CardSeen, ...]:
        """All cards and where they are."""
        return tuple(
            CardSeen(it.pan, it.chip.serial, it.name, "reader" if it is self.card else "hand") for it in self._cards
        )
