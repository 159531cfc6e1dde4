"""The kits' side of the authoriser's desk: a request comes, is asked about, is withdrawn; its ticket is believed, or not."""

from __future__ import annotations

import msgspec

from padkit_central.business import authorising_rules as rules
from padkit_central.business.ask import SERIAL, Ask, moment
from padkit_central.business.diligence import looked_at_closely
from padkit_central.business.functions import Functions
from padkit_central.observe import Log
from padkit_central.store import Authorisation, Noted, Store
from padkit_contract.authorise import AuthAnswer, AuthQuestion, AuthRequest, AuthState
from padkit_contract.catalogue import Entry, c3_fields
from padkit_contract.errors import Invalid
from padkit_contract.messages import AUTHORISER, Holder, How, Outcome, Reply, Request, decode

MAX_ROUND = 99
BOTH = 2  # who must approve a case that is looked at closely


class Authorisations:
    """Answers `AUTHORISE`, `AUTH_STATE` and `AUTH_WITHDRAW`."""

    def __init__(self, functions: Functions, store: Store, log: Log) -> None:
        self._functions = functions
        self._store = store
        self._book = store.authorisations
        self._log = log

    async def request(self, ask: Ask) -> Reply:
        """Queue a request. Raises `Invalid` ``auth.*``, ``business.unknown``, ``field.unknown``."""
        request = decode(ask.payload, AuthRequest)
        _check_key(request.serial, request.round)
        entry = await self._functions.entry(ask.entity, request.business)
        moment(request.made_at, "made_at")
        for name in request.fields:
            if name not in entry.specs or name in c3_fields(entry):
                raise Invalid(
                    "field.unknown", f"{entry.id}.{name[:64]}: does not belong into a request for authorisation"
                )
        at, needs = self._store.now(), rules.needed(entry)
        if await looked_at_closely(self._store, entry, ask.entity, request.serial, request.fields):
            needs = max(needs, BOTH)
        new = Authorisation(
            entity=ask.entity, kit=ask.kit, id=self._book.new_id(), request=request, needs=needs,
            barred=(await self._holder(ask), *request.people), asked_at=at, expires_at=rules.later(at, rules.WAITS),
        )  # fmt: skip
        line = _line(new, bound=request.bound)
        kept = await self._book.ask(new, line, lambda it: self._outdated(it, ask.kit))
        self._log.info("auth.asked", entity=ask.entity, kit=ask.kit, serial=request.serial, authorisation=kept.id)
        return _reply(rules.as_of(kept, at))

    async def state(self, ask: Ask) -> Reply:
        """Tell how a request stands."""
        found = await self._found(ask)
        if found is None:
            return Reply(Outcome.NOT_FOUND, "auth.unknown", "no such request has come (yet)")
        return _reply(rules.as_of(found, self._store.now()))

    async def withdraw(self, ask: Ask) -> Reply:
        """Take a request back; one that has ended stays as it is."""
        found = await self._found(ask)
        if found is None:
            return Reply(Outcome.NOT_FOUND, "auth.unknown", "no such request has come")
        return _reply(await self._book.change(ask.entity, found.id, lambda it: self._withdrawn(it, ask.kit)))

    async def of_request(self, ask: Ask, serial: str) -> Authorisation | None:
        """Return the last request for authorisation of a business."""
        return await self._book.newest(ask.entity, ask.kit, serial)

    async def closely(self, ask: Ask, entry: Entry, request: Request) -> bool:
        """Tell whether nothing but the approval of two lets this request pass."""
        return await looked_at_closely(self._store, entry, ask.entity, request.serial, request.fields)

    def check(self, found: Authorisation | None, business: str, request: Request, *, closely: bool = False) -> None:
        """Hold what names a ticket, or was ever to be authorised, against that authorisation. Raises `Invalid` ``ticket.*``."""
        claimed = any(it.type == AUTHORISER and it.how is not How.WAIVED for it in request.evidence)
        if found is not None and closely and found.needs < BOTH:
            raise Invalid(
                "ticket.two", f"{business} {request.serial}: two must approve it; ask for a new authorisation"
            )
        if found is not None or request.ticket or claimed or closely:
            rules.check_ticket(found, business, request, self._store.now())

    async def _found(self, ask: Ask) -> Authorisation | None:
        question = decode(ask.payload, AuthQuestion)
        _check_key(question.serial, question.round)
        found = await self._book.newest(ask.entity, ask.kit, question.serial)
        return found if found is not None and found.request.round == question.round else None

    async def _holder(self, ask: Ask) -> str:
        """Return who holds the kit. Raises `Invalid` ``auth.holder``: nobody can be kept from authorising his own case."""
        holder = await self._store.identities.holder(ask.entity, ask.kit)
        if not holder:
            raise Invalid("auth.holder", f"{ask.kit} has no holder; name one: padkit-central kit holder")
        return decode(holder, Holder).name

    def _outdated(self, it: Authorisation, kit: str) -> Noted:
        """A later round comes. Raises `Invalid` ``auth.ended``: a refusal is the end of a case."""
        if it.state is AuthState.REFUSED:
            raise Invalid("auth.ended", f"{it.request.serial}: it was refused; this case is not authorised any more")
        return self._withdrawn(it, kit)

    def _withdrawn(self, it: Authorisation, kit: str) -> Noted:
        after = rules.withdraw(it, self._store.now())
        changed = after.state is not rules.as_of(it, self._store.now()).state
        return Noted(after, f"kit {kit}", "auth.withdrawn", _line(it)) if changed else Noted(after)


def _check_key(serial: str, round_: int) -> None:
    if SERIAL.fullmatch(serial) is None:
        raise Invalid("serial.form", f"{serial[:64]!r}: 1 to 64 letters, digits or _ . : - are wanted")
    if not 1 <= round_ <= MAX_ROUND:
        raise Invalid("auth.round", f"{round_}: rounds count from 1 to {MAX_ROUND}")


def _line(it: Authorisation, **more: str) -> bytes:
    """Return what the trail says: nothing personal."""
    request = it.request
    named = {"authorisation": it.id, "serial": request.serial, "round": request.round, "business": request.business}
    return msgspec.json.encode({**named, **more})


def _reply(it: Authorisation) -> Reply:
    answer: AuthAnswer = it.answer
    return Reply(Outcome.OK, fields={"authorisation": msgspec.to_builtins(answer)})
