"""What the gate forbids, and which rule it names."""

from __future__ import annotations

import pytest

from padkit_agent.core.gate import Gate
from padkit_contract.commands import Mode, Standing
from padkit_sdk.errors import Refused

LOCKED = Standing(mode=Mode.LOCKED, cause="c-1", since="2026-11-22T08:00:00Z")
FINISHING = Standing(mode=Mode.LOCKED, cause="c-1", finishing=("f-1",))


def reason_of(standing: Standing, business: str = "ACC-01") -> str:
    with pytest.raises(Refused) as refused:
        Gate(standing).check_begin(business)
    return refused.value.reason


def test_a_gate_that_was_given_nothing_is_locked() -> None:
    assert Gate().shut("box") == "kit.locked"
    with pytest.raises(Refused, match="starting"):
        Gate().check("begin ACC-01")


def test_an_open_gate_lets_everything_pass() -> None:
    gate = Gate(Standing())
    gate.check("anything")
    gate.check_begin("ACC-01")
    gate.check_device("box", "f-1")
    assert (gate.shut("box"), gate.stops_flow(box=True)) == ("", "")


@pytest.mark.parametrize(
    ("standing", "reason"),
    [
        (LOCKED, "kit.locked"),
        (Standing(mode=Mode.WIPED), "kit.wiped"),
        (Standing(reauthenticate=True), "kit.reauthenticate"),
        (Standing(mode=Mode.RESTRICTED), "kit.restricted"),
        (Standing(refused=("ACC-01",)), "kit.restricted"),
        (Standing(refused=("*",)), "kit.restricted"),
        (Standing(box_stopped=True), "box.stopped_by_central"),
    ],
)
def test_each_rule_refuses_by_its_name(standing: Standing, reason: str) -> None:
    assert reason_of(standing) == reason


def test_a_restriction_of_another_business_does_not_matter() -> None:
    Gate(Standing(refused=("ACC-02",))).check_begin("ACC-01")


def test_a_flow_that_comes_to_its_end_keeps_the_box_and_nothing_else() -> None:
    gate = Gate(FINISHING)
    gate.check_device("box", "f-1")
    assert (gate.shut("box"), gate.shut("reader")) == ("", "kit.locked")
    for device, owner in (("box", "f-2"), ("reader", "f-1"), ("box", "agent")):
        with pytest.raises(Refused, match="locked"):
            gate.check_device(device, owner)


def test_a_stopped_box_shuts_the_box_alone() -> None:
    gate = Gate(Standing(box_stopped=True))
    assert (gate.shut("box"), gate.shut("reader"), gate.stops_flow(box=True)) == (
        *("box.stopped_by_central", ""),
        "box.stopped_by_central",
    )
    gate.check_device("reader", "f-1")
    with pytest.raises(Refused) as refused:
        gate.check_device("box", "f-1")
    assert refused.value.reason == "box.stopped_by_central"


def test_a_wiped_kit_shuts_the_box_even_for_what_finishes() -> None:
    gate = Gate(Standing(mode=Mode.WIPED, finishing=("f-1",)))
    assert gate.shut("box") == "kit.wiped"
    with pytest.raises(Refused, match="wiped"):
        gate.check_device("box", "f-1")


def test_whoever_watches_is_told_after_the_change() -> None:
    gate, seen = Gate(), []
    gate.watch(lambda: seen.append(gate.standing.mode))
    gate.put(LOCKED)
    gate.put(Standing())
    assert seen == [Mode.LOCKED, Mode.OPEN]


def test_a_stopped_box_stops_only_who_takes_a_card_out_of_it() -> None:
    gate = Gate(Standing(box_stopped=True))
    gate.check_begin("ACC-08", box=False)
    assert gate.stops_flow(box=False) == ""
    assert gate.stops_flow(box=True) == "box.stopped_by_central"
    assert Gate(Standing(mode=Mode.LOCKED)).stops_flow(box=False) == "kit.locked"
