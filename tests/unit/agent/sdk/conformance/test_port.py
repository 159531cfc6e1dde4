from __future__ import annotations

import os
from pathlib import Path

import pytest

from padkit_sdk import Onboard, Pictures, Refused, UsbSerial
from padkit_sdk.conformance.port import Port, Trees, find_port

BOX = UsbSerial(vid=0x1209, pid=0xCA4D, baud=38_400)


@pytest.fixture
def trees(tmp_path):
    (tmp_path / "sys" / "class" / "tty").mkdir(parents=True)
    return Trees(tmp_path / "sys", tmp_path / "dev")


def plug(trees, name, location, serial="CDB-0001", vid="1209", pid="ca4d"):
    usb = trees.sysfs / "devices" / "usb1" / location
    tty = usb / f"{location}:1.0" / name / "tty" / name
    tty.mkdir(parents=True)
    for key, value in {"idVendor": vid, "idProduct": pid, "serial": serial}.items():
        if value:
            (usb / key).write_text(value + "\n")
    (tty / "device").symlink_to(Path("..", ".."))
    entry = trees.sysfs / "class" / "tty" / name
    entry.symlink_to(os.path.relpath(tty, entry.parent))
    return trees.dev / name


def test_the_one_adapter_that_fits_is_found_with_its_identity(trees):
    plug(trees, "ttyUSB0", "1-4", pid="1dca")
    path = plug(trees, "ttyUSB1", "1-3")
    port = find_port([BOX], "", trees)
    assert (port.path, port.serial, port.match) == (
        path,
        "CDB-0001",
        UsbSerial(0x1209, 0xCA4D, 38_400, "CDB-0001", "1-3"),
    )
    assert str(port) == f"{path} (CDB-0001)"


def test_nothing_that_fits_is_refused_with_what_to_do(trees):
    plug(trees, "ttyUSB0", "1-4", pid="1dca")
    with pytest.raises(Refused, match="nothing fits by USB identity; give --padkit-port") as refused:
        find_port([BOX], "", trees)
    assert refused.value.reason == "port.missing"


def test_two_that_fit_are_refused_with_both(trees):
    plug(trees, "ttyUSB0", "1-3")
    plug(trees, "ttyUSB1", "1-4", serial="CDB-0002")
    with pytest.raises(Refused, match=r"ttyUSB0 \(CDB-0001\), .*ttyUSB1 \(CDB-0002\)") as refused:
        find_port([BOX], "", trees)
    assert refused.value.reason == "port.ambiguous"


def test_a_given_port_is_taken_as_it_is(trees):
    assert find_port([BOX], "/dev/ttyS0", trees) == Port(Path("/dev/ttyS0"), BOX)


def test_a_given_port_that_is_listed_keeps_its_identity(trees):
    plug(trees, "ttyUSB0", "1-3")
    plug(trees, "ttyUSB1", "1-4", serial="CDB-0002")
    assert find_port([BOX], str(trees.dev / "ttyUSB1"), trees).serial == "CDB-0002"


def test_the_first_match_that_fits_names_the_rate(trees):
    plug(trees, "ttyUSB0", "1-3")
    slow = UsbSerial(vid=0x1209, pid=0xCA4D, baud=9_600)
    assert find_port([BOX, slow], "", trees).match.baud == 38_400


def test_a_narrow_match_fits_its_adapter_only(trees):
    plug(trees, "ttyUSB0", "1-3")
    plug(trees, "ttyUSB1", "1-4", serial="CDB-0002")
    narrow = UsbSerial(vid=0x1209, pid=0xCA4D, baud=9_600, location="1-4")
    assert find_port([narrow], "", trees).serial == "CDB-0002"


@pytest.mark.parametrize("vid", ["", "zz"])
def test_what_makes_no_sense_is_not_there(trees, vid):
    plug(trees, "ttyUSB0", "1-3", vid=vid)
    with pytest.raises(Refused):
        find_port([BOX], "", trees)


def test_a_machine_without_such_a_tree_has_no_ports(tmp_path):
    with pytest.raises(Refused):
        find_port([BOX], "", Trees(tmp_path / "sys", tmp_path / "dev"))


def test_what_needs_no_wire_is_always_there(trees):
    port = find_port([Onboard()], "", trees)
    assert (str(port), port.match) == ("onboard", Onboard())


def test_a_source_of_pictures_is_one_that_is_named():
    first, second = "http://127.0.0.1:1234", "/pictures"
    assert find_port([Pictures()], second, Trees(cameras=(first, second))).match == Pictures(location=second)
    assert find_port([Pictures()], "", Trees(cameras=(first,))).match == Pictures(location=first)
    with pytest.raises(Refused, match="give --padkit-port"):
        find_port([Pictures()], "", Trees(cameras=(first, second)))
    with pytest.raises(Refused, match="nothing fits"):
        find_port([Pictures()], "", Trees())
