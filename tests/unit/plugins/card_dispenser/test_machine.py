from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_card_dispenser.commands import Again
from padkit_card_dispenser.machine import ENDS, NEXT, RESENDS, TIMED, Act, Handshake, Phase, Seen
from padkit_sdk import Refused

WAITING = sorted(NEXT.keys() - {Phase.IDLE}, key=lambda phase: phase.value)


def started(again=Again.FREELY, *seen):
    hand = Handshake(again)
    assert hand.on(Seen.START) is Act.SEND
    for one in seen:
        hand.on(one)
    return hand


@pytest.mark.parametrize("again", Again)
def test_a_command_is_acknowledged_answered_and_the_answer_acknowledged(again):
    hand = started(again)
    assert (hand.on(Seen.ACK), hand.phase) == (Act.NOTHING, Phase.WAIT_RESPONSE)
    assert (hand.on(Seen.FRAME), hand.phase) == (Act.ACK, Phase.ANSWERED)
    assert hand.reached


@pytest.mark.parametrize("again", Again)
def test_a_nak_has_the_command_sent_again_three_times(again):
    hand = started(again)
    assert [hand.on(Seen.NAK) for _ in range(RESENDS)] == [Act.SEND] * RESENDS
    assert (hand.on(Seen.NAK), hand.phase, hand.reached) == (Act.NOTHING, Phase.NAKED, False)


def test_silence_has_a_harmless_command_sent_again_three_times():
    hand = started(Again.FREELY)
    assert [hand.on(Seen.SILENCE) for _ in range(RESENDS)] == [Act.SEND] * RESENDS
    assert (hand.on(Seen.SILENCE), hand.phase, hand.reached) == (Act.NOTHING, Phase.NO_ACK, False)


def test_naks_and_silence_share_one_limit():
    hand = started(Again.FREELY, Seen.NAK, Seen.SILENCE, Seen.NAK, Seen.SILENCE)
    assert hand.phase is Phase.NO_ACK


def test_silence_ends_a_motion_without_sending_it_again():
    hand = started(Again.LOOK_FIRST)
    assert (hand.on(Seen.SILENCE), hand.phase, hand.reached) == (Act.NOTHING, Phase.NO_ACK, False)


def test_silence_after_a_card_exchange_only_listens():
    hand = started(Again.NEVER)
    assert (hand.on(Seen.SILENCE), hand.phase, hand.reached) == (Act.NOTHING, Phase.WAIT_RESPONSE, False)
    assert hand.on(Seen.FRAME) is Act.ACK


@pytest.mark.parametrize("again", Again)
def test_an_answer_makes_up_for_a_lost_ack(again):
    hand = started(again)
    assert (hand.on(Seen.FRAME), hand.phase) == (Act.ACK, Phase.ANSWERED)


def test_a_damaged_answer_is_asked_for_again_three_times():
    hand = started(Again.LOOK_FIRST, Seen.ACK)
    assert [hand.on(Seen.DAMAGED) for _ in range(RESENDS)] == [Act.NAK] * RESENDS
    assert (hand.on(Seen.DAMAGED), hand.phase, hand.reached) == (Act.NOTHING, Phase.GARBLED, True)


def test_a_damaged_frame_instead_of_an_ack_is_no_reason_to_ask_but_shows_that_the_box_heard():
    hand = started(Again.LOOK_FIRST)
    assert (hand.on(Seen.DAMAGED), hand.phase, hand.reached) == (Act.NOTHING, Phase.WAIT_ACK_LOOK, True)


@pytest.mark.parametrize("why", [Seen.OVERDUE, Seen.CANCELLED])
@pytest.mark.parametrize("again", Again)
def test_what_was_acknowledged_and_takes_too_long_is_stopped_with_eot(why, again):
    hand = started(again, Seen.ACK)
    assert (hand.on(why), hand.phase) == (Act.EOT, Phase.WAIT_EOT)
    assert (hand.on(Seen.EOT), hand.phase) == (Act.NOTHING, Phase.STOPPED)


@pytest.mark.parametrize("why", [Seen.OVERDUE, Seen.CANCELLED])
@pytest.mark.parametrize("again", [Again.LOOK_FIRST, Again.NEVER])
def test_a_motion_or_card_exchange_is_stopped_also_without_ack(why, again):
    assert started(again).on(why) is Act.EOT


