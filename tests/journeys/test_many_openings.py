"""The benchmark of many openings in its short form: all witnesses agree at its end."""

from __future__ import annotations

from pathlib import Path

from benchmarks.openings import run

SEED = 133  # a card that is not taken, and an agent that is killed while the bank is asked


async def test_six_openings_with_two_faults_leave_all_witnesses_agreed(tmp_path: Path, libssl3: None) -> None:
    played, judged = await run(tmp_path, 6, 0.34, SEED)
    assert (len(played.ends), len(played.faults), played.strange) == (6, 2, [])
    assert (judged.disagreeing, judged.lost, judged.doubled, judged.unsent) == (0, 0, 0, 0)
    assert {"submit", "stage_card", "move_card"} <= set(played.steps_s)
