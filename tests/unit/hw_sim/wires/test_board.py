"""The machine as a folder that looks like sysfs."""

from __future__ import annotations

from padkit_sim.wires import BoardTree


def test_parts_are_where_linux_shows_them(tmp_path):
    board = BoardTree(tmp_path)
    for trait in ("product_uuid", "nic", "disk"):
        board.show(trait, f"value of {trait}")
    assert (tmp_path / "class/dmi/id/product_uuid").read_text() == "value of product_uuid\n"
    assert (tmp_path / "class/net/eth0/address").read_text() == "value of nic\n"
    assert (tmp_path / "class/net/eth0/device").resolve().name == "0000:00:1f.6"
    assert (tmp_path / "class/block/nvme0n1/device/serial").read_text() == "value of disk\n"
    assert (tmp_path / "class/block/nvme0n1/removable").read_text() == "0\n"


def test_a_part_that_is_taken_out_is_not_there(tmp_path):
    board = BoardTree(tmp_path)
    board.show("nic", "00:1b:21:aa:bb:cc")
    board.show("nic", "")
    board.show("disk", "")
    assert not (tmp_path / "class/net/eth0/address").exists()
    assert not (tmp_path / "class/block/nvme0n1/device/serial").exists()
