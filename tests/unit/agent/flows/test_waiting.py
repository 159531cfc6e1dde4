"""What waits for central as people see it, and the freeze that a desk meets."""

from __future__ import annotations

import pytest
import structlog
from structlog.testing import LogCapture

from padkit_agent.core.queue import Kind, Level, Why
from padkit_agent.flows import Feed, Waiting
from padkit_agent.store import OutboxRow
from padkit_contract.commands import COMMAND_ACK
from padkit_contract.messages import CARD_LEDGER, CASE, EVIDENCE, Case, Outcome, Reply, decode, encode
from padkit_sdk.errors import Refused

from .kit import Kit
from .roads import Road

AT = "2026-11-22T07:50:00.000Z"  # ten minutes before
NOBODY_HEARD = Reply(Outcome.UNKNOWN, "field.unknown", "")


class Queue:
    """The queue of a kit with what hinders it in a test's hand."""

    def __init__(self, kit: Kit, log: LogCapture) -> None:
        self.kit, self.courier, self.uploader = kit, Road(), Road()
        self.parameters: dict[str, object] = {}
        self.doubtful, self.feed, numbers = False, Feed(), iter(range(1, 99))
        self.waiting = Waiting(
            *(kit.store, self.courier, self.uploader, kit.desk, kit.gate, self.feed),  # type: ignore[arg-type]
            parameters=lambda: self.parameters,
            store_bytes=64 << 20,
            doubtful=lambda: self.doubtful,
            new_id=lambda: f"n-{next(numbers)}",
            clock=kit.time.clock,
            log=structlog.wrap_logger(None, processors=[log], wrapper_class=structlog.BoundLogger),  # type: ignore[arg-type]
        )
        kit.desk.measure = self.waiting.look

    async def put(self, envelope: str, business: str = CARD_LEDGER, at: str = AT) -> None:
        await self.kit.store.queue(OutboxRow(envelope, business, "F1", 1, needs_c3=False, at=at, body=b"{}"))

    async def refuse(self, envelope: str) -> None:
        await self.put(envelope)
        await self.kit.store.mark(envelope, "refused", encode(NOBODY_HEARD))

    async def clear(self) -> None:
        while rows := await self.kit.store.due(100):
            for row in rows:
                await self.kit.store.mark(row.envelope, "done", b"{}")

    async def why(self, name: str) -> tuple[Why, str]:
        item = await self.waiting.item(name)
        return item.why, item.code


@pytest.fixture
def log() -> LogCapture:
    return LogCapture()


@pytest.fixture
async def queue(kit: Kit, log: LogCapture) -> Queue:
    made = Queue(kit, log)
    await made.clear()
    return made


async def test_at_a_quota_no_new_flow_begins_and_after_the_sync_it_does(queue: Queue, log: LogCapture) -> None:
    queue.parameters = {"queue_max_items": 3}
    for number in range(3):
        await queue.put(f"e{number}")
    with pytest.raises(
        Refused, match=rf"begin ACC-01: 3 messages wait.*at most 3.*since {AT}.*reach central"
    ) as refused:
        await queue.kit.begin()
    assert refused.value.reason == "queue.messages"
    await queue.kit.store.mark("e0", "done", b"{}")
    assert await queue.kit.begin()
    events = [it["event"] for it in log.entries]
    assert (events.count("queue.frozen"), events.count("queue.thawed")) == (1, 1)


async def test_what_is_open_goes_on_to_its_end_though_the_quota_is_reached(queue: Queue) -> None:
    flow = await queue.kit.begin()
    queue.parameters = {"queue_max_items": 1}
    await queue.put("e1")
    with pytest.raises(Refused):
        await queue.kit.begin()
    await queue.kit.enter_pin(flow)
    await queue.kit.confirm(flow)
    assert (await queue.kit.ended()).phase == "CLOSED"


async def test_what_waits_too_long_freezes(queue: Queue) -> None:
    queue.parameters = {"offline_max_hours": 0.1}
    await queue.put("e1")
    with pytest.raises(Refused) as refused:
        await queue.kit.begin()
    assert refused.value.reason == "queue.age"


async def test_near_a_quota_is_said_and_nothing_is_refused(queue: Queue) -> None:
    queue.parameters = {"queue_max_items": 2, "queue_near_percent": 50}
    await queue.put("e1")
    state = await queue.waiting.state()
    assert {it.name: it.level for it in state.quotas}["messages"] is Level.NEAR
    assert state.frozen == ""
    assert await queue.kit.begin()


