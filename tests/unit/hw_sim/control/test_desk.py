"""Every verb of the control socket, on a kit with memory wires."""

from __future__ import annotations

import asyncio
import json

import pytest

from padkit_sim.control import Desk
from padkit_sim.control.words import VERBS
from padkit_sim.kit import Kit
from padkit_sim.kitfile import find_kit_file, load
from padkit_sim.wires import MemoryWire

STATUS = bytes.fromhex("F2 00 00 03 43 31 30 03 B0")


@pytest.fixture
async def kit():
    kit = Kit(load(find_kit_file("demo")), lambda e: MemoryWire(e.identity.serial), asyncio.get_running_loop().time)
    kit.start()
    yield kit
    kit.close()


@pytest.fixture
def ask(kit):
    """Ask the desk; the reply as plain data."""
    desk = Desk(kit)
    return lambda **request: json.loads(desk.answer(json.dumps(request).encode()))


async def test_the_state_tells_the_truth_about_every_device(ask):
    reply = ask(do="state")
    assert (reply["ok"], reply["kit"], reply["seed"], reply["speed"]) == (True, "demo", 7, 1.0)
    box, reader = reply["devices"]["box"], reply["devices"]["reader"]
    assert (box["type"], box["plugged"], box["serial"], box["initialised"], box["hopper"]) == (
        "card_dispenser",
        True,
        "CDB-0001",
        False,
        40,
    )
    assert box["cards"][0] == {
        "pan": "9999000000000000012",
        "slip_pan": "9999000000000000012",
        "serial": "000001",
        "place": "hopper",
    }
    assert (reader["person"], reader["people"][0]) == ("", "test_a")


async def test_a_fault_is_armed_listed_and_cleared(ask, kit):
    assert ask(do="fault", name="box.empty", nth=1) == {"ok": True, "index": 1}
    assert ask(do="faults")["armed"] == [
        {
            "index": 1,
            "name": "box.empty",
            "device": "",
            "args": {},
            "nth": 1,
            "times": 1,
            "chance": None,
            "seen": 0,
            "fired": 0,
        }
    ]
    assert ask(do="clear", name="box.empty") == {"ok": True, "cleared": 1}
    assert ask(do="faults") == {"ok": True, "armed": [], "fired": []}


async def test_a_fault_that_fired_is_listed(ask, kit):
    ask(do="fault", name="link.drop_frame", device="box")
    kit.device("box").wire.hear(STATUS)
    assert ask(do="faults")["fired"] == [{"index": 1, "name": "link.drop_frame", "device": "box"}]


async def test_a_fault_takes_arguments_and_chance(ask):
    assert ask(do="fault", name="box.jam", args={"at": "present", "clears_after": 2})["ok"]
    assert ask(do="fault", name="link.flip_bcc", chance=0.1, times=0)["ok"]
    assert [a["args"] for a in ask(do="faults")["armed"]] == [{"at": "present", "clears_after": 2}, {}]
    assert ask(do="clear", name=None)["cleared"] == 2


async def test_power_can_be_cut(ask, kit):
    kit.device("box").wire.hear(bytes.fromhex("F2 00 00 03 43 30 37 03 B6"))
    assert ask(do="power_cycle", device="box") == {"ok": True}
    kit.device("box").wire.hear(STATUS)
    assert kit.device("box").wire.said[-1].endswith(bytes.fromhex("42 30 03 C9"))


async def test_a_device_is_unplugged_and_another_plugged_in_its_place(ask):
    assert ask(do="unplug", device="reader") == {"ok": True}
    assert ask(do="state")["devices"]["reader"]["plugged"] is False
    assert ask(do="unplug", device="reader")["ok"] is False
    assert ask(do="plug", device="reader", **{"as": "CLIP-0002"}) == {"ok": True}
    assert ask(do="state")["devices"]["reader"]["serial"] == "CLIP-0002"


