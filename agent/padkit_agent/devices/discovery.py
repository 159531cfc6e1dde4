"""Which serial adapters and USB devices are plugged in, read from sysfs. Opens no device node: names, identity, place only."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from padkit_agent.core.found import FoundWire

MAX_TEXT = 256  # of one attribute; the USB limit is 126 characters
HUB = "09"  # bDeviceClass
UP = 6  # directories between a tty and its USB device, at most


@dataclass(frozen=True, slots=True)
class WireScan:
    """Looks at one sysfs and one dev tree."""

    sysfs: Path
    dev: Path

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> WireScan:
        """The trees of this machine, or of a simulated kit (``PADKIT_SYSFS``, ``PADKIT_DEV``)."""
        return cls(Path(environ.get("PADKIT_SYSFS", "/sys")), Path(environ.get("PADKIT_DEV", "/dev")))

    def __call__(self) -> tuple[FoundWire, ...]:
        """What is plugged in now, by name. What vanishes while we look, or makes no sense, is not there."""
        ttys = (self._tty(name) for name in _names(self.sysfs / "class" / "tty"))
        usbs = (self._usb(name) for name in _names(self.sysfs / "bus" / "usb" / "devices") if ":" not in name)
        return tuple(sorted(wire for wire in (*ttys, *usbs) if wire is not None))

    def _usb(self, name: str) -> FoundWire | None:
        """A whole USB device, unless it is a hub; its node's path is named by bus and number."""
        folder = self.sysfs / "bus" / "usb" / "devices" / name
        try:
            bus, number = int(_attribute(folder, "busnum")), int(_attribute(folder, "devnum"))
            path = self.dev / "bus" / "usb" / f"{bus:03}" / f"{number:03}"
            if _attribute(folder, "bDeviceClass") == HUB or not path.exists():
                return None
            return FoundWire(
                name=name,
                path=str(path),
                vid=int(_attribute(folder, "idVendor"), 16),
                pid=int(_attribute(folder, "idProduct"), 16),
                serial=_attribute(folder, "serial"),
                location=name,
                product=_attribute(folder, "product"),
                instance=(folder.stat().st_ino, number),
                kind="usb",
            )
        except (OSError, ValueError):
            return None

    def _tty(self, name: str) -> FoundWire | None:
        interface = self.sysfs / "class" / "tty" / name / "device"
        try:
            usb = _usb_device(Path(os.path.realpath(interface, strict=True)))
            if usb is None:
                return None
            return FoundWire(
                name=name,
                path=str(self.dev / name),
                vid=int(_attribute(usb, "idVendor"), 16),
                pid=int(_attribute(usb, "idProduct"), 16),
                serial=_attribute(usb, "serial"),
                location=usb.name,
                product=_attribute(usb, "product"),
                instance=(interface.stat().st_ino, (self.dev / name).stat().st_rdev),
            )
        except (OSError, ValueError):
            return None


def _names(folder: Path) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            yield from [entry.name for entry in entries]
    except OSError:
        return


def _usb_device(start: Path) -> Path | None:
    """The first directory upwards that is a USB device."""
    for folder in (start, *start.parents[:UP]):
        if (folder / "idVendor").exists():
            return folder
    return None


def _attribute(folder: Path, name: str) -> str:
    """One attribute's text, empty when the device has none."""
    try:
        with (folder / name).open("rb") as file:
            return file.read(MAX_TEXT).decode("utf-8", "replace").strip()
    except FileNotFoundError:
        return ""
