"""The core bank's rules: what a request does to the books, and what is answered. No I/O here; the clock comes in.

`Bank.decide` changes nothing. Whoever calls it writes the decision's event down, applies it to the books, then answers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec

from padkit_sim.card_number import CardNumber
from padkit_sim.neighbours.books import Account, AccountState, Block, Books, Event, Fenced, SerialPage, Settled, person
from padkit_sim.neighbours.card_services import CardRefusal, block_digest, check_strong, serve, to_replace
from padkit_sim.neighbours.txn import (
    OPEN_RESPONSE,
    Answer,
    Code,
    CoreRefusal,
    Request,
    Scalar,
    Service,
    Value,
    accepted,
    check_fields,
    refused,
    service_of,
)

CORE_ZONE = dt.timezone(dt.timedelta(hours=8), "CST")  # the core day ends at midnight in China
OPEN_BRANCH = "0001"
LASTING = frozenset({"business_refusal"})  # only these refusals are results; the others leave the attempt as it was


@dataclass(frozen=True, slots=True)
class Rules:
    """Switches of the bank. `class1_max_per_entity` None: class-I accounts are not counted."""

    class1_max_per_entity: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What is answered, and the event that must be on disk before; None when nothing changes."""

    answer: Answer
    event: Event | None = None


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What one executed service leaves behind."""

    fields: dict[str, Value]
    account: Account | None = None
    block: Block | None = None
    replaced: Account | None = None


class Bank:
    """The rules over one set of books. `now` gives an aware moment; it only decides which core day it is."""

    def __init__(self, books: Books, now: Callable[[], dt.datetime], rules: Rules | None = None) -> None:
        self.books = books
        self.rules = rules or Rules()
        self._now = now

    @property
    def core_date(self) -> dt.date:
        """The day that the core books on."""
        return self.books.day or self._now().astimezone(CORE_ZONE).date()

    def decide(
        self, request: Request, *, c3: Mapping[str, str] | None = None, forced: CoreRefusal | None = None
    ) -> Decision:
        """Answer a request. `c3` are its C3 fields when they came sealed and the HSM opened them.

        `forced` refuses what would otherwise be executed now; results already given stay.
        """
        try:
            service = service_of(request)
            check_fields(service, request.fields)
            if service is Service.INQUIRY:
                if forced is not None:
                    raise forced
                return self._inquire(request)
            return self._settle(service, request, c3, forced)
        except CoreRefusal as refusal:
            return Decision(refused(refusal))

    def _settle(
        self, service: Service, request: Request, c3: Mapping[str, str] | None, forced: CoreRefusal | None
    ) -> Decision:
        """Give the first result again, or execute once."""
        page = self.books.page(request.entity, request.serial)
        digest = request.digest()
        earlier = page.results.get(request.attempt)
        if earlier is not None:
            if earlier.digest != digest:
                raise CoreRefusal(
                    Code.SERIAL_USED_OTHERWISE,
                    f"serial {request.serial} attempt {request.attempt} came before with another content; inquire",
                )
            return Decision(earlier.answer)
        _admit(page, service, request)
        try:
            if forced is not None:
                raise forced
            outcome = self._execute(service, request, c3)
            answer = accepted(outcome.fields)
        except CardRefusal as refusal:
            answer, outcome = refused(refusal), _Outcome({}, account=refusal.account)
        except CoreRefusal as refusal:
            answer, outcome = refused(refusal), _Outcome({})
            if answer.resp_class not in LASTING:
                raise
        key = (request.entity, request.serial, request.attempt)
        left = (outcome.account, outcome.block, outcome.replaced)
        return Decision(answer, Settled(service, *key, digest, answer, *left))

    def _execute(self, service: Service, request: Request, c3: Mapping[str, str] | None) -> _Outcome:
        if service is Service.OPEN:
            return self._open(request, request.text("new_pin_block") if c3 is None else c3["new_pin_block"])
        if service is Service.REVERSE:
            return self._reverse(request)
        if service is Service.BLOCK:
            return self._block(request)
        if service in (Service.REPLACE, Service.REISSUE):
            return self._replace(service, request, request.fields if c3 is None else c3)
        answered, account = serve(service, request, self.books, request.fields if c3 is None else c3)
        return _Outcome({**answered, **self._receipt(self._core_serial())}, account=account)

    def _open(self, request: Request, pin_block: str) -> _Outcome:
        card_no = CardNumber(request.text("card_no"))
        person = _person(request)
        check_strong(pin_block)
        self._check_card(card_no)
        self._check_class1(request, person)
        number = self.books.settled + 1
        account = Account(
            entity=request.entity,
            serial=request.serial,
            attempt=request.attempt,
            card_no=card_no,
            acct_no=f"80{number:014d}",
            cust_no=self.books.customer(request.entity, person) or request.text("cust_no") or f"C{number:010d}",
            acct_class=request.text("acct_class"),
            person=person,
            cert_no_masked=f"…{request.text('cert_no')[-2:]}",
            open_date=self.core_date,
            core_serial=self._core_serial(),
            state=AccountState.LIVE,
            pin=block_digest(pin_block),
        )
        return _Outcome(self._opened(account, request), account=account)

    def _replace(self, service: Service, request: Request, c3: Mapping[str, Scalar]) -> _Outcome:
        """Give an account another card; what belongs to the account stays, the former card is dead."""
        card_no = CardNumber(request.text("new_card_no"))
        former, pin = to_replace(service, request, self.books, c3)
        self._check_card(card_no)
        serial = self._core_serial()
        told = (request.serial, request.attempt, card_no, serial, pin)
        named = dict(zip(("serial", "attempt", "card_no", "core_serial", "pin"), told, strict=True))
        account = msgspec.structs.replace(former, **named, wrong=0, held="", loss_no="")
        dead = msgspec.structs.replace(former, state=AccountState.REPLACED)
        fields: dict[str, Value] = {"new_card_no": card_no.digits, "acct_no": account.acct_no}
        if service is Service.REPLACE:
            fields["card_no"] = former.card_no.digits
        else:
            fields["card_state"] = account.condition
        return _Outcome({**fields, **self._receipt(serial)}, account=account, replaced=dead)

    def _opened(self, account: Account, request: Request) -> dict[str, Value]:
        values = (
            account.cust_no,
            account.acct_no,
            account.card_no.digits,
            account.acct_class,
            account.open_date.isoformat(),
            OPEN_BRANCH,
            request.fields["limit_day"],
        )
        return {**dict(zip(OPEN_RESPONSE, values, strict=True)), **self._receipt(account.core_serial)}

    def _check_card(self, card_no: CardNumber) -> None:
        if card_no in self.books.accounts:
            raise CoreRefusal(Code.CARD_USED, f"card ending {card_no.ends_with} has an account already; capture it")
        if card_no in self.books.blocked:
            raise CoreRefusal(Code.CARD_BLOCKED, f"card ending {card_no.ends_with} is blocked; capture it")

    def _check_class1(self, request: Request, person: str) -> None:
        most = self.rules.class1_max_per_entity
        if most is None or request.text("acct_class") != "I":
            return
        wanted = (request.entity, person, "I", AccountState.LIVE)
        held = sum((a.entity, a.person, a.acct_class, a.state) == wanted for a in self.books.accounts.values())
        if held >= most:
            raise CoreRefusal(
                Code.CLASS1_LIMIT,
                f"this person has {held} class I account(s) at {request.entity}, at most {most}; offer class II",
            )

    def _reverse(self, request: Request) -> _Outcome:
        original = self.books.page(request.entity, request.text("orig_channel_serial")).success
        opened = original is not None and original.service is Service.OPEN
        account = original.account if original is not None and opened else None
        core_serial = request.text("orig_core_serial")
        if account is None or (core_serial and core_serial != account.core_serial):
            raise CoreRefusal(Code.NOTHING_TO_REVERSE, "no opening under this serial and core serial; inquire first")
        current = self.books.accounts.get(account.card_no)
        if current is None or current.state is not AccountState.LIVE:
            state = "gone" if current is None else current.state.value
            raise CoreRefusal(Code.NOTHING_TO_REVERSE, f"the account of this opening is {state}; nothing to reverse")
        if account.open_date != self.core_date:
            raise CoreRefusal(
                Code.REVERSAL_TOO_LATE,
                f"opened on core day {account.open_date}, today is {self.core_date}: no reversal after the cut-off; "
                "close the account or report the card lost, with the customer",
            )
        reversed_account = msgspec.structs.replace(current, state=AccountState.REVERSED)
        return _Outcome({"result_state": "success", **self._receipt(self._core_serial())}, account=reversed_account)

    def _block(self, request: Request) -> _Outcome:
        block = Block(CardNumber(request.text("card_no")), request.text("reason"))
        return _Outcome({"card_no": block.card_no.digits, **self._receipt(self._core_serial())}, block=block)

    def _inquire(self, request: Request) -> Decision:
        """Say what became of a serial; with `fence` and no success, close what has not been executed."""
        serial = request.text("orig_channel_serial")
        page = self.books.page(request.entity, serial)
        top = max(page.highest, request.attempt)
        fenced = request.fields.get("fence") is True and page.success is None
        closed = top if fenced else page.closed
        event = Fenced(request.entity, serial, closed) if closed > page.closed else None
        told: dict[str, Value] = {
            "closed_attempts": closed,
            "attempts": [_told(page.results[n]) for n in sorted(page.results)],
        }
        return Decision(accepted({**self._verdict(page, request.attempt, fence_holds=closed >= top), **told}), event)

    def _verdict(self, page: SerialPage, asked: int, *, fence_holds: bool) -> dict[str, Value]:
        success, last = page.success, page.results.get(asked) or page.last
        if success is not None:
            held = None if success.account is None else self.books.accounts.get(success.account.card_no)
            gone = held is not None and held.state is AccountState.REVERSED and success.service is Service.OPEN
            return {**success.answer.fields, "result_state": "success", "final": True, "reversed": gone}
        if last is not None and (last.attempt == asked or last.ends_serial):
            why: dict[str, Value] = {"resp_code": last.answer.resp_code, "not_executed": last.answer.not_executed}
            return {"result_state": "failed", "final": True, **why}
        return {"result_state": "not_found", "final": fence_holds}

    def _core_serial(self) -> str:
        return f"{self.core_date:%Y%m%d}-{self.books.settled + 1:08d}"

    def _receipt(self, core_serial: str) -> dict[str, Value]:
        return {"core_serial": core_serial, "core_date": self.core_date.isoformat()}


def _admit(page: SerialPage, service: Service, request: Request) -> None:
    """Raise `CoreRefusal` unless this attempt may be executed now."""
    last, success = page.last, page.success
    if last is not None and last.service is not service:
        raise CoreRefusal(
            Code.SERIAL_USED_OTHERWISE, f"serial {request.serial} is one of {last.service.value}; inquire"
        )
    if success is not None:
        raise CoreRefusal(
            Code.SERIAL_SUCCEEDED,
            f"serial {request.serial} succeeded in attempt {success.attempt}; inquire, never repeat",
        )
    if request.attempt <= page.highest:
        raise CoreRefusal(
            Code.ATTEMPT_CLOSED,
            f"not executed: attempt {request.attempt} of serial {request.serial} came too late, "
            f"attempts up to {page.highest} are closed; inquire",
            not_executed=True,
        )
    if last is not None and last.ends_serial:
        raise CoreRefusal(
            Code.SERIAL_ENDED, f"serial {request.serial} was refused in attempt {last.attempt}; begin anew"
        )


def _told(done: Settled) -> dict[str, str | int | bool]:
    answer = done.answer
    return {
        "attempt": done.attempt,
        "service": done.service.value,
        "resp_code": answer.resp_code,
        "resp_msg": answer.resp_msg,
        "not_executed": answer.not_executed,
    }


def _person(request: Request) -> str:
    return person(request.entity, request.text("cert_type"), request.text("cert_no"))
