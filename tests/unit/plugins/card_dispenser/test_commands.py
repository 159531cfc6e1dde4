from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from padkit_card_dispenser import commands as c
from padkit_card_dispenser.commands import Again, Command, Group, Initialize, MoveTo, RfVia, SamSlot, Vcc
from padkit_sdk import Refused

FILE = Path(__file__).parents[3] / "vectors" / "card_dispenser" / "commands.toml"
VECTORS = tomllib.loads(FILE.read_text())["vector"]
PSE = bytes.fromhex("00A404000E315041592E5359532E4444463031")

COMMANDS: dict[str, Command] = {
    "initialize leave": c.initialize(Initialize.LEAVE),
    "initialize to gate": c.initialize(Initialize.TO_GATE),
    "initialize to bin": c.initialize(Initialize.TO_BIN),
    "initialize to gate, counting": c.initialize(Initialize.TO_GATE_COUNTING),
    "initialize to bin, counting": c.initialize(Initialize.TO_BIN_COUNTING),
    "initialize leave, counting": c.initialize(Initialize.LEAVE_COUNTING),
    "status": c.STATUS,
    "status with sensors": c.STATUS_SENSORS,
    "move gate": c.move(MoveTo.GATE),
    "move reader": c.move(MoveTo.READER),
    "move rf": c.move(MoveTo.RF),
    "move bin": c.move(MoveTo.BIN),
    "move out": c.move(MoveTo.OUT),
    "entry on": c.entry(allowed=True),
    "entry off": c.entry(allowed=False),
    "type contact": c.CONTACT_TYPE,
    "type rf": c.RF_TYPE,
    "cpu cold reset": c.cold_reset(Group.CPU),
    "cpu cold reset 5 V EMV": c.cold_reset(Group.CPU, Vcc.EMV_5V),
    "cpu cold reset 5 V ISO": c.cold_reset(Group.CPU, Vcc.ISO_5V),
    "cpu cold reset 3 V ISO": c.cold_reset(Group.CPU, Vcc.ISO_3V),
    "cpu off": c.chip_off(Group.CPU),
    "cpu state": c.chip_state(Group.CPU),
    "cpu warm reset": c.warm_reset(Group.CPU),
    "apdu select 1PAY.SYS.DDF01": c.chip_exchange(Group.CPU, PSE),
    "apdu select from the field": c.chip_exchange(Group.CPU, bytes.fromhex("00A4040008A000000054480001")),
    "sam select first": c.sam_select(SamSlot.FIRST),
    "sam cold reset 5 V EMV": c.cold_reset(Group.SAM, Vcc.EMV_5V),
    "sam state": c.chip_state(Group.SAM),
    "rf activate A then B": c.rf_activate(),
    "rf off": c.RF_OFF,
    "rf state": c.RF_STATE,
    "mifare authenticate": c.rf_exchange(bytes.fromhex("0020000006FFFFFFFFFFFF"), RfVia.MIFARE),
    "mifare read": c.rf_exchange(bytes.fromhex("00B0000101"), RfVia.MIFARE),
    "serial": c.SERIAL,
    "configuration": c.CONFIGURATION,
    "version": c.VERSION,
    "counter read": c.READ_COUNTER,
    "counter set 000": c.set_counter(0),
}


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_each_command_of_the_manual_is_made_as_printed(vector):
    command = COMMANDS[vector["name"]]
    assert (command.cm, command.pm, command.data) == (vector["cm"], vector["pm"], bytes.fromhex(vector["data"]))


def test_only_motions_must_be_looked_at_and_only_card_exchanges_are_never_repeated():
    kinds = {name: command.again for name, command in COMMANDS.items() if command.again is not Again.FREELY}
    motions = {name for name, kind in kinds.items() if kind is Again.LOOK_FIRST}
    assert motions == {name for name in COMMANDS if name.startswith(("initialize", "move"))}
    assert set(kinds) - motions == {name for name in COMMANDS if name.startswith(("apdu", "mifare"))}


@pytest.mark.parametrize("count", [-1, 1000])
def test_a_counter_of_more_than_three_digits_is_refused(count):
    with pytest.raises(Refused, match=r"not in 0\.\.999") as refused:
        c.set_counter(count)
    assert refused.value.reason == "bin_count.range"


@pytest.mark.parametrize("size", [0, 3, 262])
def test_an_apdu_the_box_cannot_take_is_refused(size):
    for make in (lambda: c.chip_exchange(Group.CPU, bytes(size)), lambda: c.rf_exchange(bytes(size), RfVia.TYPE_A)):
        with pytest.raises(Refused) as refused:
            make()
        assert refused.value.reason == "apdu.length"


@pytest.mark.parametrize("size", [4, 261])
def test_the_shortest_and_longest_apdu_are_taken(size):
    assert len(c.chip_exchange(Group.SAM, bytes(size)).data) == size


def test_an_unknown_rf_protocol_is_refused():
    with pytest.raises(Refused, match="'C' then 'A'"):
        c.rf_activate("C", "A")


def test_what_a_command_carries_is_not_printed():
    assert "1234" not in repr(c.chip_exchange(Group.CPU, b"1234"))
