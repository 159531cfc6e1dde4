from __future__ import annotations

import asyncio

import pytest

from padkit_card_dispenser import commands
from padkit_card_dispenser.commands import Group, MoveTo
from padkit_card_dispenser.exchange import Exchange, Loss, Lost, to_the_end
from padkit_card_dispenser.machine import ACK_S, EOT_S, GAP_S
from padkit_card_dispenser.protocol import Done, Failed
from padkit_sdk import LinkLost

MOVE = commands.move(MoveTo.GATE)
SELECT = commands.chip_exchange(Group.CPU, bytes.fromhex("00A4040008A000000054480001"))
APDU = "apdu select from the field"
CLOCK_ERROR_S = 1e-9


@pytest.fixture
def line(box):
    return Exchange(box, lambda: box.now_s, address=0)


def split(frame):
    return [bytes([byte]) for byte in frame]


async def test_a_command_is_answered_and_the_answer_acknowledged(box, line):
    box.ack("status", "status 020")
    answer = await line.run(commands.STATUS, box.deadline())
    assert isinstance(answer, Done)
    assert box.acks() == 1


async def test_a_negative_answer_is_an_answer(box, line):
    box.ack("status", "status refused B0")
    assert await line.run(commands.STATUS, box.deadline()) == Failed(0x31, 0x30, "B0")
    assert box.acks() == 1


async def test_ack_and_answer_in_one_read_are_both_seen(box, line, frames):
    box.expect("status", b"\x06" + frames["status 020"])
    assert isinstance(await line.run(commands.STATUS, box.deadline()), Done)


async def test_an_answer_in_single_bytes_with_pauses_is_read(box, line, frames):
    box.expect("status", "ACK", *[(0.05, byte) for byte in split(frames["status 020"])])
    assert isinstance(await line.run(commands.STATUS, box.deadline()), Done)


async def test_the_pause_after_our_ack_is_kept(box, line):
    box.ack("status", "status 020").ack("status", "status 020")
    await line.run(commands.STATUS, box.deadline())
    await line.run(commands.STATUS, box.deadline())
    _, acknowledged, again, _ = box.written_at_s
    assert again - acknowledged >= GAP_S - CLOCK_ERROR_S


async def test_a_query_without_ack_is_sent_four_times(box, line):
    box.deaf("status", times=4)
    lost = await line.run(commands.STATUS, box.deadline())
    assert lost == Lost(commands.STATUS, Loss.NO_ACK, reached=False)
    pauses = [later - before for before, later in zip(box.written_at_s, box.written_at_s[1:], strict=False)]
    assert all(ACK_S <= pause < ACK_S + 0.02 for pause in pauses)


async def test_a_query_whose_ack_was_lost_once_is_answered_at_the_second_time(box, line):
    box.deaf("status").ack("status", "status 020")
    assert isinstance(await line.run(commands.STATUS, box.deadline()), Done)


async def test_what_was_said_unasked_does_not_answer_the_next_command(box, line):
    box.says("status 220")
    box.ack("status", "status 020")
    answer = await line.run(commands.STATUS, box.deadline())
    assert isinstance(answer, Done)
    assert answer.status.card == "0"


async def test_what_a_resent_query_brings_twice_does_not_answer_the_next(box, line):
    box.deaf("status").expect("status", "ACK", "status 020", (0.2, "ACK"), (0.0, "status 220"))
    box.ack("status", "status 120")
    await line.run(commands.STATUS, box.deadline())
    answer = await line.run(commands.STATUS, box.deadline())
    assert isinstance(answer, Done)
    assert answer.status.card == "1"


async def test_a_motion_without_ack_is_sent_once(box, line):
    box.deaf("move gate")
    assert await line.run(MOVE, box.deadline()) == Lost(MOVE, Loss.NO_ACK, reached=False)


async def test_a_motion_refused_with_nak_is_sent_again(box, line):
    box.expect("move gate", "NAK").ack("move gate", "move gate 120")
    assert isinstance(await line.run(MOVE, box.deadline()), Done)


