from __future__ import annotations

from collections.abc import Callable

from padkit_agent.store import CaseRow, KitStore, OutboxRow
from padkit_contract.messages import CardState, LedgerEvent

from .rows import line, message, step


async def test_it_counts_and_opens_nothing(
    store: KitStore, ledger_message: Callable[[tuple[LedgerEvent, ...]], OutboxRow]
) -> None:
    await store.step(
        step("F1", phase="CARD_STAGED"),
        lines=[line("000001"), line("000001", CardState.STAGED)],
        messages=[message("m1"), message("m2")],
        ledger_message=ledger_message,
        case=CaseRow("C1", "F1", "box.jam", "2026", stops_box=True),
    )
    await store.mark("m2", "done")
    seen = await store.about()
    assert seen.schema == seen.latest_schema
    assert seen.journal_rows == 1
    assert seen.counts["open_flows"] == {"CARD_STAGED": 1}
    assert seen.counts["outbox"] == {"done": 1, "waiting": 2}
    assert sum(seen.counts["waiting"].values()) == 2
    assert seen.counts["open_cases"] == {"box.jam": 1}
    assert seen.counts["cards"] == {"staged": 1}
