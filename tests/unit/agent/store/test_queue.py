"""What central has not taken: counts, lines, and what people did with what was set aside."""

from __future__ import annotations

import pytest

from padkit_agent.store import Books, CaseRow, KitStore
from padkit_contract.authorise import AUTH_WITHDRAW, AUTHORISE
from padkit_contract.messages import CARD_LEDGER, CARD_OPEN, CASE, EVIDENCE, REVERSAL, Outcome, Reply, encode
from padkit_sdk.errors import Refused

from .rows import AT, message, void

NO = encode(Reply(Outcome.UNKNOWN, "field.unknown", "text that stays sealed"))
LATER = "2026-11-22T09:00:00.000Z"


async def refused(store: KitStore, envelope: str, business: str = CARD_LEDGER) -> None:
    await store.queue(message(envelope, business=business))
    await store.void(envelope, "refused", "field.unknown", void, NO)
    await store.mark(f"void-{envelope}", "done", b"{}")


def case(name: str = "c-1") -> CaseRow:
    return CaseRow(name, "F1", "queue.refused", LATER, stops_box=False)


async def test_an_empty_queue_counts_nothing(store: KitStore) -> None:
    load = await store.waits.load()
    assert (load.messages, load.packages, load.bytes, load.set_aside, load.since) == (0, 0, 0, 0, "")
    assert await store.waits.lines() == ()


async def test_messages_count_until_they_are_answered_with_the_oldest_of_them(store: KitStore) -> None:
    await store.queue(message("e1", at=LATER), message("e2", at=AT), message("e3", at=LATER))
    load = await store.waits.load()
    assert (load.messages, load.since) == (3, AT)
    assert load.bytes > 0
    await store.mark("e2", "done", b"{}")
    assert (await store.waits.load()).since == LATER
    assert (await store.waits.load()).messages == 2


async def test_packages_count_from_the_answered_list_until_central_has_them(store: KitStore) -> None:
    await store.queue(message("e1", business=EVIDENCE))
    assert (await store.waits.load()).packages == 0
    await store.mark("e1", "done", b"{}")
    (due,) = await store.waits.lines()
    assert (due.kind, due.flow, due.state, due.at) == ("package", "F1", "due", AT)
    await store.packages.begin("F1", lambda number, previous: b"{}")
    await store.packages.write("F1", 0, b"x" * 1000)
    await store.packages.ready("F1", "seal", 1000)
    load = await store.waits.load()
    assert (load.packages, load.bytes, load.since) == (1, 1000, AT)
    (ready,) = await store.waits.lines()
    assert (ready.state, ready.size) == ("ready", 1000)
    await store.packages.end("F1", "stored")
    assert (await store.waits.load()).packages == 0


async def test_files_of_cases_under_way_count_as_bytes(store: KitStore) -> None:
    await store.files.keep("F1", "id_chip", "image/jpeg", b"x" * 5000, at=AT)
    assert (await store.waits.load()).bytes >= 5000


async def test_what_central_refused_is_set_aside_before_what_waits_with_its_code_alone(store: KitStore) -> None:
    await store.queue(message("e1"))
    await refused(store, "e2")
    first, second = await store.waits.lines()
    assert (first.number, first.state, first.code) == ("e2", "refused", "field.unknown")
    assert (second.number, second.state, second.code) == ("e1", "waiting", "")
    load = await store.waits.load()
    assert (load.messages, load.set_aside, load.since) == (2, 1, AT)


@pytest.mark.parametrize("business", [CARD_OPEN, REVERSAL, AUTHORISE])
async def test_what_a_flow_answers_for_is_the_flows(store: KitStore, business: str) -> None:
    await refused(store, "e1", business)
    assert (await store.waits.load()).set_aside == 0
    assert not await store.waits.again("e1", "e9", by="LI", at=LATER)


async def test_a_retry_is_a_new_record_and_the_old_one_stays(store: KitStore) -> None:
    await refused(store, "e1")
    assert await store.waits.again("e1", "e9", by="LI", at=LATER)
    (row,) = await store.due(10)
    assert (row.envelope, row.business, row.flow_id, row.body) == ("e9", CARD_LEDGER, "F1", b"body")
    assert (await store.waits.load()).set_aside == 0
    assert await store.reply_to("e1") == NO
    assert not await store.waits.again("e1", "e10", by="LI", at=LATER)


