"""Traits are read from a folder that looks like sysfs."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_agent.store.vault import Trait, read_traits


def put(sysfs: Path, path: str, text: str | bytes) -> None:
    file = sysfs / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else f"{text}\n".encode())


def plug(sysfs: Path, kind: str, name: str, bus: str = "pci0000:00/0000:00:1f.6") -> Path:
    """Make a class entry with a device behind it, below `bus`."""
    device = sysfs / "devices" / bus
    (device / kind / name).mkdir(parents=True)
    (device / kind / name / "device").symlink_to(device)
    (sysfs / "class" / kind).mkdir(parents=True, exist_ok=True)
    (sysfs / "class" / kind / name).symlink_to(device / kind / name)
    return device


def test_a_whole_machine_is_read_in_a_stable_order(tmp_path: Path) -> None:
    put(tmp_path, "class/dmi/id/board_serial", "MB-77")
    put(tmp_path, "class/dmi/id/product_uuid", "4C4C4544-0044-4A10-8036-B4C04F4B3532")
    put(tmp_path, "firmware/devicetree/base/serial-number", b"10000000abcdef01\0")
    plug(tmp_path, "net", "eth0")
    put(tmp_path, "class/net/eth0/address", "00:1B:21:AA:BB:CC")
    disk = plug(tmp_path, "block", "nvme0n1", "pci0000:00/0000:00:1d.0")
    put(disk, "serial", "S5GX  0123")
    assert read_traits(tmp_path) == (
        Trait("dmi.product_uuid", "4c4c4544-0044-4a10-8036-b4c04f4b3532"),
        Trait("dmi.board_serial", "mb-77"),
        Trait("devicetree", "10000000abcdef01"),
        Trait("disk", "s5gx 0123"),
        Trait("nic", "00:1b:21:aa:bb:cc"),
    )


def test_a_machine_without_any_has_none(tmp_path: Path) -> None:
    assert read_traits(tmp_path) == ()


@pytest.mark.parametrize(
    "value",
    [
        "To be filled by O.E.M.",
        "None",
        "",
        "0",
        "00000000-0000-0000-0000-000000000000",
        "FFFFFFFF",
        "Default string",
        "xx-xx",
    ],
)
def test_a_placeholder_does_not_count(tmp_path: Path, value: str) -> None:
    put(tmp_path, "class/dmi/id/board_serial", value)
    assert read_traits(tmp_path) == ()


def test_a_value_that_stands_twice_counts_once(tmp_path: Path) -> None:
    put(tmp_path, "class/dmi/id/product_serial", "PF-1234")
    put(tmp_path, "class/dmi/id/chassis_serial", "pf-1234")
    assert read_traits(tmp_path) == (Trait("dmi.product_serial", "pf-1234"),)


@pytest.mark.parametrize("address", ["02:fc:00:00:00:01", "01:00:5e:00:00:01", "00:00:00:00:00:00", "00:1b:21", "x"])
def test_an_address_that_no_maker_gave_does_not_count(tmp_path: Path, address: str) -> None:
    plug(tmp_path, "net", "eth0")
    put(tmp_path, "class/net/eth0/address", address)
    assert read_traits(tmp_path) == ()


def test_an_address_drawn_by_chance_does_not_count(tmp_path: Path) -> None:
    plug(tmp_path, "net", "wlan0")
    put(tmp_path, "class/net/wlan0/address", "00:1b:21:aa:bb:cc")
    put(tmp_path, "class/net/wlan0/addr_assign_type", "3")
    assert read_traits(tmp_path) == ()


def test_software_has_no_traits(tmp_path: Path) -> None:
    put(tmp_path, "class/net/br0/address", "00:1b:21:aa:bb:cc")
    put(tmp_path, "class/block/loop0/serial", "LOOP")
    assert read_traits(tmp_path) == ()


def test_what_hangs_on_a_cable_or_can_be_taken_out_does_not_count(tmp_path: Path) -> None:
    plug(tmp_path, "net", "eth1", "pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0")
    put(tmp_path, "class/net/eth1/address", "00:1b:21:aa:bb:cc")
    card = plug(tmp_path, "block", "mmcblk0", "platform/mmc0/mmc0:0001")
    put(card, "serial", "0x1234abcd")
    put(tmp_path, "class/block/mmcblk0/removable", "1")
    assert read_traits(tmp_path) == ()


def test_what_may_not_be_read_is_left_out(tmp_path: Path) -> None:
    put(tmp_path, "class/dmi/id/board_serial", "MB-77")
    (tmp_path / "class/dmi/id/product_uuid").mkdir()  # any error will do; the tests may run as the superuser
    assert [it.kind for it in read_traits(tmp_path)] == ["dmi.board_serial"]


def test_forty_disks_are_not_all_asked_for(tmp_path: Path) -> None:
    for number in range(40):
        put(plug(tmp_path, "block", f"nvme{number}n1", f"pci0000:00/{number}"), "serial", f"SSD-{number}")
    assert len(read_traits(tmp_path)) == 16


@given(raw=st.binary(max_size=600))
def test_whatever_firmware_says_is_text_or_nothing(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    sysfs = tmp_path_factory.mktemp("sys")
    put(sysfs, "class/dmi/id/board_serial", raw)
    assert all(0 < len(it.value) <= 256 for it in read_traits(sysfs))


def test_a_trait_does_not_show_its_value() -> None:
    assert repr(Trait("disk", "S5GX0123")) == "Trait(kind='disk')"
