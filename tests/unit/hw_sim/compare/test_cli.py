from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner

from padkit_sim.compare import command

World = Any  # the helpers of conftest.py
FourDoors = Any


def test_agreement_is_exit_0(doors: FourDoors) -> None:
    result = CliRunner().invoke(command, doors.options)
    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "all four agree on 6 card(s)")


@pytest.mark.parametrize(
    "tamper",
    [
        lambda world: world.kit["cards"][0].update(state="captured"),
        lambda world: world.central["cards"][0].update(state="captured"),
        lambda world: world.core["accounts"][0].update(state="reversed"),
        lambda world: world.box_cards[0].update(place="bin"),
    ],
    ids=["kit", "central", "core", "box"],
)
@pytest.mark.parametrize(("lang", "named"), [("en", "card 000001 (…0001)"), ("zh", "卡 000001 (…0001)")])
def test_each_tampered_witness_is_exit_1_and_names_the_card(
    world: World, doors: FourDoors, tamper: Callable[[World], object], lang: str, named: str
) -> None:
    tamper(world)
    doors.tell(world)
    result = CliRunner().invoke(command, [*doors.options, "--lang", lang])
    assert result.exit_code == 1
    assert named in result.output


def test_programs_get_json(world: World, doors: FourDoors) -> None:
    world.core["accounts"][0]["state"] = "reversed"
    doors.tell(world)
    result = CliRunner().invoke(command, [*doors.options, "--json"])
    told = json.loads(result.stdout)
    assert (result.exit_code, told["agree"], told["cards"][0]["problems"][0]["name"]) == (1, False, "core")


def test_a_shut_door_is_exit_2_and_is_named(doors: FourDoors) -> None:
    doors.kit.unlink()
    result = CliRunner().invoke(command, doors.options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("compare: kit: cat ended with code 1")


def test_torn_json_is_exit_2_for_programs_too(doors: FourDoors) -> None:
    doors.central.write_bytes(doors.central.read_bytes()[:-5])
    result = CliRunner().invoke(command, [*doors.options, "--json"])
    assert result.exit_code == 2
    told = json.loads(result.stdout)
    assert told["agree"] is None
    assert told["error"].startswith("central: its JSON cannot be read")
