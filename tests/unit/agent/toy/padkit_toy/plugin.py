"""Index card of the toy box."""

from __future__ import annotations

from collections.abc import Sequence

from padkit_sdk import ByteLink, DriverContext, DriverOffer, UsbSerial, hookimpl
from padkit_sdk.ports import Device


async def open_toy(link: ByteLink, context: DriverContext) -> Device:
    from padkit_toy.driver import Toy

    toy = Toy(link, context)
    await toy.greet()
    return toy


@hookimpl
def padkit_drivers() -> Sequence[DriverOffer]:
    match = UsbSerial(vid=0x1209, pid=0x70E5, baud=9_600)
    return [DriverOffer("toy", ("card_dispenser",), (match,), open_toy, {"patience_s": 5.0, "label": ""})]
