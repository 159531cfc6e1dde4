from __future__ import annotations

import inspect

import pytest

from padkit_sdk import DeviceFault
from padkit_sdk.conformance.hands import Power
from padkit_sdk.conformance.promise import PROMISES, promise
from padkit_sdk.ports import Capability


@pytest.fixture(autouse=True)
def only_ours():
    known = dict(PROMISES)
    yield
    PROMISES.clear()
    PROMISES.update(known)


def made(**options):
    @promise("card_dispenser", Power.CUT_POWER, capabilities=(Capability.STAGE,), **options)
    async def test_it_looks(bench, times):
        """It looks.

        And more.
        """
        for _ in range(times):
            await bench.box.status(timeout_s=1)

    return test_it_looks


def test_the_first_line_of_the_docstring_is_the_promise():
    promised = PROMISES[made(moves_cards=True)]
    assert (promised.port, promised.sentence, promised.moves_cards) == ("card_dispenser", "It looks.", True)
    assert (promised.needs, promised.capabilities) == ({Power.CUT_POWER}, {Capability.STAGE})


def test_pytest_sees_the_arguments_of_the_body():
    assert list(inspect.signature(made()).parameters) == ["bench", "times"]


def test_a_kept_promise_is_silent(world):
    made()(bench=world.bench(), times=2)
    assert world.box.asked == ["status", "status", "close"]


def test_a_broken_promise_fails_with_its_sentence(world):
    world.box.fails["status"] = DeviceFault("box.jam")
    with pytest.raises(pytest.fail.Exception, match=r"broken promise: It looks\."):
        made()(bench=world.bench(), times=1)


def test_a_test_without_a_sentence_promises_nothing():
    async def test_silent(bench):
        await bench.box.status(timeout_s=1)

    with pytest.raises(AssertionError, match="test_silent promises nothing"):
        promise("device")(test_silent)
