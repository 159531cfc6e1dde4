"""The tree by which an agent finds an adapter."""

from __future__ import annotations

from dataclasses import replace

import pytest

from padkit_sim.wires import UsbIdentity, UsbTree

BOX = UsbIdentity("ttyUSB0", "1-3", 0x1209, 0xCA4D, "CDB-0001", "Card box")


def usb_device(link):
    """Walk up from the class link to the directory with the USB ids, as Linux programs do."""
    folder = (link / "device").resolve()
    while not (folder / "idVendor").exists():
        folder = folder.parent
    return folder


@pytest.fixture
def tree(tmp_path):
    return UsbTree(tmp_path)


def test_an_adapter_is_found_with_its_identity_and_place(tree):
    tree.add(BOX, "/dev/null")
    link = tree.sys / "class" / "tty" / "ttyUSB0"
    usb = usb_device(link)
    assert usb.name == "1-3"
    read = {
        name: (usb / name).read_text().strip()
        for name in ("idVendor", "idProduct", "serial", "product", "manufacturer")
    }
    assert read == {
        "idVendor": "1209",
        "idProduct": "ca4d",
        "serial": "CDB-0001",
        "product": "Card box",
        "manufacturer": "hw_sim",
    }
    assert (link / "dev").read_text() == "188:0\n"
    assert "DEVNAME=ttyUSB0" in (link / "uevent").read_text()
    assert str((tree.dev / "ttyUSB0").readlink()) == "/dev/null"


def test_the_links_are_relative_so_the_tree_can_be_mounted_elsewhere(tree):
    tree.add(BOX, "/dev/null")
    target = (tree.sys / "class" / "tty" / "ttyUSB0").readlink()
    assert str(target) == "../../devices/usb1/1-3/1-3:1.0/ttyUSB0/tty/ttyUSB0"


def test_the_third_ancestor_of_the_port_is_not_needed(tree):
    tree.add(BOX, "/dev/null")
    port = (tree.sys / "class" / "tty" / "ttyUSB0" / "device").resolve()
    assert port.name == "ttyUSB0"
    assert (port.parent.parent / "idVendor").exists()


def test_an_unplugged_adapter_leaves_nothing(tree):
    tree.add(BOX, "/dev/null")
    tree.remove(BOX)
    assert list((tree.sys / "class" / "tty").iterdir()) == []
    assert list(tree.dev.rglob("*")) == [tree.dev / ".node"]
    assert not (tree.sys / "devices" / "usb1" / "1-3").exists()


def test_another_device_at_the_same_place_replaces_the_first(tree):
    tree.add(BOX, "/dev/null")
    tree.add(replace(BOX, serial="CDB-0002"), "/dev/zero")
    assert (usb_device(tree.sys / "class" / "tty" / "ttyUSB0") / "serial").read_text() == "CDB-0002\n"
    assert str((tree.dev / "ttyUSB0").readlink()) == "/dev/zero"


def test_two_adapters_stand_side_by_side(tree):
    tree.add(BOX, "/dev/null")
    tree.add(replace(BOX, name="ttyUSB1", location="1-4.2", serial="CLIP-0001"), "/dev/zero")
    assert {usb_device(link).name for link in (tree.sys / "class" / "tty").iterdir()} == {"1-3", "1-4.2"}
