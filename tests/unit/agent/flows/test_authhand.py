"""The flow at the centre's desk, with a real store: what is sent, what is waited for, what a person may do meanwhile."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from padkit_agent.core.flow import Flow
from padkit_agent.core.plan import plan_of
from padkit_agent.core.request import bound
from padkit_contract.authorise import (
    AUTH_STATE,
    AUTH_WITHDRAW,
    AUTHORISE,
    AuthAnswer,
    AuthQuestion,
    AuthRequest,
    AuthState,
    Ticket,
)
from padkit_contract.catalogue import load_catalogue
from padkit_contract.messages import CARD_OPEN, Outcome, Reply, Request, decode
from padkit_sdk.errors import Refused

from .kit import COVERED, PIN_FIELDS, Kit, pack

UNTIL = "2036-01-01T00:00:00Z"
S = AuthState
PLAN = plan_of(load_catalogue().entry(CARD_OPEN))


def told(state: AuthState, **more: Any) -> Reply:
    answer = AuthAnswer(state, **more)
    return Reply(Outcome.OK, fields={"authorisation": msgspec.to_builtins(answer)})


class Desk:
    """The centre: answers what it has in `answers`; an approval gets its ticket for what the flow is then."""

    def __init__(self, kit: Kit) -> None:
        self.kit = kit

    def plan(self, *states: AuthState | Reply | None) -> None:
        answers = [it if isinstance(it, Reply) or it is None else told(it) for it in states]
        self.kit.courier.answers[AUTHORISE] = answers[:1]
        self.kit.courier.answers[AUTH_STATE] = answers[1:]

    async def flow(self) -> Flow:
        (head,) = await self.kit.store.heads(open_only=True)
        return msgspec.json.decode(head.flow, type=Flow)

    async def ticket(self) -> Reply:
        return told(S.APPROVED, ticket=Ticket("T1", bound(await self.flow(), PLAN), UNTIL), by=("ann",))

    def sent(self, business: str) -> list[bytes]:
        return [body for name, body, _ in self.kit.courier.sent if name == business]


@pytest.fixture
async def kit(tmp_path: Path) -> AsyncIterator[Kit]:
    """A kit whose policy does not waive the authoriser."""
    current = pack(auth_timeout_seconds=10)
    waiver = msgspec.structs.replace(
        current.policy.waivers[0], covers=tuple(it for it in COVERED if it != "authoriser")
    )
    policy = msgspec.structs.replace(current.policy, waivers=(waiver,))
    made = Kit(tmp_path, msgspec.structs.replace(current, policy=policy))
    await made.start()
    yield made
    await made.kill()
    made.store.close()


@pytest.fixture
def desk(kit: Kit) -> Desk:
    return Desk(kit)


async def outbox(kit: Kit) -> list[str]:
    return [it.business for it in await kit.store.due(100)]


async def test_a_request_is_sent_with_its_journal_row_and_the_ticket_with_the_opening(kit: Kit, desk: Desk) -> None:
    kit.time.gate.clear()
    desk.plan(S.QUEUED, S.TAKEN)
    flow = await kit.begin()
    await kit.until(lambda it: it.kind == "hint" and it.note == "auth.queued")
    request = decode(desk.sent(AUTHORISE)[0], AuthRequest)
    assert (request.serial, request.round, request.bound) == (
        (await desk.flow()).serial,
        1,
        bound(await desk.flow(), PLAN),
    )
    kit.courier.answers[AUTH_STATE].append(await desk.ticket())
    kit.time.gate.set()
    await kit.until(lambda it: it.kind == "hint" and it.note == "auth.taken")
    await kit.enter_pin(flow)
    await kit.confirm(flow)
    assert (await kit.ended()).phase == "CLOSED"
    sent = decode(desk.sent(CARD_OPEN)[0], Request)
    assert sent.ticket == "T1"
    assert PIN_FIELDS.items() <= sent.fields.items()
    assert AUTH_WITHDRAW not in await outbox(kit)
    assert decode(desk.sent(AUTH_STATE)[0], AuthQuestion) == AuthQuestion(request.serial, 1)


async def test_a_restart_while_it_waits_asks_and_sends_nothing_again(kit: Kit, desk: Desk) -> None:
    kit.time.gate.clear()
    desk.plan(S.QUEUED)
    flow = await kit.begin()
    await kit.until(lambda it: it.kind == "hint" and it.note == "auth.queued")
    kit.courier.answers[AUTH_STATE] = [None, Reply(Outcome.NOT_FOUND, "auth.unknown"), await desk.ticket()]
    await kit.kill()
    kit.build()
    kit.time.gate.set()
    await kit.start(fetch=False)
    await kit.until(lambda it: it.kind == "hint" and it.note == "auth.away")
    await kit.enter_pin(flow)
    assert len(desk.sent(AUTHORISE)) == 1
    assert AUTHORISE not in await outbox(kit)


async def test_silence_asks_the_manager_who_waits_on_or_withdraws(kit: Kit, desk: Desk) -> None:
    desk.plan(S.QUEUED, *[None] * 20)
    flow = await kit.begin()
    await kit.asked("auth_wait")
    await kit.say(flow, "auth_wait", "wait")
    await kit.asked("auth_wait")
    await kit.say(flow, "auth_wait", "withdraw")
    ended = await kit.ended()
    assert (ended.phase, ended.note) == ("CANCELLED", "auth.withdrawn")
    assert (await outbox(kit)).count(AUTH_WITHDRAW) == 1
    assert len(desk.sent(AUTHORISE)) == 1


async def test_a_cancel_while_it_waits_withdraws_it(kit: Kit, desk: Desk) -> None:
    kit.time.gate.clear()
    desk.plan(S.QUEUED)
    flow = await kit.begin()
    await kit.until(lambda it: it.kind == "hint" and it.note == "auth.queued")
    kit.desk.cancel(flow, "manager")
    assert (await kit.ended()).phase == "CANCELLED"
    assert AUTH_WITHDRAW in await outbox(kit)


async def test_what_comes_back_is_mended_in_its_parts_only(kit: Kit, desk: Desk) -> None:
    desk.plan(told(S.RETURNED, by=("ann",), reason="vague", parts=("open_purpose",)))
    flow = await kit.begin()
    await kit.asked("mend")
    assert (await desk.flow()).note == "auth.returned: open_purpose: vague"
    for fields, reason in (({"phone": "13911111111"}, "answer.fields"), ({"open_purpose": 1}, "field.type")):
        with pytest.raises(Refused) as caught:
            await kit.say(flow, "mend", "mended", fields=fields)
        assert caught.value.reason == reason
    kit.time.gate.clear()
    kit.courier.answers[AUTHORISE] = [told(S.QUEUED)]
    await kit.say(flow, "mend", "mended", fields={"open_purpose": "salary"})
    await kit.until(lambda it: it.kind == "hint" and it.note == "auth.queued")
    second = decode(desk.sent(AUTHORISE)[1], AuthRequest)
    assert (second.round, second.fields["open_purpose"]) == (2, "salary")


async def test_a_request_that_the_centre_will_not_have_ends_the_flow(kit: Kit, desk: Desk) -> None:
    desk.plan(Reply(Outcome.INVALID, "auth.holder", "name one"))
    await kit.begin()
    ended = await kit.ended()
    assert (ended.phase, ended.note) == ("CANCELLED", "auth.invalid: auth.holder name one")
