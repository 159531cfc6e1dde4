"""Index card: which identity-card readers we drive and on which wires they are found."""

from __future__ import annotations

from collections.abc import Sequence

from padkit_back_clip.config import DEFAULTS
from padkit_sdk import ByteLink, DriverContext, DriverOffer, UsbSerial, hookimpl
from padkit_sdk.ports import Device

BAUD = 115_200  # manual 1: 8N1, the modules' default
OPEN_S = 2.5
MATCHES = (
    UsbSerial(vid=0x1209, pid=0x1DCA, baud=BAUD),  # simulated back-clip
    UsbSerial(vid=0x10C4, pid=0x8A1B, baud=BAUD),  # Senter; this and the next two: manual 1, not proved on a unit
    UsbSerial(vid=0x2015, pid=0x0008, baud=BAUD),  # Senrui
    UsbSerial(vid=0x9573, pid=0x4836, baud=BAUD),  # Yishu
)


async def open_reader(link: ByteLink, context: DriverContext) -> Device:
    """A reader that has answered; a module that answers with a fault is open too, its self-test tells."""
    from padkit_back_clip.driver import SamReader

    reader = SamReader(link, context)
    await reader.self_test(timeout_s=OPEN_S)
    return reader


@hookimpl
def padkit_drivers() -> Sequence[DriverOffer]:
    return [DriverOffer("SAM_V", ("identity_card_reader",), MATCHES, open_reader, dict(DEFAULTS))]
