from __future__ import annotations

import pytest

from padkit_sdk import Refused
from padkit_sdk.conformance.hands import NoHands, Power

IMPOSSIBLE = [
    lambda hands: hands.take_card(),
    lambda hands: hands.lay_identity_card("x"),
    lambda hands: hands.seat_bank_card(),
    lambda hands: hands.cut_power(),
    lambda hands: hands.arm("box.jam", {}),
]


@pytest.mark.parametrize("act", IMPOSSIBLE)
def test_nobody_can_do_nothing_and_says_so(act):
    with pytest.raises(Refused, match="bench: nobody cannot") as refused:
        act(NoHands())
    assert refused.value.reason == "hands.missing"


def test_nobody_leaves_the_bench_as_it_is():
    hands = NoHands()
    hands.tidy()
    hands.lift_identity_card()
    hands.unseat_bank_card()
    hands.clear_faults()
    with hands.slowly():
        assert hands.is_moving()
    assert (hands.powers, hands.cards(), hands.identity_cards()) == (frozenset(), {}, ())


def test_every_power_reads_as_a_sentence():
    assert all(power.value.startswith(("somebody ", "faults are ", "every answer ", "the place ")) for power in Power)
