from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_sim.compare.witnesses import (
    MAX_WITNESS,
    WitnessUnreadable,
    read_box,
    read_central,
    read_core,
    read_kit,
)

World = Any  # the helper of conftest.py
READERS: list[tuple[str, Callable[[bytes], object]]] = [
    ("kit", read_kit),
    ("central", read_central),
    ("core", read_core),
    ("box", read_box),
]


@pytest.mark.parametrize(("door", "read"), READERS)
def test_torn_json_names_the_door(world: World, door: str, read: Callable[[bytes], object]) -> None:
    whole = json.dumps(getattr(world, door)).encode()
    for length in (0, 1, len(whole) // 2, len(whole) - 1):
        with pytest.raises(WitnessUnreadable, match=f"^{door}: "):
            read(whole[:length])
    read(whole)


@pytest.mark.parametrize(("door", "read"), READERS)
@pytest.mark.parametrize("raw", [b"null", b"[]", b"\xff", b"[" * 100_000, b'{"cards":{}}'])
def test_what_is_no_testimony_names_the_door(door: str, read: Callable[[bytes], object], raw: bytes) -> None:
    with pytest.raises(WitnessUnreadable, match=f"^{door}: "):
        read(raw)


@pytest.mark.parametrize(("door", "read"), READERS)
def test_too_much_is_refused_before_it_is_read(door: str, read: Callable[[bytes], object]) -> None:
    with pytest.raises(WitnessUnreadable, match=f"^{door}: {MAX_WITNESS + 1} bytes"):
        read(b" " * (MAX_WITNESS + 1))


@given(st.binary(max_size=200))
def test_garbage_is_unreadable_or_read(raw: bytes) -> None:
    for _, read in READERS:
        try:
            read(raw)
        except WitnessUnreadable as refusal:
            assert ": " in str(refusal)


def test_a_door_may_tell_more_than_is_asked(world: World) -> None:
    world.kit["holder"] = "manager"
    world.central["cards"][0]["reserved_for"] = "S1"
    assert world.compared().agrees


def test_an_unknown_card_state_is_unreadable_not_a_guess(world: World) -> None:
    world.kit["cards"][0]["state"] = "eaten"
    with pytest.raises(WitnessUnreadable, match=r"kit: .*eaten.*cards\[0\]\.state"):
        read_kit(json.dumps(world.kit).encode())


@pytest.mark.parametrize("place", ["absent", "pocket"])
def test_an_unknown_place_is_unreadable(world: World, place: str) -> None:
    world.box_cards[0]["place"] = place
    with pytest.raises(WitnessUnreadable, match=f"^box: .*{place}"):
        read_box(json.dumps(world.box).encode())


def test_an_unknown_account_state_is_unreadable(world: World) -> None:
    world.core["accounts"][0]["state"] = "blocked"
    with pytest.raises(WitnessUnreadable, match=r"^core: account state 'blocked' unknown"):
        read_core(json.dumps(world.core).encode())


@pytest.mark.parametrize(
    ("door", "read", "double"),
    [
        ("kit", read_kit, lambda world: world.kit["cards"]),
        ("central", read_central, lambda world: world.central["cards"]),
        ("core", read_core, lambda world: world.core["accounts"]),
        ("box", read_box, lambda world: world.box_cards),
    ],
)
def test_a_card_told_twice_is_unreadable(
    world: World, door: str, read: Callable[[bytes], object], double: Callable[[World], list[dict[str, str]]]
) -> None:
    double(world).append(double(world)[0])
    with pytest.raises(WitnessUnreadable, match="told twice") as refusal:
        read(json.dumps(getattr(world, door)).encode())
    assert "6200000000000000001" not in str(refusal.value)


def test_a_refusal_of_the_simulator_is_passed_on() -> None:
    with pytest.raises(WitnessUnreadable, match="the simulator refused: no box ending …0001"):
        read_box(b'{"ok":false,"error":"no box ending 6200000000000000001"}')


def test_a_card_central_has_heard_nothing_of_has_no_state() -> None:
    told = read_central(b'{"cards":[{"voucher":"1","card_no":"2","state":null}],"submissions":[],"cases":[]}')
    assert told.cards[0].state is None


def test_testimony_prints_no_card_number(world: World) -> None:
    assert "620000000000000000" not in repr(world.told())