async def test_a_frame_refused_four_times_is_given_up(box, line):
    for _ in range(4):
        box.expect("move gate", "NAK")
    assert await line.run(MOVE, box.deadline()) == Lost(MOVE, Loss.NAKED, reached=False)


async def test_a_card_exchange_whose_ack_was_lost_is_listened_for_and_never_sent_again(box, line):
    box.expect(APDU, (1.5, "apdu 9000"))
    assert isinstance(await line.run(SELECT, box.deadline()), Done)


async def test_an_answer_without_ack_is_taken(box, line):
    box.expect("move gate", "move gate 120")
    assert isinstance(await line.run(MOVE, box.deadline()), Done)
    assert box.acks() == 1


async def test_a_flipped_check_byte_is_asked_for_again(box, line, frames):
    broken = frames["status 020"][:-1] + b"\x95"
    box.expect("status", "ACK", broken).expect("NAK", "status 020")
    assert isinstance(await line.run(commands.STATUS, box.deadline()), Done)


async def test_an_answer_cut_off_is_asked_for_again(box, line, frames):
    box.expect("status", "ACK", frames["status 020"][:7]).expect("NAK", "status 020")
    assert isinstance(await line.run(commands.STATUS, box.deadline()), Done)


async def test_a_good_answer_right_behind_a_damaged_one_needs_no_nak(box, line, frames):
    broken = frames["status 220"][:-1] + b"\x00"
    box.expect("status", "ACK", broken + frames["status 020"])
    answer = await line.run(commands.STATUS, box.deadline())
    assert isinstance(answer, Done)
    assert answer.status.card == "0"


async def test_a_good_answer_swallowed_by_a_cut_off_one_needs_no_nak(box, line, frames):
    begun = bytes.fromhex("F2 00 01 00 50 31")
    box.expect("status", "ACK", begun + frames["status 020"])
    assert isinstance(await line.run(commands.STATUS, box.deadline()), Done)


async def test_a_few_bytes_of_noise_need_no_nak(box, line):
    box.expect("status", "ACK", b"\xf2\x00", (0.5, "status 020"))
    assert isinstance(await line.run(commands.STATUS, box.deadline()), Done)


async def test_an_answer_garbled_four_times_is_given_up(box, line, frames):
    broken = frames["move gate 120"][:-1] + b"\x00"
    box.expect("move gate", "ACK", broken)
    for _ in range(3):
        box.expect("NAK", broken)
    assert await line.run(MOVE, box.deadline()) == Lost(MOVE, Loss.GARBLED, reached=True)


async def test_an_overdue_command_is_stopped_with_eot(box, line):
    box.expect("move gate", "ACK").expect("EOT", "EOT")
    assert await line.run(MOVE, box.deadline(60.0)) == Lost(MOVE, Loss.STOPPED, reached=True)
    assert box.now_s - 100.0 == pytest.approx(20.0)


async def test_the_caller_s_deadline_comes_before_the_limit_of_the_command(box, line):
    box.expect("move gate", "ACK").expect("EOT", "EOT")
    assert isinstance(await line.run(MOVE, box.deadline(4.0)), Lost)
    assert box.now_s - 100.0 == pytest.approx(3.0)  # a quarter is kept for the stop


async def test_an_eot_without_echo_is_sent_again_until_the_box_is_called_deaf(box, line):
    box.expect("move gate", "ACK").deaf("EOT", times=4)
    assert await line.run(MOVE, box.deadline(4.0)) == Lost(MOVE, Loss.DEAF, reached=True)
    assert box.now_s - 100.0 == pytest.approx(3.0 + 4 * EOT_S)


async def test_an_answer_instead_of_eot_is_the_result(box, line):
    box.expect("move gate", "ACK").expect("EOT", (0.1, "move gate 120"))
    assert isinstance(await line.run(MOVE, box.deadline(4.0)), Done)
    assert box.acks() == 1


async def test_a_query_never_stops_what_may_be_moving(box, line):
    box.deaf("status", times=3)
    assert await line.run(commands.STATUS, box.deadline(0.9)) == Lost(commands.STATUS, Loss.NO_ACK, reached=False)
    assert "EOT" not in box.told()