async def test_a_damaged_record_cannot_be_sent_again_and_stays_set_aside(store: KitStore) -> None:
    await refused(store, "e1")
    await store._run(lambda db: db.execute("UPDATE outbox SET sealed = x'00' WHERE envelope = 'e1'"))
    with pytest.raises(Refused, match="does not open"):
        await store.waits.again("e1", "e9", by="LI", at=LATER)
    assert (await store.waits.load()).set_aside == 1


async def test_a_hand_over_opens_a_case_tells_central_and_keeps_the_record(store: KitStore) -> None:
    await refused(store, "e1")
    assert await store.waits.hand_over("message:e1", case(), message("e9", business=CASE), by="LI")
    assert [it.id for it in await store.cases(open_only=True)] == ["c-1"]
    assert [it.envelope for it in await store.due(10)] == ["e9"]
    assert (await store.waits.load()).set_aside == 0
    assert not await store.waits.hand_over("message:e1", case("c-2"), message("e10", business=CASE), by="LI")
    assert len(await store.cases(open_only=True)) == 1


@pytest.mark.parametrize("item", ["message:e7", "package:F7", "flow:F1", "", "message:e1"])
async def test_what_was_not_set_aside_is_not_handed_over(store: KitStore, item: str) -> None:
    await store.queue(message("e1"))
    assert not await store.waits.hand_over(item, case(), message("e9", business=CASE), by="LI")
    assert await store.cases(open_only=True) == ()


async def test_a_package_that_was_refused_is_made_anew_under_its_own_manifest(store: KitStore) -> None:
    await store.packages.begin("F1", lambda number, previous: b"manifest")
    await store.packages.end("F1", "refused")
    assert (await store.waits.load()).set_aside == 1
    assert await store.waits.pack_again("F1")
    assert await store.packages.manifest("F1") == b"manifest"
    assert [it.state for it in await store.packages.listed("making")] == ["making"]
    assert not await store.waits.pack_again("F1")


async def test_a_package_that_could_not_be_begun_is_due_again(store: KitStore) -> None:
    await store.queue(message("e1", business=EVIDENCE))
    await store.mark("e1", "done", b"{}")
    await store.packages.set_aside("F1")
    assert await store.packages.due() == ()
    assert await store.waits.pack_again("F1")
    assert await store.packages.due() == ("F1",)


async def test_a_package_is_handed_over_and_stays(store: KitStore) -> None:
    await store.packages.begin("F1", lambda number, previous: b"manifest")
    await store.packages.end("F1", "refused")
    assert await store.waits.hand_over("package:F1", case(), message("e9", business=CASE), by="LI")
    assert (await store.waits.load()).set_aside == 0
    assert [it.state for it in await store.packages.listed("refused")] == ["refused"]


async def test_a_wipe_counts_what_was_refused_until_somebody_dealt_with_it(store: KitStore) -> None:
    await refused(store, "e1")

    def unsent(books: Books) -> dict[str, int]:
        return books.unsent(but=())

    assert await store.books(unsent) == {CARD_LEDGER: 1}
    await store.waits.again("e1", "e9", by="LI", at=LATER)
    await store.mark("e9", "done", b"{}")
    assert await store.books(unsent) == {}


async def test_what_is_about_a_serial_does_not_overtake_what_was_said_of_it_before(store: KitStore) -> None:
    await store.queue(
        message("e1", business=AUTHORISE, priority=2),
        message("e2", business=AUTH_WITHDRAW, priority=0),
        message("e3", business=CARD_LEDGER, priority=1),
        message("e4", business=AUTH_WITHDRAW, priority=0, flow="F2"),
    )
    assert [it.envelope for it in await store.due(10)] == ["e4", "e3", "e1"]
    await store.mark("e1", "done", b"{}")
    assert [it.envelope for it in await store.due(10)] == ["e2", "e4", "e3"]


async def test_rows_that_others_pass_take_no_place(store: KitStore) -> None:
    await store.queue(*(message(f"e{number}") for number in range(5)))
    assert [it.envelope for it in await store.due(2, but={"e0", "e1", "e3"})] == ["e2", "e4"]
