"""What the core's answers mean; in doubt nobody knows, and nobody guesses."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_central.gateway.answers import found, settlement, settlements
from padkit_central.store import Settlement, SubmissionState
from padkit_contract.messages import Outcome

S = SubmissionState


def said(resp_class: str, code: str, **fields: object) -> bytes:
    return msgspec.json.encode({"resp_class": resp_class, "resp_code": code, "resp_msg": "m", "fields": fields})


@pytest.mark.parametrize(
    ("raw", "state"),
    [
        (said("ok", "0000"), S.OK),
        (said("business_refusal", "1101"), S.REFUSED),
        (said("business_refusal", "2004"), S.REFUSED),
        (said("business_refusal", "2051", not_executed=True), S.NOT_EXECUTED),
        (said("retryable", "3001"), S.NOT_EXECUTED),
        (said("retryable", "5001"), S.NOT_EXECUTED),
        (said("unknown", "4001"), S.UNKNOWN),
        (said("unknown", "4091", not_executed=True), S.NOT_EXECUTED),
        (said("ok", "1101"), S.UNKNOWN),
        (said("ok", "0000", not_executed=True), S.UNKNOWN),
        (said("business_refusal", "0000"), S.UNKNOWN),
        (said("retryable", "4001"), S.UNKNOWN),
        (said("new_class", "9999"), S.UNKNOWN),
        (b"<html>", S.UNKNOWN),
        (b"{}", S.UNKNOWN),
        pytest.param(b'{"fields":{"a":' + b"[" * 100_000, S.UNKNOWN, id="nested without end"),
    ],
)
def test_class_and_code_together_say_how_a_request_ended(raw: bytes, state: SubmissionState) -> None:
    assert settlement(raw).state is state


@given(st.binary(max_size=200))
def test_garbage_is_an_unknown_outcome(raw: bytes) -> None:
    assert settlement(raw).state is S.UNKNOWN
    assert found(raw) is None


def inquiry(state: str, **fields: object) -> bytes:
    return said("ok", "0000", result_state=state, **fields)


def test_a_success_carries_the_fields_of_the_original() -> None:
    attempts = [{"attempt": 1, "resp_code": "2051", "not_executed": True}, {"attempt": 2, "resp_code": "0000"}]
    told = found(inquiry("success", final=True, acct_no="8", closed_attempts=0, attempts=attempts))
    assert told is not None
    assert (told.outcome, told.final, told.succeeded) == (Outcome.OK, True, 2)
    assert told.fields == {"result_state": "success", "acct_no": "8"}
    ended = settlements([1, 2, 3], told)
    assert {number: end.state for number, end in ended.items()} == {1: S.NOT_EXECUTED, 2: S.OK, 3: S.NOT_EXECUTED}


def test_a_refusal_may_leave_the_serial_open() -> None:
    told = found(inquiry("failed", final=True, resp_code="2051", not_executed=True))
    assert told is not None
    assert (told.outcome, told.code) == (Outcome.NOT_EXECUTED, "2051")
    told = found(inquiry("failed", final=True, resp_code="1101", attempts=[{"attempt": 1, "resp_code": "1101"}]))
    assert told is not None
    assert told.outcome is Outcome.REFUSED
    assert settlements([1], told) == {1: Settlement(S.REFUSED, "1101")}


def test_not_found_ends_only_what_the_core_has_closed() -> None:
    told = found(inquiry("not_found", final=True, closed_attempts=1))
    assert told is not None
    assert (told.outcome, told.final) == (Outcome.NOT_FOUND, True)
    assert {number: end.state for number, end in settlements([1, 2], told).items()} == {1: S.NOT_EXECUTED}


def test_processing_ends_nothing() -> None:
    told = found(inquiry("processing"))
    assert told is not None
    assert told.outcome is Outcome.PROCESSING
    assert settlements([1], told) == {}


@pytest.mark.parametrize(
    "raw",
    [
        inquiry("perhaps"),
        said("ok", "0000"),
        said("unknown", "4001", result_state="success"),
        inquiry("failed", final=1),
        inquiry("success", final=True, closed_attempts=1),
        inquiry("success", final=True, attempts=[{"attempt": 1, "resp_code": "1101"}]),
        inquiry("not_found", final=True, closed_attempts=1, attempts=[{"attempt": 1, "resp_code": "0000"}]),
    ],
)
def test_an_inquiry_that_makes_no_sense_tells_nothing(raw: bytes) -> None:
    assert found(raw) is None
