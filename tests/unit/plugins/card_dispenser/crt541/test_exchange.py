from __future__ import annotations

import pytest

from padkit_card_dispenser.crt541.exchange import POLL_S, Exchange, Given
from padkit_card_dispenser.crt541.protocol import Command, Report
from padkit_sdk import LinkLost, Refused
from padkit_sdk.deadline import Deadline


@pytest.fixture
def exchange(desk):
    desk.baud = 9600
    return Exchange(desk, lambda: desk.now_s, 0, "box")


def deadline(desk, seconds=10.0):
    return Deadline.after(seconds, lambda: desk.now_s)


async def test_status_is_not_asked_faster_than_the_box_bears(desk, exchange):
    await exchange.report(deadline(desk))
    began_s = desk.now_s
    await exchange.report(deadline(desk))
    assert desk.now_s - began_s >= POLL_S - 0.01


@pytest.mark.parametrize(
    ("fault", "args"),
    [
        ("eject.silent", {"on": "status"}),
        ("eject.nak", {"on": "status"}),
        ("eject.bcc", {}),
        ("eject.late", {"seconds": 0.7}),
    ],
)
async def test_a_status_is_asked_again(desk, exchange, fault, args):
    desk.fault(fault, **args)
    assert await exchange.report(deadline(desk)) == Report("0", "0")
    assert desk.asked(b"AP") == 2


async def test_a_box_that_never_answers_is_a_lost_link(desk, exchange):
    desk.fault("eject.silent", times=0)
    with pytest.raises(LinkLost, match="check cable"):
        await exchange.report(deadline(desk))
    assert desk.asked(b"AP") == 3


async def test_without_time_nothing_is_sent(desk, exchange):
    with pytest.raises(Refused, match="nothing was sent"):
        await exchange.report(deadline(desk, 0.0))
    assert await exchange.give(Command.RESET, deadline(desk, 0.0), once=False) is Given.UNSENT
    assert desk.sent == []


async def test_an_unheard_command_is_given_again_unless_once(desk, exchange):
    desk.fault("eject.silent", on="reset", times=2)
    assert await exchange.give(Command.RESET, deadline(desk), once=False) is Given.TAKEN
    desk.fault("eject.silent", on="reset")
    assert await exchange.give(Command.RESET, deadline(desk), once=True) is Given.UNHEARD
    assert desk.asked(b"RS") == 4


async def test_a_refused_command_is_given_three_times(desk, exchange):
    desk.fault("eject.nak", times=0)
    assert await exchange.give(Command.DISPENSE, deadline(desk), once=True) is Given.REFUSED
    assert (desk.asked(b"DC"), desk.places()) == (3, {})


async def test_an_answer_that_comes_late_does_not_answer_the_next_question(desk, exchange):
    await exchange.give(Command.DISPENSE, deadline(desk), once=True)
    desk.fault("eject.late", seconds=1.0)
    assert (await exchange.report(deadline(desk))).work == "3"
    assert desk.asked(b"AP") == 2


async def test_a_line_that_is_never_silent_is_given_up_on(desk, exchange):
    desk.fault("eject.silent", on="status")
    babble = desk.read

    async def read(*, timeout_s):
        return await babble(timeout_s=timeout_s) or b"\xff"

    desk.read = read
    assert await exchange.report(deadline(desk)) == Report("0", "0")
