"""Bring the four witnesses together, card by card. No I/O here, and no judgement.

Voucher numbers join kit and central, card numbers join them with core and box. The box's cards are known by the number that
the slip promises; a chip that carries another one is a foreign card in this one's place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from padkit_contract.messages import CardState
from padkit_sim.card_number import CardNumber
from padkit_sim.compare.rules import Core, Place
from padkit_sim.compare.witnesses import BoxCard, CentralCard, CoreAccount, KitCard, Submission, Testimony

_DEAD = frozenset({Core.REVERSED, Core.CLOSED, Core.REPLACED})


@dataclass(frozen=True, slots=True)
class Meeting:
    """All that is said about one card. What a witness does not know is None (the box: `Place.ABSENT`).

    `foreign` is the number that really lies in this card's place. `central_no` is set when it is not `card_no`.
    """

    voucher: str
    card_no: CardNumber
    place: Place
    kit: CardState | None
    central: CardState | None
    core: Core
    account: CoreAccount | None = None
    submissions: tuple[Submission, ...] = ()
    foreign: CardNumber | None = None
    central_no: CardNumber | None = None
    in_flow: bool = False
    in_case: bool = False
    batch: str = ""


@dataclass(frozen=True, slots=True)
class _Index:
    """The testimony, by key."""

    said: Testimony
    kit: Mapping[str, KitCard]
    central: Mapping[str, CentralCard]
    accounts: Mapping[CardNumber, CoreAccount]
    blocked: frozenset[CardNumber]
    open_flows: frozenset[str]
    case_flows: frozenset[str]
    case_vouchers: frozenset[str]


def bring_together(said: Testimony) -> tuple[Meeting, ...]:
    """Return one meeting for each card that anybody names, by voucher; those without a voucher come last."""
    index = _index(said)
    listed, strangers = _places(index)
    meetings = [_listed(index, voucher, listed.get(voucher)) for voucher in index.kit.keys() | index.central.keys()]
    meetings += [_stranger(index, card) for card in strangers]
    met = {number for it in meetings for number in (it.card_no, it.foreign, it.central_no)}
    alone = sorted((index.accounts.keys() | index.blocked) - met)
    meetings += [_only_at_core(index, number) for number in alone]
    return tuple(sorted(meetings, key=lambda it: (it.kit is None, len(it.voucher), it.voucher, it.card_no)))


def _index(said: Testimony) -> _Index:
    return _Index(
        said=said,
        kit={card.voucher: card for card in said.kit.cards},
        central={card.voucher: card for card in said.central.cards},
        accounts={account.card_no: account for account in said.core.accounts},
        blocked=frozenset(block.card_no for block in said.core.blocked),
        open_flows=frozenset(flow.flow for flow in said.kit.open_flows) - {""},
        case_flows=frozenset(case.flow for case in said.kit.cases) - {""},
        case_vouchers=frozenset(case.voucher for case in said.kit.cases) - {""},
    )


def _places(index: _Index) -> tuple[dict[str, BoxCard], list[BoxCard]]:
    """Sort the box's cards: by the voucher they belong to, and those that belong to none."""
    voucher_of = {card.card_no: voucher for voucher, card in index.central.items()}
    voucher_of |= {card.card_no: voucher for voucher, card in index.kit.items()}
    at: dict[str, BoxCard] = {}
    strangers: list[BoxCard] = []
    for card in index.said.box.cards:
        voucher = voucher_of.get(card.promised)
        if voucher is None or voucher in at:
            strangers.append(card)
        else:
            at[voucher] = card
    return at, strangers


def _listed(index: _Index, voucher: str, seen: BoxCard | None) -> Meeting:
    kit, central = index.kit.get(voucher), index.central.get(voucher)
    card_no = kit.card_no if kit else index.central[voucher].card_no
    flow = kit.flow if kit else ""
    foreign = seen.pan if seen and seen.pan != seen.promised else None
    return Meeting(
        voucher=voucher,
        card_no=card_no,
        place=seen.place if seen else Place.ABSENT,
        kit=kit.state if kit else None,
        central=central.state if central else None,
        core=_core(index, card_no),
        account=index.accounts.get(card_no),
        submissions=tuple(it for it in index.said.central.submissions if it.card_no == card_no),
        foreign=foreign,
        central_no=central.card_no if central and central.card_no != card_no else None,
        in_flow=flow in index.open_flows,
        in_case=voucher in index.case_vouchers or flow in index.case_flows,
        batch=kit.batch if kit else "",
    )


def _stranger(index: _Index, card: BoxCard) -> Meeting:
    account = index.accounts.get(card.pan)
    return Meeting(card.serial, card.pan, card.place, None, None, _core(index, card.pan), account)


def _only_at_core(index: _Index, number: CardNumber) -> Meeting:
    return Meeting("", number, Place.ABSENT, None, None, _core(index, number), index.accounts.get(number))


def _core(index: _Index, number: CardNumber) -> Core:
    account = index.accounts.get(number)
    state = account.state if account else Core.NONE
    if number not in index.blocked:
        return state
    if state is Core.LIVE:
        return Core.BLOCKED_LIVE
    return Core.BLOCKED_DEAD if state in _DEAD else Core.BLOCKED
