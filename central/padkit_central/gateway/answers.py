"""What the core's answers mean. No I/O here; whatever the core says, a value comes out, in doubt the unknown one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from padkit_central.store import Found, Settlement, SubmissionState
from padkit_contract.messages import Outcome

OK_CODE = "0000"
UNREADABLE = "core.unreadable"

S = SubmissionState


class CoreAnswer(msgspec.Struct, frozen=True):
    """One answer of the core; what it sends beyond these is not looked at."""

    resp_class: str
    resp_code: str
    resp_msg: str = ""
    fields: dict[str, Any] = {}


class _Attempt(msgspec.Struct, frozen=True):
    attempt: int
    resp_code: str
    resp_msg: str = ""
    not_executed: bool = False


class _Told(msgspec.Struct, frozen=True):
    """The part of an inquiry's answer that is about the inquiry itself."""

    result_state: str
    final: bool = False
    closed_attempts: int = 0
    resp_code: str = ""
    not_executed: bool = False
    attempts: tuple[_Attempt, ...] = ()


def decode(raw: bytes) -> CoreAnswer | None:
    """Read an answer; None when it makes no sense, which is an unknown outcome."""
    try:
        return msgspec.json.decode(raw, type=CoreAnswer)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def settlement(raw: bytes) -> Settlement:
    """Say how a request ended by the core's answer to it."""
    answer = decode(raw)
    if answer is None:
        return Settlement(S.UNKNOWN, UNREADABLE, "the core's answer makes no sense; inquire")
    return Settlement(_state(answer), answer.resp_code, answer.resp_msg, answer.fields)


def found(raw: bytes) -> Found | None:
    """Say what became of a serial by the core's answer to an inquiry; None when the answer makes no sense."""
    answer = decode(raw)
    if answer is None or (answer.resp_class, answer.resp_code) != ("ok", OK_CODE):
        return None
    try:
        told = msgspec.convert(answer.fields, _Told)
    except msgspec.ValidationError:
        return None
    results = {
        each.attempt: Settlement(_ended(each.resp_code, not_executed=each.not_executed), each.resp_code, each.resp_msg)
        for each in told.attempts
    }
    outcome = _outcome(told)
    succeeded = next((each.attempt for each in told.attempts if each.resp_code == OK_CODE), 0)
    if outcome is None or (outcome is Outcome.OK) is not (succeeded > 0):  # a success is one of the attempts it lists
        return None
    own = {name: value for name, value in answer.fields.items() if name not in ("attempts", "closed_attempts", "final")}
    return Found(
        outcome=outcome,
        final=told.final,
        code=told.resp_code or answer.resp_code,
        message=next((each.resp_msg for each in told.attempts if each.resp_code == told.resp_code), ""),
        fields=own if outcome is Outcome.OK else {},
        succeeded=succeeded,
        closed=told.closed_attempts,
        results=results,
    )


def settlements(attempts: Sequence[int], told: Found) -> Mapping[int, Settlement]:
    """Return how each of the open `attempts` of a serial ended, as far as the core's answer is certain about it."""
    ended: dict[int, Settlement] = {}
    for number in attempts:
        if number == told.succeeded:
            ended[number] = Settlement(S.OK, OK_CODE, told.message, told.fields)
        elif number in told.results:
            ended[number] = told.results[number]
        elif number <= told.closed or told.succeeded:
            ended[number] = Settlement(S.NOT_EXECUTED, told.code, "never executed, and closed by the core")
    return ended


def _state(answer: CoreAnswer) -> SubmissionState:
    if answer.fields.get("not_executed") is True:
        return S.UNKNOWN if answer.resp_class == "ok" else S.NOT_EXECUTED
    match answer.resp_class:
        case "ok" if answer.resp_code == OK_CODE:
            return S.OK
        case "business_refusal" if answer.resp_code[:1] in ("1", "2"):
            return S.REFUSED
        case "retryable" if answer.resp_code[:1] in ("3", "5"):
            return S.NOT_EXECUTED
    return S.UNKNOWN


def _ended(code: str, *, not_executed: bool) -> SubmissionState:
    if code == OK_CODE:
        return S.OK
    return S.NOT_EXECUTED if not_executed else S.REFUSED


def _outcome(told: _Told) -> Outcome | None:
    match told.result_state:
        case "success":
            return Outcome.OK
        case "failed":
            return Outcome.NOT_EXECUTED if told.not_executed else Outcome.REFUSED
        case "processing":
            return Outcome.PROCESSING
        case "not_found":
            return Outcome.NOT_FOUND
    return None
