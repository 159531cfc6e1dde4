from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from itertools import pairwise

import msgspec
import pytest
from structlog.testing import LogCapture

from padkit_agent.core.queue import Why
from padkit_agent.store import KitStore, OutboxRow, StoreFull, StoreUnavailable
from padkit_agent.uplink import Courier, Sealer
from padkit_agent.uplink.trouble import PATIENCE, Stuck
from padkit_agent.uplink.wire import Receipt, Rejected
from padkit_contract.claim import claimed_context
from padkit_contract.contact import CHAIN_VOID, ChainVoid
from padkit_contract.errors import KeySilent
from padkit_contract.messages import CARD_OPEN, INQUIRY, KIT_PACK, Outcome, Posted, Reply, Request, decode
from padkit_sdk.errors import LinkLost

from ..stepping import Stepping
from .central import LittleCentral, garbage, hang_up, says, status

MakeCourier = Callable[[object], Courier]
E1, E2, E3 = (f"01a20000-0000-7000-9000-{number:012}" for number in (1, 2, 3))
PIN_BLOCK = "9F3C7700AA11PINBLOCK"


def row(
    envelope: str, *, business: str = CARD_OPEN, priority: int = 1, c3: bool = False, body: bytes = b"{}"
) -> OutboxRow:
    return OutboxRow(envelope, business, "F1", priority, c3, "2026-11-22T08:00:00.000Z", body)