@pytest.mark.parametrize(("minutes", "needy"), [(9, True), (10, True), (11, False), (0, False)])
async def test_what_is_older_than_the_policys_minutes_needs_attention(
    queue: Queue, minutes: int, *, needy: bool
) -> None:
    queue.parameters = {"queue_attention_minutes": minutes}
    await queue.put("e1")
    item = await queue.waiting.item("message:e1")
    assert (item.attention, item.age_s) == (needy, 600)
    assert (await queue.waiting.state()).attention == int(needy)


async def test_the_reason_is_the_last_trouble_and_else_the_turn(queue: Queue) -> None:
    await queue.put("e1")
    await queue.put("e2", COMMAND_ACK)
    assert await queue.why("message:e1") == (Why.SENDING, "")
    assert await queue.why("message:e2") == (Why.BEHIND, "")
    queue.courier.troubles.note("e1", Why.CENTRAL, "http.503")
    assert await queue.why("message:e1") == (Why.CENTRAL, "http.503")
    item = await queue.waiting.item("message:e2")
    assert (item.kind, item.ahead) == (Kind.ORDER, 1)
    queue.courier.online = False
    assert await queue.why("message:e2") == (Why.NETWORK, "")
    queue.courier.shut_out = "identity.revoked"
    assert await queue.why("message:e1") == (Why.SHUT_OUT, "identity.revoked")


async def test_a_certificate_that_is_not_believed_may_be_the_clocks_fault(queue: Queue) -> None:
    await queue.put("e1")
    queue.courier.troubles.note("e1", Why.CERTIFICATE, "tls")
    assert await queue.why("message:e1") == (Why.CERTIFICATE, "tls")
    queue.doubtful = True
    assert await queue.why("message:e1") == (Why.CLOCK, "tls")


async def test_packages_on_their_way_are_in_the_queue(queue: Queue) -> None:
    await queue.put("e1", EVIDENCE)
    await queue.kit.store.mark("e1", "done", b"{}")
    assert await queue.why("package:F1") == (Why.MAKING, "")
    queue.uploader.hindered = Why.KEY, "key.gone"
    assert await queue.why("package:F1") == (Why.KEY, "key.gone")
    await queue.kit.store.packages.begin("F1", lambda number, previous: b"{}")
    await queue.kit.store.packages.ready("F1", "seal", 10)
    queue.uploader.troubles.note("F1", Why.CENTRAL, "http.500")
    assert await queue.why("package:F1") == (Why.CENTRAL, "http.500")
    assert (await queue.waiting.state()).load.packages == 1


async def test_what_was_refused_needs_a_person_at_once_and_a_retry_goes_out_as_new(queue: Queue) -> None:
    await queue.refuse("e1")
    item = await queue.waiting.item("message:e1")
    assert (item.why, item.code, item.attention, item.can) == (
        Why.REFUSED,
        "field.unknown",
        True,
        ("retry", "hand_over"),
    )
    await queue.waiting.retry("message:e1", "LI")
    assert [it.id for it in await queue.waiting.items()] == ["message:n-1"]
    assert queue.courier.woken == 1
    with pytest.raises(Refused, match="was not set aside"):
        await queue.waiting.retry("message:e1", "LI")


async def test_a_hand_over_tells_central_what_by_whom(queue: Queue) -> None:
    await queue.refuse("e1")
    await queue.waiting.hand_over("message:e1", "LI")
    (row,) = await queue.kit.store.due(10)
    case = decode(row.body, Case)
    assert row.business == CASE
    assert (case.flow, case.reason) == ("F1", f"queue.refused: {CARD_LEDGER} field.unknown")
    assert "message:e1" in case.detail
    assert "LI" in case.detail
    assert [(it.id, it.stops_box) for it in await queue.kit.store.cases(open_only=True)] == [(case.id, False)]


@pytest.mark.parametrize("name", ["message:e9", "package:F9", "flow:F1", "", "x" * 500])
async def test_what_does_not_wait_is_refused_by_name(queue: Queue, name: str) -> None:
    for deal in (queue.waiting.retry, queue.waiting.hand_over):
        with pytest.raises(Refused) as refused:
            await deal(name, "LI")
        assert refused.value.reason == "queue.unknown"
        assert len(str(refused.value)) < 200


async def test_a_halted_flow_is_in_the_queue(queue: Queue) -> None:
    queue.kit.store.full_from = "stage_card"
    flow = await queue.kit.begin()
    await queue.kit.halted()
    item = await queue.waiting.item(f"flow:{flow}")
    assert (item.kind, item.why) == (Kind.FLOW, Why.HALTED)


async def test_a_change_is_said_once(queue: Queue) -> None:
    await queue.refuse("e1")
    with queue.feed.watch() as watcher:
        queue.waiting._tell(await queue.waiting.state())
        queue.waiting._tell(await queue.waiting.state())
        assert (await watcher.get()).kind == "queue"
        assert watcher.empty()
