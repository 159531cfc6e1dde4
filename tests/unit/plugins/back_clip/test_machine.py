from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_back_clip.machine import ENDS, LOOKS_AFTER_LOSS, NEXT, Reading, Step, advance
from padkit_back_clip.protocol import Status

FOUND, DONE, NO_CARD = Status.FOUND, Status.DONE, Status.NO_CARD
READ_FAILED, SELECT_FAILED = Status.READ_FAILED, Status.SELECT_FAILED
TO_READ = (FOUND, DONE)


def play(*seen: Status, fingerprint: bool = False, address: bool = True) -> Reading:
    reading = Reading(fingerprint=fingerprint, address=address)
    for status in seen:
        assert reading.step not in ENDS
        reading = advance(reading, status)
    return reading


@pytest.mark.parametrize(
    ("seen", "step"),
    [
        ((), Step.FIND),
        ((NO_CARD,) * 50, Step.FIND),
        ((FOUND,), Step.SELECT),
        (TO_READ, Step.READ),
        ((*TO_READ, DONE), Step.ADDRESS),
        ((*TO_READ, DONE, DONE), Step.DONE),
        ((*TO_READ, DONE, Status.NO_ITEM), Step.DONE),
        ((*TO_READ, DONE, Status.BAD_COMMAND), Step.DONE),
        ((*TO_READ, DONE, READ_FAILED), Step.DONE),
        ((*TO_READ, DONE, NO_CARD), Step.DONE),
        ((FOUND, SELECT_FAILED), Step.FIND),
        ((FOUND, NO_CARD), Step.FIND),
        ((*TO_READ, READ_FAILED), Step.FIND),
        ((*TO_READ, SELECT_FAILED), Step.FIND),
    ],
)
def test_the_table(seen, step):
    assert play(*seen).step is step


def test_without_address_the_record_ends_the_read():
    assert play(*TO_READ, DONE, address=False).step is Step.DONE


def test_a_read_that_failed_once_may_succeed():
    assert play(*TO_READ, READ_FAILED, *TO_READ, DONE, Status.NO_ITEM).step is Step.DONE


@pytest.mark.parametrize("first", [SELECT_FAILED, READ_FAILED])
def test_a_card_lost_twice_was_removed(first):
    lost = (FOUND, first) if first is SELECT_FAILED else (*TO_READ, first)
    assert play(*lost, *lost).step is Step.REMOVED


def test_a_lost_card_that_is_not_found_again_was_removed():
    reading = play(*TO_READ, READ_FAILED, *[NO_CARD] * (LOOKS_AFTER_LOSS - 1))
    assert reading.step is Step.FIND
    assert advance(reading, NO_CARD).step is Step.REMOVED


def test_an_old_module_that_knows_no_fingerprint_is_asked_without():
    reading = play(*TO_READ, Status.BAD_COMMAND, fingerprint=True)
    assert (reading.step, reading.fingerprint) == (Step.READ, False)
    assert advance(reading, Status.BAD_COMMAND).step is Step.REFUSED


def test_an_old_module_that_fails_twice_with_fingerprint_is_asked_without():
    once = play(*TO_READ, READ_FAILED, fingerprint=True)
    assert (once.step, once.fingerprint) == (Step.FIND, True)
    twice = play(*TO_READ, READ_FAILED, *TO_READ, READ_FAILED, fingerprint=True)
    assert (twice.step, twice.fingerprint) == (Step.FIND, False)
    third = play(*TO_READ, READ_FAILED, *TO_READ, READ_FAILED, *TO_READ, READ_FAILED, fingerprint=True)
    assert third.step is Step.REMOVED


@pytest.mark.parametrize("before", [(), (FOUND,), TO_READ, (*TO_READ, DONE)])
@pytest.mark.parametrize("status", list(Status))
def test_what_is_in_no_row_is_the_readers_fault(before, status):
    reading = play(*before)
    if status not in NEXT[reading.step]:
        assert advance(reading, status).step is Step.REFUSED


@given(st.lists(st.sampled_from(list(Status)), max_size=60), st.booleans(), st.booleans())
def test_no_answers_lead_out_of_the_table_or_into_a_passing_step(answers, fingerprint, address):
    reading = Reading(fingerprint=fingerprint, address=address)
    for status in answers:
        if reading.step in ENDS:
            return
        reading = advance(reading, status)
        assert reading.step not in {Step.LOST, Step.OLD_MODULE}
        assert reading.losses <= 3