async def test_a_command_of_earlier_can_be_stopped(box, line):
    box.expect("EOT", "EOT").expect("EOT", "move gate 120").deaf("EOT", times=4)
    assert await line.stop(MOVE) == Lost(MOVE, Loss.STOPPED)
    assert isinstance(await line.stop(MOVE), Done)
    assert await line.stop(MOVE) == Lost(MOVE, Loss.DEAF)


async def test_without_time_nothing_is_sent(box, line):
    assert await line.run(MOVE, box.deadline(0.0)) == Lost(MOVE, Loss.NO_TIME, reached=False)
    assert box.written == []


async def test_the_answer_to_another_command_is_acknowledged_and_kept(box, line):
    box.expect("status", "move gate 120", "ACK", "status 120")
    assert isinstance(await line.run(commands.STATUS, box.deadline()), Done)
    assert box.acks() == 2
    late = line.late(MOVE)
    assert isinstance(late, Done)
    assert line.late(MOVE) is None


async def test_answers_are_kept_for_a_while_only(box, line):
    box.says("move gate 120")
    await line.listen(1.0)
    line.forget()
    assert line.late(MOVE) is None
    assert box.acks() == 1


async def test_an_endless_stream_of_noise_ends_like_silence(box, line):
    box.noise = b"\xff\x00"
    box.deaf("status", times=4)
    assert await line.run(commands.STATUS, box.deadline()) == Lost(commands.STATUS, Loss.NO_ACK, reached=False)


async def test_a_box_that_is_never_silent_does_not_hold_up_the_next_command_for_ever(box, line):
    box.deaf("status").ack("status", "status 020").ack("status", "status 020")
    await line.run(commands.STATUS, box.deadline())
    box.noise = b"\xff"
    before = box.now_s
    assert isinstance(await line.run(commands.STATUS, box.deadline()), Done)
    assert box.now_s - before < 2.0


async def test_a_lost_link_is_raised(box, line):
    box.expect("status", LinkLost("gone"))
    with pytest.raises(LinkLost, match="gone"):
        await line.run(commands.STATUS, box.deadline())


async def cancelled_while_waiting(box, running):
    task = asyncio.create_task(running)
    await box.hanging.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_cancel_stops_the_box_and_leaves_the_line_usable(box, line):
    box.expect("move gate", "ACK", "HANG").expect("EOT", "EOT").ack("status", "status 220")
    await cancelled_while_waiting(box, line.run(MOVE, box.deadline()))
    assert box.told() == ["move gate", "EOT"]
    assert isinstance(await line.run(commands.STATUS, box.deadline()), Done)


async def test_a_cancel_of_a_deaf_box_ends(box, line):
    box.expect("move gate", "ACK", "HANG").deaf("EOT", times=4)
    await cancelled_while_waiting(box, line.run(MOVE, box.deadline()))


async def test_a_cancel_on_a_lost_link_stays_a_cancel(box, line):
    box.expect("move gate", "ACK", "HANG").expect("EOT", LinkLost("gone"))
    await cancelled_while_waiting(box, line.run(MOVE, box.deadline()))


async def test_a_second_cancel_does_not_break_off_the_stop(box, line):
    box.expect("move gate", "ACK", "HANG").expect("EOT", "HANG", "EOT")
    task = asyncio.create_task(line.run(MOVE, box.deadline()))
    for _ in range(2):
        await box.hanging.wait()
        box.hanging.clear()
        task.cancel()
    box.release.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert box.heard()


async def test_a_cancel_before_anything_was_sent_sends_nothing(box, line):
    box.ack("status", "status 020")
    await line.run(commands.STATUS, box.deadline())
    box.says("HANG")
    await cancelled_while_waiting(box, line.run(MOVE, box.deadline()))
    assert box.told() == ["status"]


async def test_to_the_end_passes_on_what_its_work_raises():
    async def work() -> None:
        raise LinkLost("gone")

    with pytest.raises(LinkLost):
        await to_the_end(work())
