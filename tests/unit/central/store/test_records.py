"""The states of a request to the core: a table with no way back."""

from __future__ import annotations

from padkit_central.store.records import ENDS, NEXT, OPEN, SubmissionState


def test_every_state_is_in_the_table_and_either_open_or_an_end() -> None:
    assert NEXT.keys() == set(SubmissionState)
    assert set(SubmissionState) == OPEN | ENDS
    assert not OPEN & ENDS


def test_an_end_is_never_left_and_sent_never_entered_again() -> None:
    for state in ENDS:
        assert NEXT[state] == frozenset()
    assert all(SubmissionState.SENT not in following for following in NEXT.values())
