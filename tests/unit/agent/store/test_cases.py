from __future__ import annotations

from padkit_agent.store import CaseRow, KitStore

from .rows import AT, line, message, step

CASE = CaseRow("F1", "F1", "box.jam", AT, stops_box=True)


async def test_a_case_is_opened_with_its_step(store: KitStore) -> None:
    await store.step(step(phase="CASE_OPEN", ended=True), case=CASE)
    assert await store.cases(open_only=True) == (CASE,)


async def test_the_same_case_twice_is_one(store: KitStore) -> None:
    await store.step(step(), case=CASE)
    await store.step(step(), case=CASE)
    assert len(await store.cases(open_only=False)) == 1


async def test_a_closed_case_says_who_closed_it_and_when(store: KitStore) -> None:
    await store.step(step(), case=CASE)
    events = await store.close_case("F1", by="A + B", at=AT, ledger_message=lambda _: message("x"))
    assert events == ()
    assert await store.cases(open_only=True) == ()
    (closed,) = await store.cases(open_only=False)
    assert (closed.closed_by, closed.closed_at) == ("A + B", AT)


async def test_a_case_closes_once_and_books_what_was_found_once(store: KitStore) -> None:
    await store.step(step(), case=CASE)
    found = [line("1")]
    assert await store.close_case("F1", by="A + B", at=AT, lines=found, ledger_message=lambda _: message("x"))
    again = await store.close_case("F1", by="C + D", at=AT, lines=found, ledger_message=lambda _: message("y"))
    assert again is None
    assert [it.seq for it in await store.ledger()] == [1]


async def test_a_fact_is_kept_and_replaced(store: KitStore) -> None:
    assert await store.fact("pack") is None
    await store.put_fact("pack", b"one")
    await store.put_fact("pack", b"two")
    assert await store.fact("pack") == b"two"
