"""The authoriser's desk over its doors: a kit asks over TLS, people decide on the admin socket, the ticket is held to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest

from padkit_central.api.authorise import AuthListing
from padkit_central.commands.admin import AdminRefused
from padkit_central.kits import AuthLine, AuthorisePaper, AuthView
from padkit_central.store import Store, UserRole, UserRow, first_break
from padkit_contract.authorise import (
    AUTH_STATE,
    AUTH_WITHDRAW,
    AUTHORISE,
    LATER_FIELDS,
    OF_STOCK,
    AuthAnswer,
    AuthQuestion,
    AuthRequest,
)
from padkit_contract.messages import (
    AUTHORISER,
    CARD_OPEN,
    CARD_RESERVE,
    EvidenceItem,
    Holder,
    How,
    Outcome,
    Reply,
    Request,
    encode,
)

C3 = {"new_pin_block": "00" * 16}
HOLDER = Holder("Cid", "00", 1, "00")
ID_NUMBER_END = 4


def answer_of(reply: Reply) -> AuthAnswer:
    assert reply.outcome is Outcome.OK, reply
    return msgspec.convert(reply.fields["authorisation"], AuthAnswer)


def to_authorise(request: Request, round_: int = 1, **changed: Any) -> AuthRequest:
    """What an opening's kit asks for before the card is known."""
    fields = {name: value for name, value in request.fields.items() if name not in LATER_FIELDS | OF_STOCK}
    evidence = tuple(it for it in request.evidence if it.type != AUTHORISER)
    made = AuthRequest(request.serial, round_, request.made_at, CARD_OPEN, fields, evidence, request.checks, ("wu",))
    return msgspec.structs.replace(made, **changed)


def with_ticket(request: Request, answer: AuthAnswer, **changed: Any) -> Request:
    assert answer.ticket is not None
    line = EvidenceItem(AUTHORISER, How.CAPTURED, digest=answer.ticket.bound)
    evidence = (*(it for it in request.evidence if it.type != AUTHORISER), line)
    return msgspec.structs.replace(request, evidence=evidence, ticket=answer.ticket.id, **changed)


@dataclass
class Desk:
    office: Any
    kit: Any
    central: Any
    stores: list[Store] = field(default_factory=list)

    async def ask(self, request: AuthRequest) -> AuthAnswer:
        return answer_of(await self.kit.ask(AUTHORISE, request))

    async def state(self, round_: int = 1, serial: str = "S1") -> AuthAnswer:
        return answer_of(await self.kit.ask(AUTH_STATE, AuthQuestion(serial, round_)))

    async def listed(self, *, every: bool = False) -> list[AuthLine]:
        found = await self.office.client.get("/v1/authorisations", AuthListing, open="" if every else "1")
        return [*found.authorisations]

    async def act(
        self, act: str, by: str = "ann", *, digest: str | None = None, dry_run: bool = False, **more: Any
    ) -> AuthView:
        name = more.pop("name", "") or (await self.listed(every=True))[0].id
        if digest is None and act not in ("view", "take"):
            digest = (await self.act("view", by, name=name)).digest
        paper = AuthorisePaper("demo", name, act, digest or "", self.office.now_s(), **more)  # type: ignore[arg-type]
        body = {"paper": self.office.people(by).sign(paper), "dry_run": dry_run}
        view: AuthView = await self.office.client.post(f"/v1/authorisations/{name}", body, AuthView)
        return view

    async def refused(self, *words: Any, **more: Any) -> str:
        with pytest.raises(AdminRefused) as caught:
            await self.act(*words, **more)
        return caught.value.code

    async def approve(self, by: str = "ann") -> AuthAnswer:
        await self.act("take", by)
        await self.act("approve", by)
        return await self.state()

    async def put(self, name: str, role: UserRole = UserRole.AUTHORISER, level: int = 4, reports_to: str = "") -> None:
        user = UserRow("demo", name, name, role, level, reports_to)
        await self.beside().people.put(user, "a test", "a test")

    def beside(self) -> Store:
        clock = self.central.clock
        store = Store(self.central.config.database, ids=self.central.ids, at=lambda: clock.now().isoformat())
        self.stores.append(store)
        return store


@pytest.fixture
async def desk(prepared: Any, office_of: Any) -> Any:
    async with office_of(prepared) as office, prepared.kit() as kit:
        made = Desk(office, kit, prepared)
        await made.beside().identities.set_holder("demo", "kit-1", encode(HOLDER), "a test")
        for name in ("ann", "bob"):
            await made.put(name)
        yield made
        for store in made.stores:
            await store.stop()


async def open_card(desk: Desk, request: Request) -> Reply:
    card = Request(request.serial, 1, desk.kit.clock.now().isoformat(), {"card_no": request.fields["card_no"]})
    assert (await desk.kit.ask(CARD_RESERVE, card)).outcome is Outcome.OK
    reply: Reply = await desk.kit.ask(CARD_OPEN, request, C3)
    return reply


Opening = Callable[..., Request]


