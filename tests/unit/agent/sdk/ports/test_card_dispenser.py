from __future__ import annotations

from padkit_sdk.ports import BoxStatus, CardPlace, HopperLevel, Slot


def test_a_status_is_ready_unless_it_says_otherwise():
    assert BoxStatus(CardPlace.NONE, HopperLevel.ENOUGH, bin_full=False, bin_count=None).ready


def test_places_have_names_that_journals_can_keep():
    assert [slot.value for slot in Slot] == ["reader", "gate", "bin", "out"]
    assert [place.value for place in CardPlace] == ["none", "gate", "inside", "unclear"]
    assert [level.value for level in HopperLevel] == ["empty", "low", "enough", "unclear"]
