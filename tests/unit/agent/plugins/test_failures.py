"""The error family crosses the wire whole; what is not of the family becomes an unknown outcome."""

from __future__ import annotations

import asyncio

import pytest

from padkit_agent.plugins.failures import MAX_SHOWN, MAX_TEXT, to_error, to_failure
from padkit_agent.plugins.messages import Failure
from padkit_sdk import AskAgain, BadFrame, DeviceFault, LinkLost, OutcomeUnknown, Refused

FAMILY = [
    AskAgain("card.askew", "turn the card"),
    DeviceFault("box.jam", "jam at the gate; open the flap", raw="01"),
    LinkLost("cable is gone"),
    BadFrame("checksum", b"\x02\x01\x31"),
    OutcomeUnknown("no answer"),
    Refused("box.no_card", "no card in play"),
]


@pytest.mark.parametrize("error", FAMILY, ids=lambda error: error.code)
def test_the_core_raises_what_the_driver_raised(error):
    back = to_error(to_failure(7, error))
    assert type(back) is type(error)
    assert str(back) == str(error)
    for attribute in ("hint", "fault", "raw", "reason", "frame"):
        assert getattr(back, attribute, None) == getattr(error, attribute, None)


def test_a_foreign_error_is_an_unknown_outcome_and_its_text_stays_behind():
    failure = to_failure(7, ValueError("6222021234567890"))
    assert failure.kind == "outcome_unknown"
    assert "ValueError" in failure.message
    assert "6222" not in repr(failure)


def test_a_cancelled_request_is_an_unknown_outcome_for_who_still_waits():
    assert isinstance(to_error(to_failure(7, asyncio.CancelledError())), OutcomeUnknown)


def test_a_kind_from_the_future_is_an_unknown_outcome():
    assert isinstance(to_error(Failure(1, "tilted", "what is that")), OutcomeUnknown)


def test_long_texts_and_frames_are_cut():
    assert len(to_failure(1, LinkLost("x" * 10_000)).message) == MAX_TEXT
    assert len(to_failure(1, BadFrame("r", b"x" * 10_000)).frame) == MAX_SHOWN
