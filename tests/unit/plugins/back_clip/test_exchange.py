from __future__ import annotations

import pytest

from padkit_back_clip.exchange import Exchange
from padkit_back_clip.protocol import FIND, READ_TEXT, SELECT, Status
from padkit_sdk import BadFrame, LinkLost, OutcomeUnknown
from padkit_sdk.deadline import Deadline


@pytest.fixture
def exchange(module):
    return Exchange(module, "clip")


@pytest.fixture
def deadline(module):
    return Deadline.after(30.0, lambda: module.now_s)


async def test_an_answer_comes_back(exchange, module, deadline, reply):
    module.says("20 01", reply(0x9F, bytes(4)))
    assert (await exchange.ask(FIND, deadline)).status is Status.FOUND
    assert module.asked() == ["20 01"]


async def test_a_slow_trickle_is_one_answer(exchange, module, deadline, reply, card_data):
    frame = reply(0x90, card_data())
    module.says("30 01", [(0.4, frame[at : at + 20]) for at in range(0, len(frame), 20)])
    assert (await exchange.ask(READ_TEXT, deadline)).status is Status.DONE


@pytest.mark.parametrize("complaint", [0x10, 0x11])
async def test_a_complaint_about_our_bytes_resends_once(complaint, exchange, module, deadline, reply):
    module.says("20 01", reply(complaint), reply(0x80))
    assert (await exchange.ask(FIND, deadline)).status is Status.NO_CARD
    assert module.asked() == ["20 01", "20 01"]


@pytest.mark.parametrize("complaint", [0x10, 0x11])
async def test_a_second_complaint_is_a_bad_frame(complaint, exchange, module, deadline, reply):
    module.says("20 01", reply(complaint))
    with pytest.raises(BadFrame, match=r"complains of bad_.* in: AA AA AA 96 69 00 03 20 01 22"):
        await exchange.ask(FIND, deadline)
    assert module.asked() == ["20 01", "20 01"]


async def test_a_garbled_answer_is_asked_for_once_more(exchange, module, deadline, reply):
    module.says("20 01", reply(0x80)[:-1] + b"\0", reply(0x80))
    assert (await exchange.ask(FIND, deadline)).status is Status.NO_CARD


async def test_an_answer_garbled_twice_is_a_bad_frame(exchange, module, deadline, reply):
    module.says("20 01", reply(0x80)[:-1] + b"\0")
    with pytest.raises(BadFrame, match="checksum"):
        await exchange.ask(FIND, deadline)


async def test_an_answer_that_is_lost_once_is_asked_for_again(exchange, module, deadline, reply):
    module.says("20 01", [], reply(0x80))
    assert (await exchange.ask(FIND, deadline)).status is Status.NO_CARD


async def test_silence_is_an_unknown_outcome_after_the_commands_limits(exchange, module, deadline):
    begun_s = module.now_s
    with pytest.raises(OutcomeUnknown, match="find card"):
        await exchange.ask(FIND, deadline)
    assert module.now_s - begun_s == pytest.approx(2 * FIND.limit_s)


async def test_a_deadline_is_not_overrun_by_the_resend(exchange, module):
    begun_s = module.now_s
    with pytest.raises(OutcomeUnknown):
        await exchange.ask(READ_TEXT, Deadline.after(1.0, lambda: module.now_s))
    assert module.now_s - begun_s == pytest.approx(1.0)
    assert module.asked() == ["30 01"]


async def test_a_deadline_inside_an_answer_is_an_unknown_outcome(exchange, module, reply):
    module.says("20 01", [(0.1, reply(0x80)[:6])])
    with pytest.raises(OutcomeUnknown):
        await exchange.ask(FIND, Deadline.after(0.3, lambda: module.now_s))


async def test_a_gap_inside_a_frame_drops_it_and_asks_again(exchange, module, deadline, reply):
    module.says("20 01", [(0.0, reply(0x80)[:6]), (0.6, reply(0x80)[6:])], reply(0x9F, bytes(4)))
    assert (await exchange.ask(FIND, deadline)).status is Status.FOUND


async def test_a_frame_cut_off_twice_is_a_bad_frame(exchange, module, deadline, reply):
    module.says("20 01", [(0.0, reply(0x80)[:6])])
    with pytest.raises(BadFrame, match="cut off"):
        await exchange.ask(FIND, deadline)


async def test_an_answer_swallowed_by_a_cut_frame_is_found_after_the_gap(exchange, module, deadline, reply, card_data):
    cut = reply(0x90, card_data())[:50]
    module.says("20 01", [(0.0, cut + reply(0x9F, bytes(4)))])
    assert (await exchange.ask(FIND, deadline)).status is Status.FOUND
    assert module.asked() == ["20 01"]


async def test_what_came_before_the_command_is_dropped(exchange, module, deadline, reply):
    module.send_unasked(reply(0x9F, bytes(4)))
    module.says("20 01", reply(0x80))
    assert (await exchange.ask(FIND, deadline)).status is Status.NO_CARD


async def test_a_late_answer_to_the_command_before_is_passed_over(exchange, module, deadline, reply):
    late, right = reply(0x9F, bytes(4)), reply(0x90, bytes(8))
    module.says("20 02", [(0.01, late + right)])
    assert (await exchange.ask(SELECT, deadline)).status is Status.DONE
    module.says("20 02", [(0.01, late), (0.1, right)])
    assert (await exchange.ask(SELECT, deadline)).status is Status.DONE


async def test_noise_alone_is_silence(exchange, module, deadline):
    module.says("20 01", [(0.1, b"\x00\x01\x02")] * 20)
    with pytest.raises(OutcomeUnknown):
        await exchange.ask(FIND, deadline)


async def test_a_lost_link_is_told_at_once(exchange, module, deadline):
    module.says("20 01", LinkLost("gone"))
    with pytest.raises(LinkLost):
        await exchange.ask(FIND, deadline)
    assert module.asked() == ["20 01"]


async def test_a_rest_drops_what_arrives_and_ends_in_time(exchange, module, deadline):
    begun_s = module.now_s
    module.send_unasked(b"noise", after_s=0.1)
    await exchange.rest(0.2, deadline)
    assert module.now_s - begun_s == pytest.approx(0.2)


async def test_a_rest_ends_at_the_deadline(exchange, module):
    begun_s = module.now_s
    await exchange.rest(0.2, Deadline.after(0.05, lambda: module.now_s))
    assert module.now_s - begun_s == pytest.approx(0.05)