@pytest.mark.parametrize(
    "asked",
    [{"tty": "../../x"}, {"tty": "ttyUSB0\n"}, {"tty": "/tmp/ttyUSB0"}, {"as": "A\nDEVNAME=x"}, {"as": "A" * 127}],
)
async def test_a_port_or_serial_number_that_no_kernel_gives_is_refused(ask, asked):
    ask(do="unplug", device="reader")
    assert ask(do="plug", device="reader", **asked)["ok"] is False
    assert ask(do="state")["devices"]["reader"]["plugged"] is False
    assert ask(do="plug", device="reader", tty="ttyUSB7")["ok"] is True


async def test_a_card_is_laid_and_lifted(ask):
    assert ask(do="hand", action="lay_card", device="reader", person="test_a") == {"ok": True}
    assert ask(do="state")["devices"]["reader"]["person"] == "test_a"
    assert ask(do="hand", action="lift_card", device="reader") == {"ok": True}
    assert "no card lies there" in ask(do="hand", action="lift_card", device="reader")["error"]


async def test_the_customer_is_told_when_to_take_the_card(ask):
    assert ask(do="auto", device="box", take_after_s=1.5) == {"ok": True}
    assert ask(do="state")["devices"]["box"]["take_after_s"] == 1.5
    assert ask(do="auto", device="box", take_after_s=None) == {"ok": True}
    assert ask(do="state")["devices"]["box"]["take_after_s"] is None
    assert "give 0 or more" in ask(do="auto", device="box", take_after_s=-1)["error"]
    assert "no card box" in ask(do="auto", device="reader", take_after_s=1)["error"]


async def test_the_journal_is_told_from_a_record_on(ask, kit):
    kit.device("box").wire.hear(STATUS)
    records = ask(do="journal", device="box")["records"]
    assert [r["dir"] for r in records] == ["note", "in", "out", "out"]
    last = records[-2]["n"]
    assert [r["n"] for r in ask(do="journal", since=last)["records"]] == [records[-1]["n"]]
    assert len(ask(do="journal", limit=2)["records"]) == 2
    assert "give 1 to 5000" in ask(do="journal", limit=0)["error"]


async def test_the_speed_is_changed(ask, kit):
    assert ask(do="speed", value=20) == {"ok": True}
    assert ask(do="state")["speed"] == 20.0
    assert "not above 0" in ask(do="speed", value=0)["error"]


async def test_a_card_is_moved_by_magic(ask):
    assert ask(do="tamper", device="box", pan="9999000000000000012", place="bin") == {"ok": True}
    assert ask(do="state")["devices"]["box"]["cards"][0]["place"] == "bin"
    assert "no card has number" in ask(do="tamper", device="box", pan="1", place="bin")["error"]


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"nonsense",
        b"[]",
        b"{}",
        b'{"do":"fly"}',
        b'{"do":"state","x":1}',
        b'{"do":"unplug"}',
        b"\xff",
        b'{"do":"\xff"}',
        b'{"do":3}',
    ],
)
async def test_what_is_no_request_is_refused_with_the_known_verbs(kit, line):
    reply = json.loads(Desk(kit).answer(line))
    assert reply["ok"] is False
    assert all(verb in reply["error"] for verb in VERBS)


async def test_an_unknown_device_is_refused(ask):
    assert (
        ask(do="power_cycle", device="clip")["error"]
        == "device 'clip' is not in kit demo; it has box, reader, pin, pad"
    )


async def test_a_part_of_the_machine_is_swapped_and_taken_out(ask):
    before = ask(do="state")["hardware"]
    assert ask(do="hardware", trait="nic", value="00:1b:21:aa:bb:cc") == {"ok": True}
    assert ask(do="hardware", trait="disk", value="") == {"ok": True}
    assert ask(do="state")["hardware"] == {**before, "nic": "00:1b:21:aa:bb:cc", "disk": ""}


async def test_a_part_that_no_machine_has_is_refused(ask):
    assert "it is one of product_uuid" in ask(do="hardware", trait="cpu", value="1")["error"]
    assert "at most 64 printable" in ask(do="hardware", trait="disk", value="a\n")["error"]
