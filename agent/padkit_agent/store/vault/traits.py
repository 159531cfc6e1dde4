"""What marks this machine out, read below a sysfs root: DMI ids, device-tree serial, network cards, disks.

Parts that come and go (USB sticks and adapters, removable media) and parts made of software (loop, bridge, VLAN) do not count,
nor do the words that a maker left where a serial number belongs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

MAX_VALUE = 256
MAX_TRAITS = 16  # a machine with forty disks is not asked for each
DMI = ("product_uuid", "product_serial", "board_serial", "chassis_serial")
DISK_FILES = ("device/serial", "device/wwid", "serial", "wwid")
UNIVERSAL = re.compile(r"[0-9a-f][048c](:[0-9a-f]{2}){5}")  # neither made up on the machine nor for a group
PLACEHOLDERS = frozenset(
    {
        "03000200-0400-0500-0006-000700080009",  # the sample UUID of a firmware kit, shipped by many
        "0123456789",
        "123456789",
        "base board serial number",
        "chassis serial number",
        "default string",
        "default_string",
        "empty",
        "invalid",
        "n/a",
        "none",
        "not applicable",
        "not available",
        "not specified",
        "null",
        "o.e.m.",
        "oem",
        "system serial number",
        "to be filled by o.e.m.",
        "to be filled by oem",
        "unknown",
    }
)


@dataclass(frozen=True, slots=True)
class Trait:
    """One mark of the machine: what it is of (``dmi.product_uuid``, ``nic``, ``disk``), and its value."""

    kind: str
    value: str = field(repr=False)


def read_traits(sysfs: Path) -> tuple[Trait, ...]:
    """Return the machine's traits, the steadiest kinds first; a value that stands twice counts once.

    What cannot be read (some DMI ids are the superuser's) is left out.
    """
    found: dict[str, Trait] = {}
    for kind, value in (*_firmware(sysfs), *_disks(sysfs), *_cards(sysfs)):
        if _counts(value):
            found.setdefault(value, Trait(kind, value))
    return tuple(found.values())[:MAX_TRAITS]


def _firmware(sysfs: Path) -> Iterator[tuple[str, str]]:
    for name in DMI:
        yield f"dmi.{name}", _text(sysfs / "class" / "dmi" / "id" / name)
    yield "devicetree", _text(sysfs / "firmware" / "devicetree" / "base" / "serial-number")


def _disks(sysfs: Path) -> Iterator[tuple[str, str]]:
    for disk in _real(sysfs / "class" / "block"):
        if _text(disk / "removable") != "1":
            yield "disk", next(filter(_counts, (_text(disk / name) for name in DISK_FILES)), "")


def _cards(sysfs: Path) -> Iterator[tuple[str, str]]:
    for card in _real(sysfs / "class" / "net"):
        address = _text(card / "address")
        if UNIVERSAL.fullmatch(address) and _text(card / "addr_assign_type") in ("", "0"):
            yield "nic", address


def _real(folder: Path) -> Iterator[Path]:
    """Yield what has a device behind it that is built in, by name."""
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return
    for entry in entries:
        device = entry / "device"
        if device.exists() and not any(part.startswith("usb") for part in device.resolve().parts):
            yield entry


def _text(path: Path) -> str:
    """Return a file's text in the one spelling that is compared, nothing when there is none."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_VALUE)
    except OSError:
        return ""
    return " ".join(raw.replace(b"\0", b" ").decode("utf-8", "replace").split()).lower()


def _counts(value: str) -> bool:
    plain = re.sub(r"[\W_]", "", value)
    return len(set(plain)) > 1 and value not in PLACEHOLDERS
