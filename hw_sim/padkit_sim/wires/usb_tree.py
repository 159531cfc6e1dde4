"""The part of Linux's /sys by which libusb, libudev and an agent find a USB device, under a root of our own.

    sys/bus/usb/devices/1-2      -> ../../../devices/usb1/1-2
    sys/bus/usb/devices/1-2:1.0  -> ../../../devices/usb1/1-2/1-2:1.0
    dev/bus/usb/001/002          the node
    dev/.node/bus_usb_001_002    -> 189:1, from which umockdev tells that the node is a character device

The link of the device is the last thing to appear and the first to go.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from padkit_sim.devices.usb import Descriptors
from padkit_sim.wires.tree import UsbIdentity

USB_MAJOR = 189
MINORS_A_BUS = 128


@dataclass(frozen=True, slots=True)
class UsbPlace:
    """Where a plugged device is: its number on the bus, and what it shows there."""

    identity: UsbIdentity
    descriptors: Descriptors
    number: int

    @property
    def bus(self) -> int:
        return int(self.identity.location.partition("-")[0])

    @property
    def node(self) -> str:
        """Its path below /dev."""
        return f"bus/usb/{self.bus:03}/{self.number:03}"

    @property
    def minor(self) -> int:
        return (self.bus - 1) * MINORS_A_BUS + self.number - 1

    @property
    def devpath(self) -> str:
        """Its path below /sys."""
        return f"/devices/usb{self.bus}/{self.identity.location}"

    @property
    def product(self) -> str:
        """As PRODUCT= in a uevent."""
        return f"{self.identity.vid:x}/{self.identity.pid:x}/{self.descriptors.release:x}"

    def interfaces(self) -> tuple[str, ...]:
        """Names of its interfaces in sysfs."""
        return tuple(f"{self.identity.location}:1.{it.number}" for it in self.descriptors.interfaces)


class UsbDeviceTree:
    """Shows USB devices below `root`; their nodes are made by whoever plays them."""

    def __init__(self, root: Path) -> None:
        self._sys, self._dev = root / "sys", root / "dev"
        self._links = self._sys / "bus" / "usb" / "devices"
        for folder in (self._links, self._dev / ".node"):
            folder.mkdir(parents=True, exist_ok=True)

    def node(self, place: UsbPlace) -> Path:
        """Where the node belongs."""
        path = self._dev / place.node
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def add(self, place: UsbPlace) -> None:
        """Make a device appear whose node is there."""
        who, shown = place.identity, place.descriptors
        folder = self._sys / place.devpath[1:]
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        _fill(
            folder,
            idVendor=f"{who.vid:04x}",
            idProduct=f"{who.pid:04x}",
            bcdDevice=f"{shown.release:04x}",
            serial=who.serial,
            product=who.product,
            manufacturer=who.manufacturer,
            busnum=place.bus,
            devnum=place.number,
            devpath=who.location.partition("-")[2],
            dev=f"{USB_MAJOR}:{place.minor}",
            speed=shown.speed,
            bConfigurationValue=1,
            bNumConfigurations=1,
            bNumInterfaces=f"{len(shown.interfaces):2}",
            bDeviceClass=f"{shown.device_class:02x}",
            uevent=_uevent(
                MAJOR=USB_MAJOR,
                MINOR=place.minor,
                DEVNAME=place.node,
                DEVTYPE="usb_device",
                DRIVER="usb",
                PRODUCT=place.product,
                TYPE=f"{shown.device_class}/0/0",
                BUSNUM=f"{place.bus:03}",
                DEVNUM=f"{place.number:03}",
            ),
        )
        (folder / "descriptors").write_bytes(shown.device(who.vid, who.pid) + shown.configuration())
        (folder / "subsystem").symlink_to(_up(folder, self._sys) / "bus" / "usb")
        for name, interface in zip(place.interfaces(), shown.interfaces, strict=True):
            kind = (interface.class_, interface.subclass, interface.protocol)
            child = folder / name
            child.mkdir()
            _fill(
                child,
                bInterfaceNumber=f"{interface.number:02x}",
                bInterfaceClass=f"{kind[0]:02x}",
                bInterfaceSubClass=f"{kind[1]:02x}",
                bInterfaceProtocol=f"{kind[2]:02x}",
                bAlternateSetting=" 0",
                bNumEndpoints=f"{len(interface.endpoints):02x}",
                uevent=_uevent(DEVTYPE="usb_interface", PRODUCT=place.product, INTERFACE="/".join(map(str, kind))),
            )
            (child / "subsystem").symlink_to(_up(child, self._sys) / "bus" / "usb")
            (self._links / name).symlink_to(Path("..", "..", "..", child.relative_to(self._sys)))
        self._mark(place).symlink_to(f"{USB_MAJOR}:{place.minor}")
        (self._links / who.location).symlink_to(Path("..", "..", "..", folder.relative_to(self._sys)))

    def remove(self, place: UsbPlace) -> None:
        """Make a device vanish, its node too."""
        for name in (place.identity.location, *place.interfaces()):
            (self._links / name).unlink(missing_ok=True)
        self._mark(place).unlink(missing_ok=True)
        self.node(place).unlink(missing_ok=True)
        shutil.rmtree(self._sys / place.devpath[1:], ignore_errors=True)

    def _mark(self, place: UsbPlace) -> Path:
        return self._dev / ".node" / place.node.replace("/", "_")


def _uevent(**lines: str | int) -> str:
    return "\n".join(f"{key}={value}" for key, value in lines.items())


def _up(folder: Path, top: Path) -> Path:
    return Path(*([".."] * len(folder.relative_to(top).parts)))


def _fill(folder: Path, **files: str | int) -> None:
    for name, value in files.items():
        (folder / name).write_text(f"{value}\n", encoding="utf-8")
