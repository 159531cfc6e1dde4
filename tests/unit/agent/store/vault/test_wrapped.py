"""The key file's bytes: what is not exactly ours is refused, and nothing in it can be changed."""

from __future__ import annotations

import base64
import json
import os
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_agent.store.vault.device import DeviceKey
from padkit_agent.store.vault.traits import Trait
from padkit_agent.store.vault.wrapped import MAX_FILE, threshold_of, unwrap, wrap
from padkit_contract.crypto import Suite
from padkit_sdk.errors import Refused

from .conftest import MACHINE

KEY = bytes(range(16))


@pytest.fixture(scope="session")
def device(suite: Suite) -> DeviceKey:
    private = suite.generate()
    return DeviceKey(private, suite.load_public(private.public))


@pytest.fixture(scope="session")
def raw(device: DeviceKey) -> bytes:
    return wrap(KEY, device, MACHINE, os.urandom, iterations=2)


def test_what_was_wrapped_unwraps(device: DeviceKey, raw: bytes) -> None:
    opened = unwrap(raw, device, MACHINE)
    assert (opened.key, opened.gone, opened.come, opened.bound) == (KEY, (), (), True)


def test_one_of_up_to_four_may_go_and_two_of_more() -> None:
    assert [threshold_of(n) for n in range(2, 9)] == [2, 2, 3, 3, 4, 5, 6]


def test_no_more_than_eight_traits_are_bound(device: DeviceKey) -> None:
    many = [Trait("disk", f"ssd-{number}") for number in range(12)]
    wrapped = wrap(KEY, device, many, os.urandom, iterations=1)
    assert len(json.loads(wrapped)["shares"]) == 8
    assert unwrap(wrapped, device, many).come == ()


@given(garbage=st.binary(max_size=200))
def test_garbage_is_refused(device: DeviceKey, garbage: bytes) -> None:
    with pytest.raises(Refused, match=r"^vault|not a key file"):
        unwrap(garbage, device, MACHINE)


def values(raw: bytes | bytearray) -> dict[str, Any]:
    """What a key file says, whatever the spare bits at the end of its base64 are."""
    told = json.loads(raw)
    for holder, name in ((told, "secret"), (told, "sealed"), *((it, "sealed") for it in told["shares"])):
        holder[name] = base64.b64decode(holder[name])
    for share in told["shares"]:
        share["salt"] = base64.b64decode(share["salt"])
    return cast(dict[str, Any], told)


@given(place=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_a_changed_byte_is_refused_or_only_costs_a_share(device: DeviceKey, raw: bytes, place: int, flip: int) -> None:
    changed = bytearray(raw)
    changed[place % (len(raw) - 1)] ^= flip
    try:
        opened = unwrap(bytes(changed), device, MACHINE)
    except Refused as exc:
        assert exc.reason in {"vault.key", "vault.device_key", "vault.other_machine"}
    else:
        assert (opened.key, values(changed)) == (KEY, values(raw))  # another spelling of the same values


@pytest.mark.parametrize(
    "change",
    [
        {"magic": "other"},
        {"version": 2},
        {"threshold": 0},
        {"threshold": 1},
        {"threshold": 6},
        {"iterations": 0},
        {"iterations": 10**9},
        {"shares": []},
        {"sealed": ""},
        {"secret": "AA=="},
        {"more": 1},
        {"shares": [{"kind": "nic", "salt": "AA==", "sealed": ""}]},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_value_out_of_form_is_refused(device: DeviceKey, raw: bytes, change: dict[str, object]) -> None:
    with pytest.raises(Refused) as refused:
        unwrap(json.dumps({**json.loads(raw), **change}).encode(), device, MACHINE)
    assert refused.value.reason == "vault.key"


def test_a_file_that_is_too_large_is_refused_unread(device: DeviceKey) -> None:
    with pytest.raises(Refused, match=f"more than {MAX_FILE} bytes"):
        unwrap(b"{" * (MAX_FILE + 1), device, MACHINE)


def test_lowering_the_threshold_does_not_open_it(device: DeviceKey, raw: bytes) -> None:
    lowered = {**json.loads(raw), "threshold": 2}
    with pytest.raises(Refused, match="damaged"):
        unwrap(json.dumps(lowered).encode(), device, MACHINE[:2])


def test_no_value_stands_in_the_file(raw: bytes) -> None:
    assert KEY not in raw
    assert not any(it.value.encode() in raw for it in MACHINE)


@given(made_with=st.integers(2, 8), here=st.sets(st.integers(0, 7)), strangers=st.integers(0, 2))
def test_it_opens_with_the_threshold_and_never_below(
    device: DeviceKey, made_with: int, here: set[int], strangers: int
) -> None:
    all_of_them = [Trait(f"kind{number % 3}", f"part-{number}") for number in range(made_with)]
    left = [all_of_them[number] for number in here if number < made_with]
    others = [Trait("kind0", f"stranger-{number}") for number in range(strangers)]
    raw = wrap(KEY, device, all_of_them, os.urandom, iterations=1)
    if len(left) >= threshold_of(made_with):
        assert unwrap(raw, device, [*others, *left]).key == KEY
    else:
        with pytest.raises(Refused, match="made for another machine"):
            unwrap(raw, device, [*others, *left])
