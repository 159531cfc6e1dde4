"""What libusb's errors mean to a driver: one table for every USB link."""

from __future__ import annotations

import errno
from collections.abc import Mapping

import usb.core

from padkit_sdk.errors import BadFrame, DeviceFault, LinkLost, PadkitError

TIMED_OUT = frozenset({errno.ETIMEDOUT})
GONE: Mapping[int, str] = {
    errno.ENODEV: "no such device; plug it in",
    errno.ESHUTDOWN: "no such device; plug it in",
    errno.ENXIO: "no such device; plug it in",
    errno.ENOENT: "no such device or interface; plug it in",
    errno.EIO: "input/output error; check cable and hub",
    errno.EPROTO: "protocol error; check cable and hub",
    errno.EILSEQ: "garbled on the cable; check cable and hub",
    errno.EACCES: "no right to open it; see the udev rules of the install guide",
    errno.EPERM: "no right to open it; see the udev rules of the install guide",
    errno.EBUSY: "in use by another program; end that one",
}


def timed_out(error: usb.core.USBError) -> bool:
    """Whether the device just did not answer in time."""
    return error.errno in TIMED_OUT


def meaning(error: Exception, where: str, what: str) -> PadkitError:
    """What `error` means, met at `where` (the device) in doing `what`: stalled, too long an answer, or the link is lost."""
    number = error.errno if isinstance(error, usb.core.USBError) else None
    match number:
        case errno.EPIPE:
            return DeviceFault("usb.stall", f"{where}: {what} was refused (STALL); ask for its state", raw="STALL")
        case errno.EOVERFLOW:
            return BadFrame(f"{where}: {what}: the device sent more than was asked for; read more at once")
        case None:
            return LinkLost(f"{where}: {what}: {error}; plug it anew")
        case _:
            return LinkLost(f"{where}: {what}: {GONE.get(number, f'{error}; plug it anew')}")
