"""The port that the device under test is on: given, or found by its USB identity in sysfs, or by those who look for
its kind; what needs no wire is always there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from padkit_sdk.conformance.air import named_peripheral
from padkit_sdk.conformance.sighted import sighted
from padkit_sdk.conformance.usb_port import plugged_usb
from padkit_sdk.errors import Refused
from padkit_sdk.links import LinkMatch, Onboard, Pcsc, Pictures, UsbSerial

MAX_TEXT = 256  # of one attribute; the USB limit is 126 characters
ONBOARD = "onboard"
UP = 6  # directories between a tty and its USB device, at most


@dataclass(frozen=True, slots=True)
class Trees:
    """Where the devices of this machine, or of a simulated kit, are listed; `cameras` are addresses of sources of pictures."""

    sysfs: Path = Path("/sys")
    dev: Path = Path("/dev")
    cameras: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Port:
    """One device node, or reader, with the match to open it by. `serial` is that of adapter or reader, empty when unknown."""

    path: Path
    match: LinkMatch
    serial: str = ""

    def __str__(self) -> str:
        return f"{self.path} ({self.serial})" if self.serial else str(self.path)


def find_port(matches: Sequence[LinkMatch], given: str, trees: Trees) -> Port:
    """The port `given`, else the one plugged adapter that fits `matches`. Raises `Refused` ``port.*``."""
    usb = (Port(path, match, match.serial) for path, match in plugged_usb(matches, trees.sysfs, trees.dev))
    found = [*_fitting(matches, list(_plugged(trees))), *usb, *_readers(matches)]
    found += _without_wire(matches, given, trees.cameras)
    if on_air := named_peripheral(matches, given):
        return Port(Path(on_air.serial), on_air, on_air.serial)
    if given:
        fitting = [port for port in found if port.path == Path(given)]
        return fitting[0] if fitting else Port(Path(given), matches[0])
    if not found:
        raise Refused("port.missing", "nothing fits by USB identity; give --padkit-port")
    if len(found) > 1:
        raise Refused("port.ambiguous", f"{', '.join(map(str, found))} fit by USB identity; give --padkit-port")
    return found[0]


def _fitting(matches: Sequence[LinkMatch], plugged: Sequence[tuple[Path, UsbSerial]]) -> Iterator[Port]:
    for path, usb in plugged:
        for match in matches:
            same_kind = isinstance(match, UsbSerial) and (match.vid, match.pid) == (usb.vid, usb.pid)
            if same_kind and match.serial in ("", usb.serial) and match.location in ("", usb.location):
                yield Port(path, msgspec.structs.replace(match, serial=usb.serial, location=usb.location), usb.serial)
                break


def _readers(matches: Sequence[LinkMatch]) -> Iterator[Port]:
    wanted = [match for match in matches if isinstance(match, Pcsc)]
    for wire in sighted("pcsc", wanted) if wanted else ():
        for match in wanted:
            if wire.name.startswith(match.reader) and match.serial in ("", wire.serial):
                yield Port(Path(wire.path), msgspec.structs.replace(match, serial=wire.serial), wire.serial)
                break


def _without_wire(matches: Sequence[LinkMatch], given: str, cameras: Sequence[str]) -> Iterator[Port]:
    """This processor; the named sources of pictures, of them the one `given` when there is."""
    for match in matches:
        if isinstance(match, Onboard):
            yield Port(Path(ONBOARD), match)
        if isinstance(match, Pictures):
            for address in cameras:
                if given in ("", address):
                    yield Port(Path(address), msgspec.structs.replace(match, location=address))


def _plugged(trees: Trees) -> Iterator[tuple[Path, UsbSerial]]:
    """Serial adapters by name; what vanishes while we look, or makes no sense, is not there."""
    ports = trees.sysfs / "class" / "tty"
    for port in sorted(ports.iterdir()) if ports.is_dir() else ():
        start = Path(os.path.realpath(port / "device"))
        usb = next((folder for folder in (start, *start.parents[:UP]) if (folder / "idVendor").exists()), None)
        if usb is None:
            continue
        try:
            vid, pid = (int(_attribute(usb, key), 16) for key in ("idVendor", "idProduct"))
        except ValueError:
            continue
        yield trees.dev / port.name, UsbSerial(vid, pid, 0, _attribute(usb, "serial"), usb.name)


def _attribute(folder: Path, name: str) -> str:
    try:
        with (folder / name).open("rb") as file:
            return file.read(MAX_TEXT).decode("utf-8", "replace").strip()
    except OSError:
        return ""
