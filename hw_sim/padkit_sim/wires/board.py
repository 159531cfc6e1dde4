"""The part of Linux's /sys by which a machine is told from another: DMI ids, a network card, a disk, under a root of our own.

sys/class/dmi/id/product_uuid
sys/class/net/eth0       -> ../../devices/pci0000:00/0000:00:1f.6/net/eth0          (address, device)
sys/class/block/nvme0n1  -> ../../devices/pci0000:00/0000:00:1d.0/nvme/nvme0/nvme0n1 (device, which holds serial)
"""

from __future__ import annotations

from pathlib import Path

NIC = Path("devices", "pci0000:00", "0000:00:1f.6", "net", "eth0")
DISK = Path("devices", "pci0000:00", "0000:00:1d.0", "nvme", "nvme0", "nvme0n1")


class BoardTree:
    """Shows a machine's traits below the `sys` it is given."""

    def __init__(self, sys: Path) -> None:
        self._dmi = sys / "class" / "dmi" / "id"
        self._dmi.mkdir(parents=True)
        self._nic, self._disk = sys / NIC, sys / DISK
        for name, place, device in (("net", NIC, Path("..", "..")), ("block", DISK, Path(".."))):
            (sys / place).mkdir(parents=True)
            (sys / place / "device").symlink_to(device)
            (sys / "class" / name).mkdir()
            (sys / "class" / name / place.name).symlink_to(Path("..", "..", place))
        (self._nic / "addr_assign_type").write_text("0\n")
        (self._disk / "removable").write_text("0\n")

    def show(self, trait: str, value: str) -> None:
        """Let `trait` have `value`, as one change; an empty one is not there."""
        path = self._path(trait)
        if not value:
            path.unlink(missing_ok=True)
            return
        fresh = path.with_name(f".{path.name}.new")
        fresh.write_text(value + "\n", encoding="utf-8")
        fresh.replace(path)

    def _path(self, trait: str) -> Path:
        if trait == "nic":
            return self._nic / "address"
        return self._disk.parent / "serial" if trait == "disk" else self._dmi / trait
