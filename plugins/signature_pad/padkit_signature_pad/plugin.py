"""Index card: which signature pads we drive and on which wires they are found.

Geometry comes from the pad, never from its PID.
"""

from __future__ import annotations

from collections.abc import Sequence

from padkit_sdk import DriverContext, DriverOffer, Usb, UsbLink, hookimpl
from padkit_sdk.ports import Device
from padkit_signature_pad.config import DEFAULTS

WACOM = 0x056A  # manual 1
MATCHES = (
    Usb(vid=WACOM, pid=0x00A4),  # STU-430
    Usb(vid=WACOM, pid=0x00A5),  # STU-530
    Usb(vid=WACOM, pid=0x00A8),  # STU-540
)


async def open_stu(link: UsbLink, context: DriverContext) -> Device:
    """A pad that has answered."""
    from padkit_signature_pad.driver import open_pad

    return await open_pad(link, context)


@hookimpl
def padkit_drivers() -> Sequence[DriverOffer]:
    return [DriverOffer("STU", ("signature_pad",), MATCHES, open_stu, dict(DEFAULTS))]
