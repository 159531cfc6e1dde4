from __future__ import annotations

import pytest

from padkit_sim.neighbours.faults import MAX_ARMED, FaultArgs, FaultName, Faults, Plan
from padkit_sim.neighbours.txn import Service


def test_without_faults_nothing_goes_wrong() -> None:
    assert Faults().meet("CARD.OPEN") == Plan()


def test_a_fault_fires_on_the_nth_request_and_once() -> None:
    faults = Faults()
    faults.arm(FaultName.DROP_REPLY, nth=2)
    assert [faults.meet("CARD.OPEN").drop_reply for _ in range(3)] == [False, True, False]
    assert (faults.armed[0].met, faults.armed[0].fired) == (3, 1)


def test_a_fault_can_fire_several_times() -> None:
    faults = Faults()
    faults.arm(FaultName.DROP_REQUEST, times=2)
    assert [faults.meet("CARD.OPEN").drop_request for _ in range(3)] == [True, True, False]


def test_a_fault_may_meet_one_service_only() -> None:
    faults = Faults()
    faults.arm(FaultName.SLOW, args=FaultArgs(seconds=2.5, service=Service.REVERSE))
    assert faults.meet("CARD.OPEN").delay_s == 0.0
    assert faults.meet("TXN.REVERSE").delay_s == 2.5


def test_a_refusal_says_what_it_was_told_to_say() -> None:
    faults = Faults()
    faults.arm(FaultName.REFUSE, args=FaultArgs(code="1777", msg="no today"))
    refusal = faults.meet("CARD.OPEN").refusal
    assert refusal is not None
    assert (refusal.code, refusal.message) == ("1777", "no today")


def test_two_faults_can_meet_one_request() -> None:
    faults = Faults()
    faults.arm(FaultName.SLOW, args=FaultArgs(seconds=1.0))
    faults.arm(FaultName.DROP_REPLY)
    assert faults.meet("CARD.OPEN") == Plan(delay_s=1.0, drop_reply=True)


def test_faults_are_cleared_by_name_or_all() -> None:
    faults = Faults()
    faults.arm(FaultName.SLOW)
    faults.arm(FaultName.REFUSE)
    faults.clear(FaultName.SLOW)
    assert [fault.name for fault in faults.armed] == [FaultName.REFUSE]
    faults.clear(None)
    assert faults.armed == []


@pytest.mark.parametrize("code", ["0000", "x", "19999"])
def test_a_code_that_refuses_nothing_is_not_armed(code: str) -> None:
    with pytest.raises(ValueError, match="is no refusal"):
        Faults().arm(FaultName.REFUSE, args=FaultArgs(code=code))


def test_the_number_of_armed_faults_has_a_cap() -> None:
    faults = Faults()
    for _ in range(MAX_ARMED):
        faults.arm(FaultName.SLOW)
    with pytest.raises(ValueError, match="clear some"):
        faults.arm(FaultName.SLOW)
