"""One wire that a device can be on, of whatever kind, as it was found."""

from __future__ import annotations

import msgspec


class FoundWire(msgspec.Struct, frozen=True, order=True):
    """A wire that can be opened now.

    `path` is what its link opener opens: a device node, the name of a PC/SC reader, a Bluetooth address, a file. `serial` tells
    it from its like (USB serial number, Bluetooth address), `location` is the sysfs port path (``1-3``), `kind` one of
    `LINK_KINDS`, `services` the UUIDs that a peripheral advertises. `instance` changes when it is plugged anew, also under the
    same name.
    """

    name: str
    path: str
    vid: int = 0
    pid: int = 0
    serial: str = ""
    location: str = ""
    product: str = ""
    instance: tuple[int, int] = (0, 0)
    kind: str = "usb_serial"
    services: tuple[str, ...] = ()
