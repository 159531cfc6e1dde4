from __future__ import annotations

import pytest

from padkit_agent.store.vault.wrapped import MAX_SHARES, threshold_of
from padkit_contract.contact import ContactReply, marks_needed, trait_mark


@pytest.mark.parametrize("count", range(2, MAX_SHARES + 1))
def test_central_and_the_kit_s_vault_take_the_same_machine_for_the_same(count: int) -> None:
    assert marks_needed(count) == threshold_of(count)


def test_no_more_marks_are_needed_than_there_are() -> None:
    assert [marks_needed(count) for count in (0, 1)] == [0, 1]


def test_a_mark_tells_kits_kinds_and_values_apart_and_hides_the_value() -> None:
    marks = {
        trait_mark(*it)
        for it in (("K1", "disk", "S1"), ("K2", "disk", "S1"), ("K1", "nic", "S1"), ("K1", "disk", "S2"))
    }
    assert len(marks) == 4
    assert all(len(it) == 64 and "S1" not in it for it in marks)


def test_nobody_reads_the_key_for_unlocking_in_a_log_line() -> None:
    assert "c0ffee" not in repr(ContactReply(1, 2, escrow="c0ffee" * 10))
