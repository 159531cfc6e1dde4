"""Serial adapters are found by what sysfs says of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tiny_usb import IDENTITY, Tiny

from padkit_agent.devices.discovery import WireScan
from padkit_sim.wires.usb_tree import UsbDeviceTree, UsbPlace


async def test_an_adapter_is_known_by_its_usb_identity_and_place(kit):
    toy = kit.plug("ttyUSB3", location="1-3.2", serial="T-7")
    (port,) = kit.scan()
    assert (port.name, port.vid, port.pid) == ("ttyUSB3", 0x1209, 0x70E5)
    assert (port.serial, port.location, port.product) == ("T-7", "1-3.2", "Toy")
    assert Path(port.path).resolve() == Path(toy.path)


async def test_ports_come_by_name(kit):
    for number in (1, 0):
        kit.plug(f"ttyUSB{number}", location=f"1-{number + 1}")
    assert [port.name for port in kit.scan()] == ["ttyUSB0", "ttyUSB1"]


async def test_a_replug_is_another_instance(kit):
    toy = kit.plug()
    (before,) = kit.scan()
    kit.unplug(toy)
    assert kit.scan() == ()
    kit.plug("ttyS9", location="1-4", serial="other")
    kit.plug()
    (after,) = [port for port in kit.scan() if port.name == "ttyUSB0"]
    assert before.instance != after.instance


async def test_a_console_without_a_usb_device_is_not_one(kit):
    (kit.root / "sys" / "class" / "tty" / "tty0").mkdir()
    platform = kit.root / "sys" / "class" / "tty" / "ttyS0" / "device"
    platform.mkdir(parents=True)
    assert kit.scan() == ()


async def test_an_adapter_without_a_serial_number_has_an_empty_one(kit):
    kit.plug()
    (kit.root / "sys/devices/usb1/1-3/serial").unlink()
    assert kit.scan()[0].serial == ""


async def test_nonsense_in_an_attribute_hides_that_adapter_only(kit):
    kit.plug("ttyUSB0", location="1-3")
    kit.plug("ttyUSB1", location="1-4")
    (kit.root / "sys/devices/usb1/1-3/idVendor").write_text("zebra\n")
    assert [port.name for port in kit.scan()] == ["ttyUSB1"]


async def test_long_and_odd_attributes_are_cut_and_kept(kit):
    kit.plug()
    (kit.root / "sys/devices/usb1/1-3/serial").write_bytes(b"\xff" * 10_000)
    assert len(kit.scan()[0].serial) == 256


async def test_an_adapter_whose_node_is_not_there_yet_is_not_there(kit):
    kit.plug()
    (kit.root / "dev" / "ttyUSB0").unlink()
    assert kit.scan() == ()


def test_a_machine_without_serial_ports_has_none(tmp_path):
    assert WireScan(tmp_path, tmp_path)() == ()


def test_the_trees_come_from_the_environment():
    assert WireScan.from_environment({}) == WireScan(Path("/sys"), Path("/dev"))
    simulated = {"PADKIT_SYSFS": "/kit/sys", "PADKIT_DEV": "/kit/dev"}
    assert WireScan.from_environment(simulated) == WireScan(Path("/kit/sys"), Path("/kit/dev"))


@pytest.fixture
def machine(tmp_path):
    """A machine with the tiny USB device, shown as the simulator shows it."""
    return UsbMachine(tmp_path)


class UsbMachine:
    def __init__(self, root):
        self._root = root
        self._tree = UsbDeviceTree(root)
        self.scan = WireScan(root / "sys", root / "dev")

    def plug(self, number, **changes):
        place = UsbPlace(replace(IDENTITY, **changes), Tiny.descriptors, number)
        self._tree.node(place).touch()
        self._tree.add(place)
        return place

    def pull(self, place):
        self._tree.remove(place)

    def attribute(self, name):
        return self._root / "sys/devices/usb1/1-2" / name


def test_a_usb_device_is_a_wire_by_its_place_and_number(machine, tmp_path):
    machine.plug(2)
    (wire,) = machine.scan()
    assert (wire.kind, wire.name, wire.location) == ("usb", "1-2", "1-2")
    assert (wire.vid, wire.pid, wire.serial, wire.product) == (0x1209, 1, "TINY-0001", "Tiny")
    assert wire.path == str(tmp_path / "dev/bus/usb/001/002")


def test_a_usb_device_plugged_anew_is_another_instance(machine):
    place = machine.plug(2)
    (before,) = machine.scan()
    machine.pull(place)
    assert machine.scan() == ()
    machine.plug(3)
    (after,) = machine.scan()
    assert before.instance != after.instance


def test_hubs_and_nonsense_are_no_wires(machine):
    machine.plug(2)
    machine.attribute("bDeviceClass").write_text("09\n")
    assert machine.scan() == ()
    machine.attribute("bDeviceClass").write_text("ff\n")
    machine.attribute("devnum").write_text("zebra\n")
    assert machine.scan() == ()
