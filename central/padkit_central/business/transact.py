"""Requests that go to the core: what the catalogue says of them, a card's opening and its reversal, what became of each."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from padkit_central.business.ask import Ask, read_request
from padkit_central.business.authorising import Authorisations
from padkit_central.business.functions import Functions
from padkit_central.business.policies import Policies
from padkit_central.business.ports import Bank
from padkit_central.business.stock import check_attempt, check_named, check_reserved, check_usable
from padkit_central.store import StockCard, Store, Submission, SubmissionState
from padkit_contract.catalogue import Entry, c3_fields, check_fields
from padkit_contract.crypto import sm3
from padkit_contract.errors import Invalid
from padkit_contract.messages import (
    CARD_OPEN,
    INQUIRY,
    ISSUES,
    REPLACES,
    REVERSAL,
    C3Part,
    CardState,
    Outcome,
    Reply,
    Request,
)

OUTCOMES = {
    SubmissionState.OK: Outcome.OK,
    SubmissionState.REFUSED: Outcome.REFUSED,
    SubmissionState.NOT_EXECUTED: Outcome.NOT_EXECUTED,
    SubmissionState.UNKNOWN: Outcome.UNKNOWN,
    SubmissionState.SENT: Outcome.UNKNOWN,
}
SEALED = "c3_sealed"  # to the core: the C3 fields, base64, as only its HSM can open them
STOCK = "stock"  # the check of a card that leaves the kit's stock
NEW_CARD = "new_card_no"  # which takes the place of ``card_no``
RECEIPT = ("core_serial", "core_date")  # what the core tells beside a service's own fields


class Transactions:
    """Checks a request to the letter, then has the bank do it once."""

    def __init__(
        self, functions: Functions, store: Store, policies: Policies, authorisations: Authorisations, bank: Bank
    ) -> None:
        self._functions = functions
        self._catalogue = functions.base
        self._store = store
        self._policies = policies
        self._authorisations = authorisations
        self._bank = bank

    async def function(self, ask: Ask) -> Reply:
        """Answer a function of the catalogue by what its entry says, and by nothing else.

        Raises `Invalid` ``business.stock``: one that takes a card out of stock through a core service of which central
        does not know what it makes of the card.
        """
        entry = await self._functions.entry(ask.entity, ask.business)
        of_stock = STOCK in entry.checks
        if of_stock is not (entry.core.service in ISSUES):
            told = f"a card leaves the stock, checked, through {', '.join(sorted(ISSUES))}, and only so"
            raise Invalid("business.stock", f"{entry.id}: {told}")
        request, part = read_request(ask), ask.c3 or C3Part()
        _check_split(entry, request, part)
        card_no, former = str(request.fields.get("card_no", "")), ""
        if entry.core.service in REPLACES:
            card_no, former = str(request.fields.get(NEW_CARD, "")), card_no
        new = _submission(ask, entry, request, card_no=card_no, original=former)
        authorisation = await self._authorisations.of_request(ask, request.serial)
        closely = await self._authorisations.closely(ask, entry, request)

        def check(earlier: Sequence[Submission], card: StockCard | None) -> None:
            check_attempt(earlier, new)
            if of_stock:
                usable = check_usable(card, ask.kit)
                check_named(usable, request.fields)
                check_reserved(usable, request.serial)
            self._authorisations.check(authorisation, entry.id, request, closely=closely)

        if ask.c3 is None and c3_fields(entry):
            ended = await self._bank.give_up(new, "c3.lost", intake_id=ask.intake_id, check=check)
            return _reply(entry, ended)
        check_fields(entry, request.fields, sealed=part.names)
        if request.attempt not in [each.attempt for each in await self._own(ask, request.serial)]:
            await self._policies.check(entry, request, ask)  # a repeat is told how the first ended, however old it is
        to_core = {name: request.fields[name] for name in entry.core.request if name in request.fields}
        if part.sealed:
            to_core[SEALED] = base64.b64encode(part.sealed).decode("ascii")
        return _reply(entry, await self._bank.submit(new, to_core, intake_id=ask.intake_id, check=check))

    async def reverse(self, ask: Ask) -> Reply:
        """Answer `REVERSAL`: same kit, opened for certain, and never once the customer holds the card."""
        entry, request = self._catalogue.entry(REVERSAL), read_request(ask)
        check_fields(entry, request.fields)
        await self._policies.check(entry, request, ask)
        serial = request.fields["orig_channel_serial"]
        original = await self._opening(ask, serial)
        new = _submission(ask, entry, request, card_no=original.card_no, original=serial)

        def check(earlier: Sequence[Submission], card: StockCard | None) -> None:
            check_attempt(earlier, new)
            if card is not None and card.state is CardState.HANDED_OVER:
                raise Invalid(
                    "reversal.handed_over", f"{serial}: the customer holds the card; close the account with him"
                )

        to_core = {"orig_core_serial": str(original.fields.get("core_serial", "")), **request.fields}
        return _reply(entry, await self._bank.submit(new, to_core, intake_id=ask.intake_id, check=check))

    async def inquire(self, ask: Ask) -> Reply:
        """Answer `INQUIRY` with what the core says now, or, when it is silent, with what is certain from before."""
        entry, request = self._catalogue.entry(INQUIRY), read_request(ask)
        fence = request.fields.get("fence", False)
        if not isinstance(fence, bool):
            raise Invalid("field.type", f"{INQUIRY}.fence: true or false is wanted")
        check_fields(entry, {name: value for name, value in request.fields.items() if name != "fence"})
        serial = request.fields["orig_channel_serial"]
        attempts = await self._own(ask, serial)
        entry = await self._asked_about(ask, attempts)
        told = await self._bank.ask(ask.entity, serial, request.attempt, fence=fence)
        if told is not None:
            fields = _shown(entry, told.fields) | {"result_state": _state(told.outcome)}
            return Reply(told.outcome, told.code, told.message, told.final, fields)
        last = attempts[-1] if attempts else None
        if last is not None and last.attempt >= request.attempt:
            return _reply(entry, last)
        return Reply(Outcome.UNKNOWN, "core.silent", "the core does not answer; ask again later")

    async def _asked_about(self, ask: Ask, attempts: Sequence[Submission]) -> Entry:
        """Return the entry whose answer an inquiry shows."""
        if not attempts:
            return self._catalogue.entry(CARD_OPEN)
        return (await self._functions.of(ask.entity)).of_service(attempts[-1].service)

    async def _opening(self, ask: Ask, serial: str) -> Submission:
        """Return the attempt that opened the card. Raises `Invalid` ``reversal.nothing``."""
        attempts = await self._own(ask, serial)
        if not any(each.state is SubmissionState.OK for each in attempts) and attempts:
            await self._bank.ask(ask.entity, serial, attempts[-1].attempt, fence=False)
            attempts = await self._own(ask, serial)
        opened = [each for each in attempts if each.state is SubmissionState.OK and each.service == "CARD.OPEN"]
        if not opened:
            raise Invalid("reversal.nothing", f"{serial}: no opening of this kit succeeded under it; inquire first")
        return opened[0]

    async def _own(self, ask: Ask, serial: str) -> Sequence[Submission]:
        attempts = await self._store.attempts(ask.entity, serial)
        if any(each.kit != ask.kit for each in attempts):
            raise Invalid("serial.foreign", f"{serial} belongs to another kit")
        return attempts


def _submission(ask: Ask, entry: Entry, request: Request, *, card_no: str, original: str = "") -> Submission:
    content = [entry.id, request.serial, request.attempt, request.fields]
    return Submission(
        entity=ask.entity,
        serial=request.serial,
        attempt=request.attempt,
        kit=ask.kit,
        service=entry.core.service,
        digest=sm3(msgspec.json.encode(content, order="sorted")).hex(),
        card_no=card_no,
        original=original,
    )


def _check_split(entry: Entry, request: Request, part: C3Part) -> None:
    """C3 fields travel in their own envelope, sealed for the HSM, and nothing else does."""
    secret = c3_fields(entry)
    for name in request.fields.keys() & secret:
        raise Invalid("field.c3", f"{entry.id}.{name}: goes into the C3 envelope, never beside the other fields")
    for name in set(part.names) - secret:
        raise Invalid("field.c3", f"{entry.id}.{name[:64]}: is no C3 field; it goes with the other fields")
    if bool(part.names) is not bool(part.sealed):
        raise Invalid("field.c3", f"{entry.id}: C3 fields are named and sealed together, or there are none")


def _reply(entry: Entry, ended: Submission) -> Reply:
    outcome = OUTCOMES[ended.state]
    fields = _shown(entry, ended.fields) if outcome is Outcome.OK else {}
    return Reply(outcome, ended.code, ended.message, outcome is not Outcome.UNKNOWN, fields)


def _shown(entry: Entry, fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: fields[name] for name in (*entry.core.response, *RECEIPT) if name in fields}


def _state(outcome: Outcome) -> str:
    """Return the catalogue's `result_state`."""
    if outcome in (Outcome.NOT_FOUND, Outcome.PROCESSING):
        return str(outcome.value)
    return "success" if outcome is Outcome.OK else "failed"
