"""Serial adapters are found by what sysfs says of them."""

from __future__ import annotations

from pathlib import Path

from padkit_agent.devices.discovery import SerialScan


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
    assert SerialScan(tmp_path, tmp_path)() == ()


def test_the_trees_come_from_the_environment():
    assert SerialScan.from_environment({}) == SerialScan(Path("/sys"), Path("/dev"))
    simulated = {"PADKIT_SYSFS": "/kit/sys", "PADKIT_DEV": "/kit/dev"}
    assert SerialScan.from_environment(simulated) == SerialScan(Path("/kit/sys"), Path("/kit/dev"))