@pytest.mark.parametrize("why", [Seen.OVERDUE, Seen.CANCELLED])
def test_a_query_without_ack_is_given_up_and_never_stops_a_motion(why):
    hand = started(Again.FREELY)
    assert (hand.on(why), hand.phase) == (Act.NOTHING, Phase.NO_ACK)


def test_what_was_sent_earlier_can_be_stopped():
    assert Handshake(Again.LOOK_FIRST).on(Seen.CANCELLED) is Act.EOT


def test_an_eot_without_answer_is_sent_again_three_times():
    hand = started(Again.LOOK_FIRST, Seen.ACK, Seen.OVERDUE)
    assert [hand.on(Seen.SILENCE) for _ in range(RESENDS)] == [Act.EOT] * RESENDS
    assert (hand.on(Seen.SILENCE), hand.phase) == (Act.NOTHING, Phase.DEAF)


def test_an_answer_instead_of_eot_is_the_result():
    hand = started(Again.LOOK_FIRST, Seen.ACK, Seen.OVERDUE)
    assert (hand.on(Seen.FRAME), hand.phase) == (Act.ACK, Phase.ANSWERED)


def test_a_damaged_answer_instead_of_eot_is_asked_for_again():
    hand = started(Again.LOOK_FIRST, Seen.ACK, Seen.OVERDUE)
    assert (hand.on(Seen.DAMAGED), hand.phase) == (Act.NAK, Phase.WAIT_EOT)


def test_a_cancel_of_a_stop_changes_nothing():
    hand = started(Again.FREELY, Seen.ACK, Seen.OVERDUE)
    assert (hand.on(Seen.CANCELLED), hand.phase) == (Act.NOTHING, Phase.WAIT_EOT)


@pytest.mark.parametrize("phase", WAITING)
def test_the_answer_to_another_command_is_acknowledged_and_passed_over(phase):
    step = NEXT[phase][Seen.STRAY]
    assert (step.phase, step.act) == (phase, Act.ACK)


def test_stray_control_bytes_change_nothing_while_the_answer_is_awaited():
    hand = started(Again.LOOK_FIRST, Seen.ACK)
    for seen in (Seen.ACK, Seen.NAK, Seen.EOT):
        assert (hand.on(seen), hand.phase) == (Act.NOTHING, Phase.WAIT_RESPONSE)


@pytest.mark.parametrize("phase", WAITING)
def test_each_waiting_phase_has_an_answer_to_all_that_the_line_can_bring(phase):
    line = {Seen.ACK, Seen.NAK, Seen.EOT, Seen.FRAME, Seen.STRAY, Seen.DAMAGED, Seen.CANCELLED}
    assert line <= NEXT[phase].keys()
    assert (Seen.SILENCE in NEXT[phase]) == (phase in TIMED)
    assert (Seen.OVERDUE in NEXT[phase]) == (phase is not Phase.WAIT_EOT)


@pytest.mark.parametrize("phase", [Phase.IDLE, *sorted(ENDS, key=lambda phase: phase.name)])
def test_what_is_not_in_the_table_is_refused(phase):
    hand = Handshake(Again.FREELY)
    hand.phase = phase
    with pytest.raises(Refused, match=f"ack in {phase.value}"):
        hand.on(Seen.ACK)


def test_a_command_is_not_started_twice():
    with pytest.raises(Refused, match="start in wait_ack"):
        started(Again.FREELY).on(Seen.START)


@given(st.sampled_from(Again), st.lists(st.sampled_from(sorted(Seen, key=lambda seen: seen.value)), max_size=60))
def test_no_command_is_ever_sent_more_often_than_allowed(again, events):
    hand = Handshake(again)
    acts = [hand.on(Seen.START)]
    for seen in events:
        if hand.phase in ENDS or seen not in NEXT[hand.phase]:
            continue
        silent = seen is Seen.SILENCE
        act = hand.on(seen)
        assert not (silent and act is Act.SEND and again is not Again.FREELY)
        acts.append(act)
    assert acts.count(Act.SEND) <= 1 + RESENDS
    assert acts.count(Act.NAK) <= 2 * RESENDS
    assert acts.count(Act.EOT) <= 1 + RESENDS
