from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from padkit_sdk import LinkLost
from padkit_sdk.conformance import run as run_module
from padkit_sdk.conformance.hands import Power
from padkit_sdk.conformance.promise import EVERY_PORT, Promise
from padkit_sdk.conformance.run import ConformanceRun, promise_of
from padkit_sdk.ports import Capability


@dataclass
class Item:
    nodeid: str
    promise: Promise | None


def item(nodeid="t", port="card_dispenser", moves_cards=False, needs=(), capabilities=()):
    return Item(nodeid, Promise(port, f"sentence of {nodeid}", moves_cards, frozenset(needs), frozenset(capabilities)))


class Screen:
    def __init__(self, verbosity=0):
        self.verbosity = verbosity
        self.lines = []

    def section(self, title):
        self.lines.append(title)

    def write_line(self, line):
        self.lines.append(line)


@pytest.fixture(autouse=True)
def items_of_ours(monkeypatch):
    monkeypatch.setattr(run_module, "promise_of", lambda item: item.promise)


@pytest.fixture
def dropped():
    return []


@pytest.fixture
def collect(world, dropped):
    """Let a run choose from items; gives the run and what is left."""

    def choose(*items, moves_cards=False):
        run = ConformanceRun(world.setup(), moves_cards=moves_cards)
        config = SimpleNamespace(hook=SimpleNamespace(pytest_deselected=lambda items: dropped.extend(items)))
        left = list(items)
        run.pytest_collection_modifyitems(config, left)
        return run, [item.nodeid for item in left]

    return choose


def shown(run, verbosity=0):
    screen = Screen(verbosity)
    run.pytest_terminal_summary(screen)
    return screen.lines


def report(nodeid, outcome, when="call"):
    return SimpleNamespace(nodeid=nodeid, outcome=outcome, when=when, failed=outcome == "failed")


def test_promises_of_other_ports_are_none_of_its_business(collect, dropped):
    run, left = collect(item("a"), item("b", "identity_card_reader"), item("c", EVERY_PORT))
    assert left == ["a", "c"]
    assert [one.nodeid for one in dropped] == ["b"]
    assert "promises  0 kept, 0 broken, 0 not asked" in shown(run)


@pytest.mark.parametrize(
    ("unasked", "why"),
    [
        ({"moves_cards": True}, "it moves cards, which --padkit-move-cards allows"),
        ({"needs": [Power.CUT_POWER]}, "it needs that somebody switches the device off and on"),
        ({"capabilities": [Capability.BIN_COUNT]}, "the device lacks bin_count"),
    ],
)
def test_what_cannot_be_asked_is_left_out_with_the_reason(collect, unasked, why):
    run, left = collect(item("a", **unasked))
    assert left == []
    assert f"not asked, {why}: 1" in shown(run)


def test_what_the_hands_and_the_device_can_do_is_asked(collect):
    able = item("a", moves_cards=True, needs=[Power.SEE_CARDS], capabilities=[Capability.CAPTURE])
    assert collect(able, moves_cards=True)[1] == ["a"]


def test_tests_of_others_are_left_alone_and_no_device_is_opened(world, collect):
    run, left = collect(Item("theirs", None))
    assert left == ["theirs"]
    assert world.links == []
    assert shown(run) == []


def test_the_summary_names_device_model_driver_hands_and_counts(collect):
    run, _ = collect(item("a"), item("b"))
    run.pytest_runtest_logreport(report("a", "passed", "setup"))
    run.pytest_runtest_logreport(report("a", "passed"))
    run.pytest_runtest_logreport(report("b", "failed"))
    run.pytest_runtest_logreport(report("theirs", "passed"))
    assert shown(run) == [
        "padkit conformance",
        "device    FAKE-1 at /dev/ttyUSB0 (CDB-0001)",
        "model     FAKE-1; it says FAKE, serial S-1, firmware 1.0",
        "driver    fake 1.0, ports card_dispenser",
        "hands     fake",
        "promises  1 kept, 1 broken, 0 not asked",
        "  broken  sentence of b",
    ]


def test_asked_for_more_the_summary_lists_every_promise(collect):
    run, _ = collect(item("a"), item("b", moves_cards=True))
    run.pytest_runtest_logreport(report("a", "passed"))
    assert "  kept    sentence of a" in shown(run, verbosity=1)
    assert "          sentence of b" in shown(run, verbosity=1)


def test_a_test_that_fails_after_its_call_is_broken(collect):
    run, _ = collect(item("a"))
    run.pytest_runtest_logreport(report("a", "passed"))
    run.pytest_runtest_logreport(report("a", "failed", "teardown"))
    assert "promises  0 kept, 1 broken, 0 not asked" in shown(run)


def test_a_device_that_does_not_open_ends_the_run_before_it_begins(world, collect):
    world.open_error = LinkLost("no answer at 9600 baud")
    with pytest.raises(pytest.UsageError, match="nothing was tested") as refused:
        collect(item("a"))
    assert "step      open the driver" in str(refused.value)
    assert "got       LinkLost: no answer at 9600 baud" in str(refused.value)


def test_a_plain_test_promises_nothing(request):
    assert promise_of(request.node) is None
