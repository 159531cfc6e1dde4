"""USB devices are found in sysfs by the identity that a driver matches."""

from __future__ import annotations

import pytest

from padkit_sdk import UsbSerial
from padkit_sdk.conformance.port import Trees, find_port
from padkit_sdk.conformance.usb_port import plugged_usb
from padkit_sdk.errors import Refused
from padkit_sdk.links import Usb

READER = Usb(vid=0x05BA, pid=0x000A)


@pytest.fixture
def plug(tmp_path):
    """Show a device in a sysfs tree."""

    def plug(name="1-2", **attributes):
        folder = tmp_path / "sys" / "bus" / "usb" / "devices" / name
        folder.mkdir(parents=True)
        shown = {"idVendor": "05ba", "idProduct": "000a", "busnum": "1", "devnum": "7", "serial": "S-1"} | attributes
        for key, text in shown.items():
            (folder / key).write_text(text + "\n")

    return plug


def found(tmp_path, *matches):
    return list(plugged_usb(matches, tmp_path / "sys", tmp_path / "dev"))


def test_a_device_is_found_with_its_node_and_its_identity(plug, tmp_path):
    plug()
    ((path, match),) = found(tmp_path, READER)
    assert path == tmp_path / "dev" / "bus" / "usb" / "001" / "007"
    assert (match.serial, match.location) == ("S-1", "1-2")
    assert find_port([READER], "", Trees(tmp_path / "sys", tmp_path / "dev")).serial == "S-1"


@pytest.mark.parametrize("match", [Usb(1, 2), Usb(0x05BA, 0x000A, serial="S-2"), Usb(0x05BA, 0x000A, location="1-3")])
def test_another_identity_is_another_device(plug, tmp_path, match):
    plug()
    assert found(tmp_path, match) == []


def test_interfaces_half_a_device_and_serial_adapters_are_passed_over(plug, tmp_path):
    plug("1-2:1.0")
    plug("1-3", devnum="")
    plug("1-4", idVendor="zz")
    assert found(tmp_path, READER) == []
    plug("1-5")
    assert found(tmp_path, UsbSerial(0x05BA, 0x000A, 9_600)) == []


def test_two_that_fit_are_for_people_to_tell_apart(plug, tmp_path):
    plug("1-2")
    plug("1-3", devnum="8")
    with pytest.raises(Refused, match="give --padkit-port"):
        find_port([READER], "", Trees(tmp_path / "sys", tmp_path / "dev"))