async def test_an_approved_case_is_opened_with_its_ticket_and_all_is_in_the_trail(desk: Desk, opening: Opening) -> None:
    request = opening()
    assert (await desk.ask(to_authorise(request))).state.value == "queued"
    (line,) = await desk.listed()
    assert (line.kit, line.serial, line.state, line.needs) == ("kit-1", "S1", "queued", 1)
    answer = await desk.approve()
    assert (answer.state.value, answer.by) == ("approved", ("ann",))
    assert (await open_card(desk, with_ticket(request, answer))).outcome is Outcome.OK
    rows = await desk.beside().orders.trail("demo", 0, 100)
    assert [(it.who, it.what) for it in rows if it.what.startswith("auth.")] == [
        ("kit kit-1", "auth.asked"), ("ann", "auth.taken"), ("ann", "auth.viewed"), ("ann", "auth.approved"),
    ]  # fmt: skip
    assert first_break(rows) is None
    told = b"".join(it.body for it in rows).decode()
    assert request.fields["cert_no"] not in told
    assert request.fields["name"] not in told


async def test_what_is_looked_at_closely_needs_two_and_no_waiver_stands_in(desk: Desk, opening: Opening) -> None:
    """The kit calls it simplified; its own answers say otherwise."""
    request = opening()
    request.fields.update(cdd_answers={"asked_to_lend": True}, cdd_level="simplified")
    told = await open_card(desk, request)
    assert (told.outcome, told.code) == (Outcome.INVALID, "ticket.none")
    await desk.ask(to_authorise(request))
    assert (await desk.approve()).state.value == "queued"
    answer = await desk.approve("bob")
    assert (answer.state.value, answer.by) == ("approved", ("ann", "bob"))
    again = msgspec.structs.replace(with_ticket(request, answer), attempt=2)
    assert (await desk.kit.ask(CARD_OPEN, again, C3)).outcome is Outcome.OK


async def test_what_the_decision_does_not_need_is_masked(desk: Desk, opening: Opening) -> None:
    request = opening()
    await desk.ask(to_authorise(request))
    view = await desk.act("take")
    number = request.fields["cert_no"]
    assert view.fields["cert_no"] == f"{number[:3]}****{number[-ID_NUMBER_END:]}"
    assert view.fields["name"] == "测**"
    assert view.fields["open_purpose"] == "farming"
    assert view.fields["cdd_answers"] == request.fields["cdd_answers"]
    assert [*view.people] == ["Cid", "wu"]


@pytest.mark.parametrize("field_name", ["phone", "limit_day"])
async def test_a_field_changed_after_the_approval_is_refused_whatever_is_waived(
    desk: Desk, opening: Opening, core: Any, field_name: str
) -> None:
    request = opening()
    await desk.ask(to_authorise(request))
    answer = await desk.approve()
    fields = {**request.fields, field_name: {"phone": "13900000000", "limit_day": "9000.00"}[field_name]}
    for changed in (with_ticket(request, answer, fields=fields), msgspec.structs.replace(request, fields=fields)):
        reply = await open_card(desk, changed)
        assert (reply.outcome, reply.code.partition(".")[0]) == (Outcome.INVALID, "ticket")
    assert core.calls("CARD.OPEN") == []


async def test_without_a_ticket_of_its_own_nothing_is_opened(desk: Desk, opening: Opening, core: Any) -> None:
    claimed = msgspec.structs.replace(
        opening(), evidence=(*opening().evidence, EvidenceItem(AUTHORISER, How.CAPTURED, digest="00"))
    )
    assert (await open_card(desk, claimed)).code == "ticket.none"
    assert (await open_card(desk, opening(ticket="some other"))).code == "ticket.none"
    await desk.ask(to_authorise(opening()))
    assert (
        await open_card(desk, opening())
    ).code == "ticket.none"  # the waiver does not stand in for one that was asked for
    answer = await desk.approve()
    desk.central.clock.go(901)
    assert (await open_card(desk, with_ticket(opening(), answer))).code == "ticket.expired"
    assert core.calls("CARD.OPEN") == []


async def test_the_holder_and_who_took_part_cannot_decide(desk: Desk, opening: Opening) -> None:
    await desk.put("cid")
    await desk.ask(to_authorise(opening(), people=("Bob",)))
    assert await desk.refused("take", "cid") == "auth.own_case"
    assert await desk.refused("take", "bob") == "auth.own_case"
    assert (await desk.act("take", "ann")).line.taken_by == "ann"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"level": 3}, "auth.level"),
        ({"role": UserRole.MANAGER}, "auth.role"),
        ({"reports_to": "CID"}, "auth.reports_to"),
        ({"reports_to": "bob"}, "auth.reports_to"),  # who reports to the holder
    ],
)
async def test_a_user_who_does_not_fit_does_not_decide(
    desk: Desk, opening: Opening, changed: dict[str, Any], code: str
) -> None:
    await desk.put("bob", reports_to="cid")
    await desk.ask(to_authorise(opening()))
    await desk.act("take")
    digest = (await desk.act("view")).digest
    await desk.put("ann", **changed)
    assert await desk.refused("approve", digest=digest) == code
    assert await desk.refused("take") == code
    assert (await desk.state()).state.value == "taken"