@asynccontextmanager
async def running(courier: Courier) -> AsyncIterator[None]:
    task = asyncio.create_task(courier.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


class ScriptedWire:
    """Answers in place of a network; `unplugged` loses everything."""

    def __init__(self, answers: Sequence[object] = ()) -> None:
        self.answers = list(answers)
        self.unplugged = False
        self.posted: list[Posted] = []
        self.tries = 0
        self.tried = asyncio.Event()

    async def post(self, posted: Posted, *, timeout_s: float) -> object:
        self.tries += 1
        self.tried.set()
        if self.unplugged:
            raise LinkLost("unplugged")
        self.posted.append(posted)
        answer = self.answers.pop(0) if self.answers else Rejected(400, "envelope.refused", "")
        if isinstance(answer, Exception):
            raise answer
        return answer


def business_of(central: LittleCentral) -> list[str]:
    """Return the envelopes that arrived, without those that only explain holes of the chain."""
    return [got.context.envelope for got in central.got if got.context.business != CHAIN_VOID]


async def all_sent(store: KitStore) -> None:
    """Wait until nothing waits any more; each look goes through the store's own thread."""
    while await store.unsent():
        pass


async def test_a_row_is_sealed_sent_and_its_answer_kept(
    courier: Courier, store: KitStore, central: LittleCentral
) -> None:
    await store.queue(row(E1, body=b'{"name":"TEST ONLY"}'))
    async with running(courier):
        reply = await courier.reply(E1, timeout_s=10)
    assert reply == Reply(Outcome.OK, "0000", fields={"of": E1})
    (got,) = central.got
    assert got.payload == b'{"name":"TEST ONLY"}'
    assert (got.context.kit, got.context.entity, got.context.business) == ("KIT-1", "bank", CARD_OPEN)
    assert (got.context.envelope, got.context.sequence) == (E1, 1)
    assert central.peers == ["KIT-1"]
    assert await store.unsent() == 0
    assert courier.online is True


async def test_an_answer_that_came_before_anybody_waited_is_not_lost(
    courier: Courier, store: KitStore, central: LittleCentral
) -> None:
    await store.queue(row(E1))
    async with running(courier):
        await courier.reply(E1, timeout_s=10)
    assert (await courier.reply(E1, timeout_s=10)) == Reply(Outcome.OK, "0000", fields={"of": E1})
    assert len(central.got) == 1


async def test_a_receipt_is_no_answer_the_same_envelope_is_asked_again(
    courier: Courier, store: KitStore, central: LittleCentral, time: Stepping
) -> None:
    central.answers = [status(202), status(202), says()]
    await store.queue(row(E1))
    async with running(courier):
        waiting = asyncio.create_task(courier.reply(E1, timeout_s=10))
        for _ in range(2):
            await time.asleep()
            time.step(0.5)
        assert await waiting is not None
    assert [got.context.envelope for got in central.got] == [E1, E1, E1]


async def test_a_rejection_ends_the_row_and_says_nothing_certain_about_the_business(
    courier: Courier, store: KitStore, central: LittleCentral, log: LogCapture
) -> None:
    """It is not signed; an earlier send may have been taken. The flow inquires."""
    central.answers = [status(400, '{"error":{"code":"envelope.refused","message":"refused"}}')]
    await store.queue(row(E1))
    async with running(courier):
        assert await courier.reply(E1, timeout_s=10) == Reply(Outcome.UNKNOWN, "envelope.refused", "refused")
        await all_sent(store)
    assert [(it["event"], it["code"]) for it in log.entries] == [("uplink.refused", "envelope.refused")]
    told = decode(central.got[1].payload, ChainVoid)
    assert (told.seq, told.envelope, told.why) == (1, E1, "envelope.refused")


async def test_a_rejected_explanation_is_not_explained_again(
    courier: Courier, store: KitStore, central: LittleCentral
) -> None:
    central.answers = [status(400, '{"error":{"code":"x","message":""}}')] * 2
    await store.queue(row(E1))
    async with running(courier):
        await courier.reply(E1, timeout_s=10)
        await all_sent(store)
    assert len(central.got) == 2


@pytest.mark.parametrize("code", ["identity.suspended", "identity.revoked"])
async def test_a_row_outlives_the_kit_being_shut_out(
    courier: Courier, store: KitStore, central: LittleCentral, time: Stepping, code: str
) -> None:
    central.answers = [status(403, f'{{"error":{{"code":"{code}","message":""}}}}'), says()]
    await store.queue(row(E1))
    async with running(courier):
        waiting = asyncio.create_task(courier.reply(E1, timeout_s=10))
        await time.asleep()
        assert courier.shut_out == code
        time.step(30)
        assert await waiting == Reply(Outcome.OK, "0000", fields={"of": E1})
        assert courier.shut_out == ""


async def test_what_was_sealed_for_a_former_key_is_sealed_again_once_the_newer_one_is_known(
    courier: Courier, store: KitStore, central: LittleCentral, time: Stepping
) -> None:
    learned: list[str] = []

    async def learn(certificate: str) -> None:
        learned.append(certificate)

    courier.learn = learn
    superseded = status(409, '{"error":{"code":"key.superseded","message":""}}')
    central.answers = [superseded, says()]
    await store.queue(row(E1))
    async with running(courier):
        waiting = asyncio.create_task(courier.reply(E1, timeout_s=10))
        await time.asleep()
        time.step(30)
        assert await waiting == Reply(Outcome.OK, "0000", fields={"of": E1})
    assert learned == ["the newest certificate"]


async def test_a_signed_invalid_is_believed_and_set_aside(
    courier: Courier, store: KitStore, central: LittleCentral, log: LogCapture
) -> None:
    central.answers = [says(Outcome.INVALID, "field missing")]
    await store.queue(row(E1))
    async with running(courier):
        reply = await courier.reply(E1, timeout_s=10)
    assert reply is not None
    assert reply.outcome is Outcome.INVALID
    assert log.entries[0]["event"] == "uplink.refused"


async def test_a_poison_row_does_not_hold_up_the_others(
    courier: Courier, store: KitStore, central: LittleCentral
) -> None:
    too_large = b"x" * (9 << 20)  # no envelope can hold it
    await store.queue(row(E1, priority=0, body=too_large), row(E2))
    async with running(courier):
        reply = await courier.reply(E2, timeout_s=10)
        poison = await courier.reply(E1, timeout_s=10)
    assert reply is not None
    assert poison is not None
    assert (poison.outcome, poison.code) == (Outcome.UNKNOWN, "envelope.size")
    assert business_of(central) == [E2]


async def test_after_a_start_rows_that_lost_their_c3_part_are_held(
    make_courier: MakeCourier, store: KitStore, log: LogCapture
) -> None:
    await store.queue(row(E1, c3=True), row(E2))
    await make_courier(ScriptedWire()).hold_lost_c3()
    assert [it.business for it in await store.due(10)] == [CARD_OPEN, CHAIN_VOID]
    assert [(it["event"], it["rows"]) for it in log.entries] == [("uplink.held", 1)]


async def test_a_full_store_at_the_start_keeps_no_courier_from_starting_and_sends_nothing_without_its_c3_part(
    make_courier: MakeCourier, store: KitStore, log: LogCapture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(_make: object) -> int:
        raise StoreFull("full")

    monkeypatch.setattr(store, "hold_lost_c3", full)
    wire = ScriptedWire()
    courier = make_courier(wire)
    await store.queue(row(E1, c3=True, priority=0), row(E2))
    await courier.hold_lost_c3()
    async with running(courier):
        await courier.reply(E2, timeout_s=10)
    assert claimed_context(wire.posted[0].envelope).envelope == E2
    assert log.entries[0]["event"] == "uplink.store"


async def test_a_damaged_row_is_set_aside_and_does_not_hold_up_the_others(
    courier: Courier, store: KitStore, central: LittleCentral, log: LogCapture
) -> None:
    await store.queue(row(E1, priority=0), row(E2))
    await store._run(lambda db: db.execute("UPDATE outbox SET sealed = x'00' WHERE envelope = ?", (E1,)))
    async with running(courier):
        assert await courier.reply(E2, timeout_s=10) is not None
        damaged = await courier.reply(E1, timeout_s=10)
    assert damaged is not None
    assert (damaged.outcome, damaged.code) == (Outcome.UNKNOWN, "outbox.damaged")
    assert business_of(central) == [E2]
    assert [(it["event"], it.get("seq")) for it in log.entries] == [("chain.damaged", 1), ("uplink.refused", None)]


async def test_a_row_that_meets_a_bug_rests_and_does_not_end_the_road(
    make_courier: MakeCourier, store: KitStore, log: LogCapture
) -> None:
    wire = ScriptedWire([ValueError("bug"), Rejected(400, "envelope.refused", "")])
    courier = make_courier(wire)
    await store.queue(row(E1, priority=0), row(E2))
    async with running(courier):
        reply = await courier.reply(E2, timeout_s=10)
    assert reply is not None
    assert "uplink.broken" in [it["event"] for it in log.entries]


@pytest.mark.parametrize("trouble", [hang_up, garbage, status(503), status(429)])
async def test_what_is_no_answer_is_tried_again_later_under_the_same_id(
    courier: Courier, store: KitStore, central: LittleCentral, time: Stepping, trouble: object
) -> None:
    central.answers = [trouble, says()]  # type: ignore[list-item]  # parametrised
    await store.queue(row(E1))
    async with running(courier):
        waiting = asyncio.create_task(courier.reply(E1, timeout_s=10))
        await time.asleep()
        assert courier.online is False
        time.step(30)
        assert await waiting is not None
    assert [got.context.envelope for got in central.got] == [E1, E1]


class PulledOut:
    """A hardware key that is not there."""

    def __init__(self, point: bytes) -> None:
        self.public = point

    def sign(self, data: bytes) -> bytes:
        raise KeySilent("key.gone", "plug it in")

    def decrypt(self, ciphertext: bytes) -> bytes:
        raise KeySilent("key.gone", "plug it in")


async def test_a_row_waits_while_the_hardware_key_is_silent_and_goes_out_when_it_is_back(
    courier: Courier,
    sealer: Sealer,
    store: KitStore,
    central: LittleCentral,
    time: Stepping,
    log: LogCapture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sign = sealer.party.sign
    await store.queue(row(E1))
    async with running(courier):
        with monkeypatch.context() as pulled_out:
            pulled_out.setattr(sign, "key", PulledOut(sign.key.public))
            waiting = asyncio.create_task(courier.reply(E1, timeout_s=10))
            await time.asleep()
        assert central.got == []
        assert await store.unsent() == 1
        time.step(30)
        assert await waiting is not None
    assert [it["event"] for it in log.entries] == ["uplink.lost"]
    assert "key.gone" in log.entries[0]["why"]


async def test_the_pauses_grow_to_a_ceiling_and_begin_anew_after_a_success(
    make_courier: MakeCourier, store: KitStore, time: Stepping
) -> None:
    wire = ScriptedWire()
    wire.unplugged = True
    courier = make_courier(wire)
    await store.queue(row(E1))
    async with running(courier):
        for _ in range(12):
            await time.asleep()
            time.step(30)
        await time.asleep()
        assert all(0.2 <= nap <= 30.0 for nap in time.naps)
        ceilings = [min(30.0, 0.2 * 2**number) for number in range(1, 14)]
        assert all(nap <= ceiling for nap, ceiling in zip(time.naps, ceilings, strict=True))
        assert max(time.naps) > 5.0
        wire.unplugged = False
        time.step(30)
        await courier.reply(E1, timeout_s=10)
        await all_sent(store)
        wire.unplugged = True
        await store.queue(row(E2))
        courier.wake()
        await time.asleep()
    assert time.naps[-1] <= 0.4


async def test_chance_spreads_the_pauses(make_courier: MakeCourier, store: KitStore, time: Stepping) -> None:
    wire = ScriptedWire()
    wire.unplugged = True
    await store.queue(row(E1))
    async with running(make_courier(wire)):
        for _ in range(6):
            await time.asleep()
            time.step(30)
    assert any(later < earlier for earlier, later in pairwise(time.naps))


async def test_rows_that_rest_take_nobodys_place(make_courier: MakeCourier, store: KitStore, time: Stepping) -> None:
    """A network that was away: an urgent row is sent at once, whatever waits for its next try."""
    wire = ScriptedWire()
    wire.unplugged = True
    courier = make_courier(wire)
    await store.queue(*(row(f"01a20000-0000-7000-a000-{number:012}", priority=2) for number in range(12)))
    async with running(courier):
        await time.asleep(12)
        wire.unplugged = False
        await store.queue(row(E1, priority=0))
        assert await courier.reply(E1, timeout_s=10) is not None
    assert len(wire.posted) == 1


class Picky:
    """Fails for ever for one business, with 503; answers the rest."""

    def __init__(self) -> None:
        self.failed = 0
        self.posted: list[str] = []

    async def post(self, posted: Posted, *, timeout_s: float) -> object:
        context = claimed_context(posted.envelope)
        if context.business == "poison":
            self.failed += 1
            raise Stuck(Why.CENTRAL, "http.503", "central answered 503")
        self.posted.append(context.envelope)
        return Rejected(400, "envelope.refused", "")


async def test_rows_that_central_fails_at_for_ever_never_hold_up_the_others(
    make_courier: MakeCourier, store: KitStore, time: Stepping
) -> None:
    """Far more of them than the courier looks at, and more urgent."""
    wire = Picky()
    courier = make_courier(wire)
    poison = [f"01a20000-0000-7000-a000-{number:012}" for number in range(40)]
    await store.queue(*(row(it, business="poison", priority=0) for it in poison))
    await store.queue(row(E1, priority=2))
    async with running(courier):
        assert await courier.reply(E1, timeout_s=10) is not None
        await time.asleep(40)
    assert wire.posted[0] == E1
    assert {courier.troubles.by_name[it].why for it in poison} == {Why.CENTRAL}
    assert {courier.troubles.by_name[it].code for it in poison} == {"http.503"}
    assert [it.business for it in await store.due(100)].count("poison") == 40


async def test_the_pauses_of_a_row_that_central_fails_at_grow_though_others_pass(
    make_courier: MakeCourier, store: KitStore, time: Stepping
) -> None:
    courier = make_courier(Picky())
    await store.queue(row(E1, business="poison"))
    async with running(courier):
        for _ in range(14):
            await time.asleep()
            courier.troubles.answered += 1  # others were answered meanwhile
            courier._failures = 0
            time.step(60)
        await time.asleep()
        assert courier.troubles.by_name[E1].tries == 15
    assert all(nap <= min(60.0, 0.2 * 2**tries) for tries, nap in enumerate(time.naps, 1))
    assert max(time.naps) > 15.0


async def test_a_row_that_fails_while_others_pass_does_not_make_the_kit_offline(
    make_courier: MakeCourier, store: KitStore, time: Stepping
) -> None:
    courier = make_courier(Picky())
    await store.queue(row(E1, business="poison"))
    async with running(courier):
        await time.asleep()
        assert courier.online is False
        await store.queue(row(E2))
        await courier.reply(E2, timeout_s=10)
        assert courier.online is True
        time.step(60)
        await time.asleep()
        assert courier.troubles.by_name[E1].tries == 2
    assert courier.online is True


async def test_receipts_without_end_are_a_trouble_of_the_row(
    make_courier: MakeCourier, store: KitStore, time: Stepping
) -> None:
    courier = make_courier(ScriptedWire([Receipt()] * (PATIENCE + 1)))
    await store.queue(row(E1))
    async with running(courier):
        for _ in range(PATIENCE):
            await time.asleep()
            time.step(0.5)
        await time.asleep()
        assert courier.troubles.by_name[E1].code == "central.receipt"
    assert await store.unsent() == 1


@pytest.mark.parametrize(
    ("answer", "why", "code"),
    [
        (Rejected(404, "path.unknown", ""), Why.CENTRAL, "http.404"),
        (Rejected(413, "http", ""), Why.CENTRAL, "http.413"),
        (Rejected(403, "identity.none", ""), Why.CERTIFICATE, "identity.none"),
        (Rejected(403, "identity.revoked", ""), Why.SHUT_OUT, "identity.revoked"),
        (Stuck(Why.CERTIFICATE, "tls", "not believed"), Why.CERTIFICATE, "tls"),
        (LinkLost("unplugged"), Why.NETWORK, ""),
    ],
)
async def test_what_is_not_about_the_message_leaves_it_waiting_and_says_why(
    make_courier: MakeCourier, store: KitStore, time: Stepping, answer: object, why: Why, code: str
) -> None:
    courier = make_courier(ScriptedWire([answer]))
    await store.queue(row(E1))
    async with running(courier):
        await time.asleep()
        trouble = courier.troubles.by_name[E1]
        assert (trouble.why, trouble.code, trouble.tries) == (why, code, 1)
        assert await store.unsent() == 1


async def test_a_trouble_is_forgotten_with_the_answer(
    courier: Courier, store: KitStore, central: LittleCentral, time: Stepping
) -> None:
    central.answers = [status(503), says()]
    await store.queue(row(E1))
    async with running(courier):
        waiting = asyncio.create_task(courier.reply(E1, timeout_s=10))
        await time.asleep()
        assert courier.troubles.by_name[E1].code == "http.503"
        time.step(60)
        await waiting
    assert courier.troubles.by_name == {}


async def test_urgent_rows_go_first(make_courier: MakeCourier, store: KitStore) -> None:
    wire = ScriptedWire()
    await store.queue(
        row(E1, business="late", priority=2), row(E2, business="soon", priority=0), row(E3, business="next")
    )
    async with running(make_courier(wire)):
        while len(wire.posted) < 3:
            wire.tried.clear()
            await wire.tried.wait()
    assert [claimed_context(it.envelope).business for it in wire.posted] == ["soon", "next", "late"]


async def test_a_row_with_a_c3_part_goes_out_with_it_and_only_with_it(
    courier: Courier, store: KitStore, central: LittleCentral
) -> None:
    courier.join_c3(E1, msgspec.json.encode({"new_pin_block": PIN_BLOCK}))
    await store.queue(row(E1, c3=True))
    async with running(courier):
        await courier.reply(E1, timeout_s=10)
    (got,) = central.got
    assert msgspec.json.decode(got.c3) == {"new_pin_block": PIN_BLOCK}
    assert got.c3_context is not None
    assert (got.c3_context.business, got.c3_context.envelope) == (f"{CARD_OPEN}#c3", E1)
    assert PIN_BLOCK.encode() not in got.payload


async def test_a_row_that_lost_its_c3_part_is_held_and_never_sent(
    courier: Courier, store: KitStore, central: LittleCentral
) -> None:
    await store.queue(row(E1, c3=True), row(E2))
    async with running(courier):
        await courier.reply(E2, timeout_s=10)
        await all_sent(store)
    assert business_of(central) == [E2]
    assert await store.reply_to(E1) is None
    assert [decode(got.payload, ChainVoid).why for got in central.got if got.context.envelope != E2] == ["c3"]


async def test_a_c3_part_lives_until_the_answer_only(
    courier: Courier, store: KitStore, central: LittleCentral, time: Stepping
) -> None:
    central.answers = [status(503), says()]
    courier.join_c3(E1, b'{"new_pin_block":"x"}')
    await store.queue(row(E1, c3=True))
    async with running(courier):
        waiting = asyncio.create_task(courier.reply(E1, timeout_s=10))
        await time.asleep()
        time.step(30)
        await waiting
    assert all(got.c3 for got in central.got)
    assert courier._c3 == {}


async def test_a_held_row_is_not_sent_again_and_its_c3_part_is_dropped(
    make_courier: MakeCourier, store: KitStore, time: Stepping
) -> None:
    wire = ScriptedWire()
    wire.unplugged = True
    courier = make_courier(wire)
    courier.join_c3(E1, b"{}")
    await store.queue(row(E1, c3=True))
    async with running(courier):
        await time.asleep()
        assert await courier.reply(E1, timeout_s=0) is None
        await courier.hold(E1)
        time.step(60)
        await store.queue(row(E2))
        courier.wake()
        wire.unplugged = False
        await courier.reply(E2, timeout_s=10)
    assert E1 not in {claimed_context(it.envelope).envelope for it in wire.posted}
    assert courier._c3 == {}


async def test_central_learns_why_a_row_is_held(courier: Courier, store: KitStore, central: LittleCentral) -> None:
    await store.queue(row(E1))
    await courier.hold(E1)
    async with running(courier):
        await all_sent(store)
    assert [decode(got.payload, ChainVoid).why for got in central.got] == ["held"]


async def test_what_was_not_written_leaves_no_c3_part_in_memory(courier: Courier) -> None:
    courier.join_c3(E1, b"{}")
    courier.forget_c3(E1)
    assert courier._c3 == {}


@pytest.mark.parametrize(
    "changed",
    [
        {"envelope": E3},
        {"business": f"reply:{INQUIRY}"},
        {"business": CARD_OPEN},
        {"not_after": 1},
    ],
)
async def test_a_reply_that_belongs_to_something_else_is_not_believed(
    courier: Courier, store: KitStore, central: LittleCentral, time: Stepping, changed: dict[str, object]
) -> None:
    central.answers = [says(Outcome.REFUSED, **changed), says()]
    await store.queue(row(E1))
    async with running(courier):
        waiting = asyncio.create_task(courier.reply(E1, timeout_s=10))
        await time.asleep()
        assert await store.unsent() == 1
        time.step(30)
        reply = await waiting
    assert reply is not None
    assert reply.outcome is Outcome.OK


async def test_a_full_store_stops_nothing_for_good(
    courier: Courier, store: KitStore, central: LittleCentral, time: Stepping, monkeypatch: pytest.MonkeyPatch
) -> None:
    marks = store.mark
    failures: list[StoreUnavailable] = [StoreFull("full"), StoreFull("full")]

    async def mark(envelope: str, state: str, reply: bytes = b"") -> None:
        if failures:
            raise failures.pop()
        await marks(envelope, state, reply)

    monkeypatch.setattr(store, "mark", mark)
    await store.queue(row(E1))
    async with running(courier):
        waiting = asyncio.create_task(courier.reply(E1, timeout_s=10))
        for _ in range(2):
            await time.asleep()
            time.step(30)
        assert await waiting is not None
    assert [got.context.envelope for got in central.got] == [E1, E1, E1]


async def test_a_store_that_cannot_be_read_is_read_again_later(
    courier: Courier, store: KitStore, time: Stepping, monkeypatch: pytest.MonkeyPatch
) -> None:
    due = store.due
    failures: list[StoreUnavailable] = [StoreUnavailable("disk I/O error")]

    async def read(limit: int, *, but: object) -> object:
        if failures:
            raise failures.pop()
        return await due(limit)

    monkeypatch.setattr(store, "due", read)
    await store.queue(row(E1))
    async with running(courier):
        await time.asleep()
        time.step(30)
        assert await courier.reply(E1, timeout_s=10) is not None


async def test_a_question_is_answered_without_a_row(courier: Courier, store: KitStore, central: LittleCentral) -> None:
    reply = await courier.ask(KIT_PACK, Request("", 0, "2026-11-22", {}), timeout_s=10)
    assert reply is not None
    assert reply.outcome is Outcome.OK
    assert decode(central.got[0].payload, Request).serial == ""
    assert central.got[0].context.sequence == 0


async def test_a_question_waits_for_its_answer_after_a_receipt(
    courier: Courier, central: LittleCentral, time: Stepping
) -> None:
    central.answers = [status(202), says()]
    asking = asyncio.create_task(courier.ask(KIT_PACK, Request("", 0, "2026-11-22", {}), timeout_s=10))
    await time.asleep()
    time.step(0.5)
    assert await asking is not None
    assert central.got[0].context.envelope == central.got[1].context.envelope


@pytest.mark.parametrize("trouble", [hang_up, garbage, status(500), says(envelope=E3)])
async def test_a_question_without_a_believable_answer_is_silence(
    courier: Courier, central: LittleCentral, trouble: object, log: LogCapture
) -> None:
    central.answers = [trouble]  # type: ignore[list-item]  # parametrised
    assert await courier.ask(INQUIRY, Request("S1", 1, "2026-11-22", {}), timeout_s=10) is None
    assert courier.online is False
    assert [it["event"] for it in log.entries] == ["uplink.silent"]


async def test_a_question_out_of_time_is_silence(courier: Courier, central: LittleCentral) -> None:
    central.answers = [status(202)]
    assert await courier.ask(INQUIRY, Request("S1", 1, "2026-11-22", {}), timeout_s=0.05) is None


async def test_no_secret_reaches_the_log(
    courier: Courier, store: KitStore, central: LittleCentral, time: Stepping, log: LogCapture
) -> None:
    central.answers = [hang_up, garbage, status(400, '{"error":{"code":"x","message":"y"}}')]
    courier.join_c3(E1, msgspec.json.encode({"new_pin_block": PIN_BLOCK}))
    await store.queue(row(E1, c3=True, body=b'{"card_no":"6212345678901234"}'))
    async with running(courier):
        waiting = asyncio.create_task(courier.reply(E1, timeout_s=10))
        for _ in range(2):
            await time.asleep()
            time.step(30)
        await waiting
    written = repr(log.entries)
    assert len(log.entries) == 3
    assert PIN_BLOCK not in written
    assert "6212345678901234" not in written
