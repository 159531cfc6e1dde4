"""A finger that does not come out, as the kit `bad_finger` has it on each of its readers."""

from __future__ import annotations

import pytest

from padkit_sim.devices.device import HandAction, Moment
from padkit_sim.faults import FaultBook
from padkit_sim.kitfile import VOCABULARY, find_kit_file, load

KIT = load(find_kit_file("bad_finger"))
READERS = [it for it in KIT.devices if it.type.startswith("fingerprint_")]


def test_the_kit_has_both_readers():
    assert len(READERS) == 2


@pytest.mark.parametrize("entry", READERS, ids=lambda entry: entry.type)
def test_the_first_touch_is_dry_the_second_partial_and_then_all_is_well(entry):
    book = FaultBook(VOCABULARY, {it.id: it.faults for it in KIT.devices}, KIT.seed)
    for request in KIT.faults:
        book.arm(request)
    device = entry.kind.make(entry.settings, book.dial(entry.id))
    seen = []
    for second in range(4):
        at = Moment(float(second), float(second))
        device.hand(HandAction("hold_finger", person="test_a", item="right_index"), at)
        seen.append(device._touch.quality)
        device.hand(HandAction("lift_finger"), at)
    assert seen == ["dry", "partial", "good", "good"]
