"""USB devices in sysfs that fit a driver's matches: the node to open, and the match with the identity that was found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from padkit_sdk.links import LinkMatch, Usb

MAX_TEXT = 256  # of one attribute; the USB limit is 126 characters


def plugged_usb(matches: Sequence[LinkMatch], sysfs: Path, dev: Path) -> Iterator[tuple[Path, Usb]]:
    """Each plugged device with the first match that fits it; what vanishes while we look is not there."""
    wanted = [match for match in matches if isinstance(match, Usb)]
    folders = sysfs / "bus" / "usb" / "devices"
    if not wanted or not folders.is_dir():
        return
    for folder in sorted(it for it in folders.iterdir() if ":" not in it.name):
        try:
            vid, pid = (int(_text(folder, name), 16) for name in ("idVendor", "idProduct"))
            bus, number = (int(_text(folder, name)) for name in ("busnum", "devnum"))
            serial = _text(folder, "serial")
        except (OSError, ValueError):
            continue
        for match in wanted:
            same = (match.vid, match.pid) == (vid, pid)
            if same and match.serial in ("", serial) and match.location in ("", folder.name):
                found = msgspec.structs.replace(match, serial=serial, location=folder.name)
                yield dev / "bus" / "usb" / f"{bus:03}" / f"{number:03}", found
                break


def _text(folder: Path, name: str) -> str:
    """One attribute, empty when the device has none."""
    path = folder / name
    if not path.exists():
        return ""
    with path.open("rb") as file:
        return file.read(MAX_TEXT).decode("utf-8", "replace").strip()
