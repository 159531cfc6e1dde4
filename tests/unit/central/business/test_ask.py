"""How a request's body is read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from padkit_central.business.ask import Ask, moment, read_request
from padkit_contract import messages
from padkit_contract.errors import Invalid
from padkit_contract.messages import Request


def ask(payload: bytes) -> Ask:
    return Ask("demo", "kit-1", "e", "ACC-01", "i", datetime.now(UTC), payload, {})


def test_a_request_is_read() -> None:
    request = Request("S-1_a.b:c", 1, "t", {"a": 1})
    assert read_request(ask(messages.encode(request))) == request


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"[]", "message.form"),
        (b'{"serial":"S1","attempt":1,"made_at":"t","fields":{},"colour":1}', "message.form"),
        (messages.encode(Request("", 1, "t", {})), "serial.form"),
        (messages.encode(Request("S 1", 1, "t", {})), "serial.form"),
        (messages.encode(Request("S" * 65, 1, "t", {})), "serial.form"),
        (messages.encode(Request("S1", 0, "t", {})), "attempt.form"),
        (messages.encode(Request("S1", 1000, "t", {})), "attempt.form"),
    ],
)
def test_what_is_no_request_is_refused(payload: bytes, reason: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_request(ask(payload))
    assert caught.value.reason == reason


def test_moments_have_their_zone() -> None:
    assert moment("2026-11-22T08:00:00Z", "at") == datetime(2026, 11, 22, 8, tzinfo=UTC)
    for text in ("2026-11-22T08:00:00", "yesterday", ""):
        with pytest.raises(Invalid):
            moment(text, "at")
