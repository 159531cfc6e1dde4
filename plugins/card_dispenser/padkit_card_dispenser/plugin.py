"""Index card: which card boxes we drive and on which wires they are found."""

from __future__ import annotations

from collections.abc import Sequence

from padkit_card_dispenser.config import DEFAULTS
from padkit_card_dispenser.crt541.config import DEFAULTS as CRT541_DEFAULTS
from padkit_sdk import ByteLink, DriverContext, DriverOffer, UsbSerial, hookimpl
from padkit_sdk.ports import Device

# Simulated boxes; the manuals name no bridge of a real one.
MATCHES = (UsbSerial(vid=0x1209, pid=0xCA4D, baud=38_400),)
CRT541_MATCHES = (UsbSerial(vid=0x1209, pid=0xE541, baud=9_600),)


async def open_crt591(link: ByteLink, context: DriverContext) -> Device:
    """A box that has answered; one that lost power is open too, its status tells."""
    from padkit_card_dispenser.driver import open_driver

    return await open_driver(link, context)


async def open_crt541(link: ByteLink, context: DriverContext) -> Device:
    """A box that only ejects and has answered."""
    from padkit_card_dispenser.crt541.driver import open_driver

    return await open_driver(link, context)


@hookimpl
def padkit_drivers() -> Sequence[DriverOffer]:
    return [
        DriverOffer("CRT-591", ("card_dispenser", "chip_card"), MATCHES, open_crt591, dict(DEFAULTS)),
        DriverOffer("CRT-541", ("card_dispenser",), CRT541_MATCHES, open_crt541, dict(CRT541_DEFAULTS)),
    ]
