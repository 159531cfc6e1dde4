"""The page's room: how long a sign-in holds is the policy's word, within limits."""

from __future__ import annotations

from typing import Any

import pytest

from padkit_agent.api import PageRoom
from padkit_agent.core.gate import Gate
from padkit_agent.flows import Feed
from padkit_contract.commands import Standing
from padkit_sdk.errors import Refused


def room_of(parameters: Any) -> PageRoom:
    """A room whose policy has these parameters, or none yet."""

    def ask() -> Any:
        if parameters is None:
            raise Refused("policy.none", "no policy yet")
        return parameters

    return PageRoom(
        *(Gate(Standing()), Feed("R1"), ask), now_mono_s=lambda: 0.0, random_bytes=lambda size: bytes(size), iso=str
    )


@pytest.mark.parametrize(
    ("parameters", "seconds"),
    [
        (None, 600),
        ({}, 600),
        ({"page_idle_minutes": 2}, 120),
        ({"page_idle_minutes": 0.5}, 30),
        ({"page_idle_minutes": 60}, 3600),
        ({"page_idle_minutes": 61}, 600),
        ({"page_idle_minutes": 0}, 600),
        ({"page_idle_minutes": -1}, 600),
        ({"page_idle_minutes": True}, 600),
        ({"page_idle_minutes": "5"}, 600),
    ],
)
def test_a_sign_in_holds_as_long_as_the_policy_says_within_limits(parameters: Any, seconds: int) -> None:
    room = room_of(parameters)
    token = room.sessions.enter(room.sessions.launch())
    room.sign_in(token, "Li")
    assert room.view(token).idle_left_s == seconds


def test_there_is_no_address_before_the_listener_is_there() -> None:
    room = room_of({})
    assert room.url == ""
    with pytest.raises(Refused, match=r"\[page\]") as caught:
        room.launch()
    assert caught.value.reason == "page.none"


def test_neither_a_code_nor_a_token_is_in_any_repr() -> None:
    room = room_of({})
    room.address = "127.0.0.1:1"
    launch = room.launch()
    assert launch.url.partition("#launch=")[2] not in repr(launch)
