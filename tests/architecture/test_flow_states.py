"""The page about the flow's states is drawn from the table in `core/phases.py`; this test says how when it is not."""

from __future__ import annotations

from pathlib import Path

from padkit_agent.core.phases import ENDS, NEXT, Phase

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "flow-states.md"


def drawn() -> str:
    """Return the table as a Markdown table, in the order of the main path."""
    lines = ["| State | May be followed by |", "|---|---|"]
    for phase in Phase:
        following = ", ".join(it.value for it in Phase if it in NEXT.get(phase, frozenset()))
        lines.append(f"| {phase.value} | {following or 'nothing: an end'} |")
    return "\n".join(lines)


def test_the_page_shows_the_table_that_the_engine_uses() -> None:
    assert drawn() in PAGE.read_text(encoding="utf-8"), f"put this into {PAGE.name}:\n{drawn()}"


def test_every_state_is_reached_and_only_ends_have_no_follower() -> None:
    reached = {Phase.STARTED} | {after for following in NEXT.values() for after in following}
    assert reached == set(Phase)
    assert {phase for phase in Phase if not NEXT.get(phase)} == set(ENDS)
