"""A private copy of Debian's CCID driver for pcscd that knows the ids of a kit's readers."""

from __future__ import annotations

import plistlib
import shutil
from collections.abc import Iterable
from pathlib import Path

from padkit_sim.errors import SimRefused
from padkit_sim.wires import UsbIdentity

DRIVERS = Path("/usr/lib/pcsc/drivers")
BUNDLE = "ifd-ccid.bundle"
VENDORS, PRODUCTS, NAMES = "ifdVendorID", "ifdProductID", "ifdFriendlyName"


def copy_bundle(readers: Iterable[UsbIdentity], folder: Path) -> None:
    """Fill `folder`, new, with the driver for `readers` alone. Raises `SimRefused`.

    Links are followed: the bundle's list of ids is one into ``/etc``, which must stay as it is.
    """
    try:
        shutil.copytree(DRIVERS / BUNDLE, folder / BUNDLE, symlinks=False)
        place = folder / BUNDLE / "Contents" / "Info.plist"
        facts = plistlib.loads(place.read_bytes())
    except OSError as exc:
        raise SimRefused(f"{DRIVERS / BUNDLE}: {exc.strerror or exc}; install the Debian package libccid") from exc
    readers = list(readers)
    facts[VENDORS] = [f"0x{it.vid:04X}" for it in readers]
    facts[PRODUCTS] = [f"0x{it.pid:04X}" for it in readers]
    facts[NAMES] = [f"{it.manufacturer} {it.product}" for it in readers]
    place.write_bytes(plistlib.dumps(facts))


def known_to_driver(reader: UsbIdentity) -> bool:
    """Whether the driver as installed drives a reader with these ids."""
    try:
        facts = plistlib.loads((DRIVERS / BUNDLE / "Contents" / "Info.plist").read_bytes())
    except OSError:
        return False
    ids = zip(facts[VENDORS], facts[PRODUCTS], strict=True)
    return (reader.vid, reader.pid) in {(int(vid, 16), int(pid, 16)) for vid, pid in ids}
