"""What each witness says, as values: the kit's store, central, the core, the box. Reads their JSON; no I/O here.

Keys that the compare does not know are left alone: a door may tell more than is asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Annotated, TypeVar

import msgspec

from padkit_contract.messages import ISSUES, CardState
from padkit_sim.card_number import CardNumber, masked
from padkit_sim.compare.rules import Core, Place

MAX_WITNESS = 16 << 20

Word = Annotated[str, msgspec.Meta(max_length=200)]


class WitnessUnreadable(Exception):
    """A door could not be read; the message says which, what, and what next. It holds no whole card number."""


class KitCard(msgspec.Struct, frozen=True):
    """One card in the kit's book."""

    voucher: Word
    card_no: CardNumber
    state: CardState
    flow: Word = ""
    batch: Word = ""


class OpenFlow(msgspec.Struct, frozen=True):
    """A flow of the kit that has not ended."""

    flow: Word
    state: Word


class KitCase(msgspec.Struct, frozen=True):
    """A case of the kit that no person has closed."""

    id: Word
    flow: Word = ""
    reason: str = ""
    voucher: Word = ""


class Outbox(msgspec.Struct, frozen=True):
    """How much the kit has not brought to central yet."""

    unsent: int


class Kit(msgspec.Struct, frozen=True):
    """The kit's store."""

    cards: tuple[KitCard, ...]
    open_flows: tuple[OpenFlow, ...]
    cases: tuple[KitCase, ...]
    outbox: Outbox


class CentralCard(msgspec.Struct, frozen=True):
    """One card in central's book; without a state when no ledger event has named it yet."""

    voucher: Word
    card_no: CardNumber
    state: CardState | None = None


class Submission(msgspec.Struct, frozen=True):
    """One attempt that central sent to the core; only some services make one of a card (`ISSUES`)."""

    serial: Word
    attempt: int
    state: Word
    card_no: CardNumber = CardNumber("")
    service: Word = ""

    @property
    def may_open(self) -> bool:
        """Tell whether this may have made an account; a central that does not say counts as may be."""
        return self.service == "" or self.service in ISSUES


class CentralCase(msgspec.Struct, frozen=True):
    """A case known at central."""

    id: Word
    voucher: Word = ""
    reason: str = ""


class Central(msgspec.Struct, frozen=True):
    """Central's ledger."""

    cards: tuple[CentralCard, ...]
    submissions: tuple[Submission, ...]
    cases: tuple[CentralCase, ...]


class CoreAccount(msgspec.Struct, frozen=True):
    """One account at the core; `state` is ``live``, ``reversed``, ``closed`` or ``replaced``."""

    card_no: CardNumber
    state: Core
    serial: Word = ""
    attempt: int = 0


class CoreBlock(msgspec.Struct, frozen=True):
    """One card number that the core lets never work."""

    card_no: CardNumber


class CoreBank(msgspec.Struct, frozen=True):
    """The core's audit list."""

    accounts: tuple[CoreAccount, ...]
    blocked: tuple[CoreBlock, ...]


class BoxCard(msgspec.Struct, frozen=True):
    """One card, where it truly is. `pan` is what its chip carries, `slip_pan` what the pack's slip promises for it."""

    pan: CardNumber
    place: Place
    serial: Word = ""
    slip_pan: CardNumber = CardNumber("")

    @property
    def promised(self) -> CardNumber:
        """The number by which the books know this card."""
        return self.slip_pan if self.slip_pan.digits else self.pan


class _Device(msgspec.Struct, frozen=True):
    cards: msgspec.Raw = msgspec.Raw(b"[]")
    inserted: str | None = None  # of a reader for bank cards: what lies at hand for it has left its box long since


class _Simulator(msgspec.Struct, frozen=True):
    ok: bool
    devices: dict[str, _Device] = {}
    error: str = ""


class Box(msgspec.Struct, frozen=True):
    """All cards of the simulated kit."""

    cards: tuple[BoxCard, ...]


class Testimony(msgspec.Struct, frozen=True):
    """All four together."""

    kit: Kit
    central: Central
    core: CoreBank
    box: Box


T = TypeVar("T")


def _from_plain(kind: type, value: object) -> object:
    if kind is CardNumber and isinstance(value, str):
        return CardNumber(value)
    raise ValueError("expected a card number as text")


def _read(door: str, raw: bytes, kind: type[T]) -> T:
    if len(raw) > MAX_WITNESS:
        raise WitnessUnreadable(f"{door}: {len(raw)} bytes, at most {MAX_WITNESS}; ask a smaller kit")
    try:
        return msgspec.json.decode(raw, type=kind, dec_hook=_from_plain)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
        what = masked(str(exc))[:300]
        raise WitnessUnreadable(f"{door}: its JSON cannot be read: {what}; look at what it prints") from exc


def _once(door: str, what: str, names: Iterable[str]) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise WitnessUnreadable(f"{door}: {what} {masked(twice[0])} is told twice; look at what it prints")


def read_kit(raw: bytes) -> Kit:
    """Read the kit's door. Raises `WitnessUnreadable`."""
    kit = _read("kit", raw, Kit)
    _once("kit", "voucher", (card.voucher for card in kit.cards))
    return kit


def read_central(raw: bytes) -> Central:
    """Read central's door. Raises `WitnessUnreadable`."""
    central = _read("central", raw, Central)
    _once("central", "voucher", (card.voucher for card in central.cards))
    return central


def read_core(raw: bytes) -> CoreBank:
    """Read the core's audit list. Raises `WitnessUnreadable`."""
    core = _read("core", raw, CoreBank)
    _once("core", "card", (account.card_no.digits for account in core.accounts))
    for account in core.accounts:
        if account.state not in (Core.LIVE, Core.REVERSED, Core.CLOSED, Core.REPLACED):
            raise WitnessUnreadable(f"core: account state {account.state.value!r} unknown; look at GET /audit")
    return core


def read_box(raw: bytes) -> Box:
    """Read the simulator's answer to ``state``. Raises `WitnessUnreadable`."""
    told = _read("box", raw, _Simulator)
    if not told.ok:
        raise WitnessUnreadable(f"box: the simulator refused: {masked(told.error)[:300]}")
    boxes = [device.cards for device in told.devices.values() if device.inserted is None]
    cards = tuple(card for raw_cards in boxes for card in _read("box", bytes(raw_cards), tuple[BoxCard, ...]))
    _once("box", "card", (card.promised.digits for card in cards))
    if any(card.place is Place.ABSENT for card in cards):
        raise WitnessUnreadable("box: a card is told to be 'absent'; the box knows hopper, path, gate, hand, bin, out")
    return Box(cards)
