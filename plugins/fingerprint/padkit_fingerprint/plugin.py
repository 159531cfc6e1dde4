"""Index card: which fingerprint readers we drive and on which wires they are found."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from functools import partial

from padkit_fingerprint.config import DEFAULTS, R30X_DEFAULTS
from padkit_sdk import ByteLink, DriverContext, DriverOffer, Usb, UsbLink, UsbSerial, hookimpl
from padkit_sdk.ports import Device

OPEN_S = 5.0
URU = (Usb(vid=0x05BA, pid=0x000A),)  # manual 1: U.are.U 4000B and 4500
MODULES = (UsbSerial(vid=0x1209, pid=0xF3A0, baud=57_600),)  # simulated; a real one is named in the kit profile


async def open_uru4500(link: UsbLink, context: DriverContext) -> Device:
    """A reader that is powered up."""
    from padkit_fingerprint.uru4500.driver import Uru4500

    reader = Uru4500(link, context, secrets.randbits)
    await reader.start(timeout_s=OPEN_S)
    return reader


async def open_module(model: str, link: ByteLink, context: DriverContext) -> Device:
    """A module that has taken our password."""
    from padkit_fingerprint.r30x.driver import R30x

    module = R30x(link, context, model)
    await module.start(timeout_s=OPEN_S)
    return module


@hookimpl
def padkit_drivers() -> Sequence[DriverOffer]:
    port = ("fingerprint_reader",)
    return [
        DriverOffer("U.are.U 4500", port, URU, open_uru4500, dict(DEFAULTS)),
        *(DriverOffer(it, port, MODULES, partial(open_module, it), dict(R30X_DEFAULTS)) for it in ("R30x", "R503")),
    ]