async def test_who_is_no_user_or_a_disabled_one_sees_nothing(desk: Desk, opening: Opening) -> None:
    await desk.ask(to_authorise(opening()))
    assert await desk.refused("view", "cid") == "auth.no_user"
    await desk.beside().people.switch("demo", "ann", "a test", "left", disabled=True)
    assert await desk.refused("view") == "auth.disabled"
    await desk.put("ann")
    assert await desk.refused("view") == "auth.disabled"  # changing him does not bring him back
    await desk.beside().people.switch("demo", "ann", "a test", "is back", disabled=False)
    assert (await desk.act("take")).line.taken_by == "ann"


async def test_a_kit_that_nobody_holds_is_not_authorised(prepared: Any, opening: Opening) -> None:
    async with prepared.kit() as kit:
        reply = await kit.ask(AUTHORISE, to_authorise(opening()))
    assert (reply.outcome, reply.code) == (Outcome.INVALID, "auth.holder")


async def test_a_return_names_parts_and_the_next_round_is_another_request(desk: Desk, opening: Opening) -> None:
    request = opening()
    await desk.ask(to_authorise(request))
    await desk.act("take")
    assert await desk.refused("return", parts=("phone",)) == "auth.reason"
    assert await desk.refused("return", reason="vague", parts=("cert_no",)) == "auth.parts"
    await desk.act("return", reason="vague", parts=("open_purpose",))
    answer = await desk.state()
    assert (answer.state.value, answer.reason, answer.parts) == ("returned", "vague", ("open_purpose",))
    mended = opening(fields={**request.fields, "open_purpose": "salary"})
    assert (await desk.ask(to_authorise(mended, 2))).state.value == "queued"
    assert (await desk.kit.ask(AUTH_STATE, AuthQuestion("S1", 1))).outcome is Outcome.NOT_FOUND
    await desk.act("take")
    await desk.act("approve")
    approved = await desk.state(2)
    assert (await open_card(desk, with_ticket(request, approved))).code == "ticket.bound"
    assert (await open_card(desk, with_ticket(mended, approved))).outcome is Outcome.OK


async def test_a_refusal_is_the_end_and_no_round_follows(desk: Desk, opening: Opening) -> None:
    await desk.ask(to_authorise(opening()))
    await desk.act("take")
    assert await desk.refused("refuse") == "auth.reason"
    await desk.act("refuse", reason="coached")
    assert (await desk.state()).state.value == "refused"
    reply = await desk.kit.ask(AUTHORISE, to_authorise(opening(), 2))
    assert (reply.outcome, reply.code) == (Outcome.INVALID, "auth.ended")


async def test_asking_twice_is_one_request_and_with_another_content_refused(desk: Desk, opening: Opening) -> None:
    await desk.ask(to_authorise(opening()))
    await desk.ask(to_authorise(opening()))
    assert len(await desk.listed(every=True)) == 1
    other = opening(fields={**opening().fields, "phone": "13900000000"})
    assert (await desk.kit.ask(AUTHORISE, to_authorise(other))).code == "auth.reused"


async def test_a_withdrawn_case_and_an_expired_one_wait_for_nobody(desk: Desk, opening: Opening) -> None:
    await desk.ask(to_authorise(opening()))
    await desk.approve()
    assert answer_of(await desk.kit.ask(AUTH_WITHDRAW, AuthQuestion("S1", 1))).state.value == "withdrawn"
    await desk.ask(to_authorise(opening("S2")))
    desk.central.clock.go(1801)
    assert (await desk.state(serial="S2")).state.value == "expired"
    assert await desk.listed() == []
    assert await desk.refused("take") == "auth.ended"


async def test_a_dry_run_changes_nothing_but_is_a_look(desk: Desk, opening: Opening) -> None:
    await desk.ask(to_authorise(opening()))
    taken = await desk.act("take")
    view = await desk.act("approve", digest=taken.digest, dry_run=True)
    assert view.line.state == "approved"
    assert (await desk.state()).state.value == "taken"
    rows = await desk.beside().orders.trail("demo", 0, 100)
    assert [it.what for it in rows if it.what.startswith("auth.")] == ["auth.asked", "auth.taken", "auth.viewed"]


async def test_a_paper_for_another_content_or_another_request_is_refused(desk: Desk, opening: Opening) -> None:
    await desk.ask(to_authorise(opening()))
    await desk.act("take")
    assert await desk.refused("approve", digest="00" * 32) == "auth.digest"
    assert await desk.refused("view", name="01a20000-0000-7000-8000-000000000000") == "auth.unknown"


async def test_another_kit_cannot_ask_about_a_case_nor_use_its_ticket(desk: Desk, opening: Opening) -> None:
    await desk.ask(to_authorise(opening()))
    await desk.approve()
    async with desk.central.kit("kit-2") as other:
        assert (await other.ask(AUTH_STATE, AuthQuestion("S1", 1))).outcome is Outcome.NOT_FOUND
