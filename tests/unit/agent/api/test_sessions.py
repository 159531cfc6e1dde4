"""Codes and sessions, with clock and chance in the test's hand."""

from __future__ import annotations

import itertools

import pytest

from padkit_agent.api.sessions import CODES, LAUNCH_S, LIFE_S, SESSIONS, WRONG, WRONG_S, Sessions
from padkit_sdk.errors import Refused


class Desk:
    """Sessions, and the clock they go by."""

    def __init__(self) -> None:
        self.now_s, self.idle_s = 1000.0, 600.0
        numbers = itertools.count(1)
        self.all = Sessions(lambda: self.now_s, lambda size: next(numbers).to_bytes(size, "big"), lambda: self.idle_s)

    def enter(self) -> str:
        return self.all.enter(self.all.launch())

    def refusal(self, code: str) -> str:
        with pytest.raises(Refused) as caught:
            self.all.enter(code)
        return caught.value.reason


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_code_opens_one_session(desk: Desk) -> None:
    code = desk.all.launch()
    token = desk.all.enter(code)
    assert desk.all.launched(token)
    assert not desk.all.signed_in(token)
    assert desk.refusal(code) == "page.launch"


def test_a_code_gets_old(desk: Desk) -> None:
    code = desk.all.launch()
    desk.now_s += LAUNCH_S
    assert desk.refusal(code) == "page.launch"


def test_one_code_too_many_puts_the_oldest_out(desk: Desk) -> None:
    first, second, *_ = [desk.all.launch() for _ in range(CODES + 1)]
    assert desk.refusal(first) == "page.launch"
    assert desk.all.enter(second)


def test_neither_nothing_nor_a_code_is_a_token(desk: Desk) -> None:
    code = desk.all.launch()
    for token in ("", code, "\udcff"):
        assert not desk.all.launched(token)
        assert desk.all.idle_left_s(token) == 0


def test_wrong_codes_make_wrong_codes_wait_for_a_minute(desk: Desk) -> None:
    assert [desk.refusal("x") for _ in range(WRONG + 1)] == ["page.launch"] * WRONG + ["page.launch_wait"]
    assert desk.enter()
    desk.now_s += WRONG_S
    assert desk.refusal("x") == "page.launch"


def test_a_sign_in_holds_while_it_is_touched(desk: Desk) -> None:
    token = desk.enter()
    desk.all.sign_in(token, "Li")
    for _ in range(3):
        desk.now_s += 599
        assert desk.all.signed_in(token) == "Li"
        desk.all.touch(token)
    desk.now_s += 600
    assert desk.all.signed_in(token) == ""
    desk.all.touch(token)
    assert desk.all.signed_in(token) == ""


def test_a_shorter_idle_time_counts_at_once(desk: Desk) -> None:
    token = desk.enter()
    desk.all.sign_in(token, "Li")
    desk.now_s += 120
    desk.idle_s = 60
    assert desk.all.signed_in(token) == ""


def test_nothing_makes_a_session_longer_than_its_life(desk: Desk) -> None:
    token = desk.enter()
    desk.all.sign_in(token, "Li")
    desk.now_s += LIFE_S - 30
    desk.idle_s = LIFE_S
    assert desk.all.idle_left_s(token) == 30
    desk.now_s += 30
    assert not desk.all.launched(token)
    with pytest.raises(Refused, match="padkit-agent page"):
        desk.all.sign_in(token, "Li")


def test_one_session_too_many_puts_out_one_where_nobody_is_signed_in(desk: Desk) -> None:
    tokens = [desk.enter() for _ in range(SESSIONS)]
    for token in tokens[:-1]:
        desk.all.sign_in(token, "Li")
    desk.enter()
    assert [desk.all.launched(it) for it in tokens] == [True] * (SESSIONS - 1) + [False]


def test_signing_out_is_for_one_or_for_all(desk: Desk) -> None:
    one, two, three = (desk.enter() for _ in range(3))
    for token in (one, two, three):
        desk.all.sign_in(token, "Li")
    desk.all.sign_out(one)
    assert [desk.all.signed_in(it) for it in (one, two)] == ["", "Li"]
    desk.all.sign_out_all()
    assert not desk.all.signed_in(three)
    assert desk.all.launched(three)


def test_what_is_kept_opens_nothing(desk: Desk) -> None:
    code = desk.all.launch()
    token = desk.enter()
    kept = repr(vars(desk.all))
    assert code not in kept
    assert token not in kept
