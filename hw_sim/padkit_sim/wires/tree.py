"""The part of Linux's /sys and /dev by which an agent finds a USB serial adapter, under a root of our own.

    sys/class/tty/ttyUSB0 -> ../../devices/usb1/1-3/1-3:1.0/ttyUSB0/tty/ttyUSB0
    dev/ttyUSB0           -> /dev/pts/N
    dev/.node/ttyUSB0     -> 188:0, for programs under umockdev's preload library

The class link is the last thing to appear and the first to go, so whoever sees it sees a whole device.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

TTY_MAJOR = 188  # ttyUSB


@dataclass(frozen=True, slots=True)
class UsbIdentity:
    """What a USB serial adapter says of itself, and the port (sysfs location) it is plugged into."""

    name: str
    location: str
    vid: int
    pid: int
    serial: str
    product: str
    manufacturer: str = "hw_sim"


class UsbTree:
    """A root directory with `sys` and `dev` in it."""

    def __init__(self, root: Path) -> None:
        self.sys = root / "sys"
        self.dev = root / "dev"
        (self.sys / "class" / "tty").mkdir(parents=True)
        (self.sys / "bus" / "usb-serial").mkdir(parents=True)
        (self.dev / ".node").mkdir(parents=True)

    def add(self, who: UsbIdentity, node: str) -> None:
        """Make the device appear, its node leading to `node`. A device at the same location is replaced."""
        usb, interface = self._usb(who), f"{who.location}:1.0"
        shutil.rmtree(usb, ignore_errors=True)
        port = usb / interface / who.name
        tty = port / "tty" / who.name
        tty.mkdir(parents=True)
        minor = int("".join(filter(str.isdigit, who.name)) or "0")
        _fill(
            usb,
            idVendor=f"{who.vid:04x}",
            idProduct=f"{who.pid:04x}",
            serial=who.serial,
            product=who.product,
            manufacturer=who.manufacturer,
            bNumInterfaces=" 1",
        )
        _fill(usb / interface, bInterfaceNumber="00", interface=who.product)
        _fill(
            tty,
            dev=f"{TTY_MAJOR}:{minor}",
            uevent=f"MAJOR={TTY_MAJOR}\nMINOR={minor}\nDEVNAME={who.name}\nSUBSYSTEM=tty",
        )
        (tty / "device").symlink_to(Path("..", ".."))
        (port / "subsystem").symlink_to(_up(port, self.sys) / "bus" / "usb-serial")
        (tty / "subsystem").symlink_to(_up(tty, self.sys) / "class" / "tty")
        _relink(self.dev / ".node" / who.name, Path(f"{TTY_MAJOR}:{minor}"))
        _relink(self.dev / who.name, Path(node))
        _relink(self._class(who), Path("..", "..", tty.relative_to(self.sys)))

    def remove(self, who: UsbIdentity) -> None:
        """Make the device vanish."""
        self._class(who).unlink(missing_ok=True)
        (self.dev / who.name).unlink(missing_ok=True)
        (self.dev / ".node" / who.name).unlink(missing_ok=True)
        shutil.rmtree(self._usb(who), ignore_errors=True)

    def devpath(self, who: UsbIdentity) -> str:
        """Its path below /sys, as events have it."""
        port = self._usb(who) / f"{who.location}:1.0" / who.name
        return f"/{(port / 'tty' / who.name).relative_to(self.sys)}"

    def _usb(self, who: UsbIdentity) -> Path:
        bus = who.location.partition("-")[0]
        return self.sys / "devices" / f"usb{bus}" / who.location

    def _class(self, who: UsbIdentity) -> Path:
        return self.sys / "class" / "tty" / who.name


def _fill(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / name).write_text(text + "\n", encoding="utf-8")


def _up(folder: Path, top: Path) -> Path:
    """The way from `folder` up to `top`."""
    return Path(*([".."] * len(folder.relative_to(top).parts)))


def _relink(link: Path, target: Path) -> None:
    """Point `link` at `target` in one step."""
    fresh = link.with_name(f".{link.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.replace(link)
