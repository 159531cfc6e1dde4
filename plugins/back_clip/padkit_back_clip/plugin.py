"""Index card: which readers of a back-clip we drive, for identity cards and for bank cards, and on which wires they are found."""

from __future__ import annotations

from collections.abc import Sequence

from padkit_back_clip.config import DEFAULTS
from padkit_sdk import Ble, ByteLink, CardLink, DriverContext, DriverOffer, Pcsc, UsbSerial, hookimpl
from padkit_sdk.ports import Device

BAUD = 115_200  # manual 1: 8N1, the modules' default
OPEN_S = 2.5
MATCHES = (
    UsbSerial(vid=0x1209, pid=0x1DCA, baud=BAUD),  # simulated back-clip
    UsbSerial(vid=0x10C4, pid=0x8A1B, baud=BAUD),  # Senter; this and the next two: manual 1, not proved on a unit
    UsbSerial(vid=0x2015, pid=0x0008, baud=BAUD),  # Senrui
    UsbSerial(vid=0x9573, pid=0x4836, baud=BAUD),  # Yishu
)
OVER_THE_AIR = (
    Ble(  # simulated back-clip: Nordic UART
        service="6e400001-b5a3-f393-e0a9-e50e24dcca9e",
        write="6e400002-b5a3-f393-e0a9-e50e24dcca9e",
        notify="6e400003-b5a3-f393-e0a9-e50e24dcca9e",
    ),
    Ble(  # Routon: manual 1, not proved on a unit
        service="49535343-fe7d-4ae5-8fa9-9fafd205e455",
        write="49535343-8841-43f4-a8d4-ecbe34729bb3",
        notify="49535343-1e4d-4bd9-ba61-23c647249616",
    ),
)
BANK_CARD_MATCHES = (Pcsc(reader=""),)  # every reader that the service knows; with several the kit profile names one

PIN_PADS = (UsbSerial(vid=0x1209, pid=0x5588, baud=BAUD),)  # simulated ZT588; a real one has the adapter of its clip


async def open_reader(link: ByteLink, context: DriverContext) -> Device:
    """A reader that has answered; a module that answers with a fault is open too, its self-test tells."""
    from padkit_back_clip.driver import SamReader

    reader = SamReader(link, context)
    await reader.self_test(timeout_s=OPEN_S)
    return reader


async def open_bank_card_reader(link: CardLink, context: DriverContext) -> Device:
    """A reader whose slot has been looked at; no card is needed."""
    from padkit_back_clip.bank_card import open_bank_card_reader as open_it

    return await open_it(link, context)


async def open_pin_pad(link: ByteLink, context: DriverContext) -> Device:
    """A keypad that has answered and takes no key; one without keys is open too, its self-test tells."""
    from padkit_back_clip.pin_pad import Zt588

    pad = Zt588(link, context)
    await pad.start()
    return pad


@hookimpl
def padkit_drivers() -> Sequence[DriverOffer]:
    return [
        DriverOffer("SAM_V", ("identity_card_reader",), (*MATCHES, *OVER_THE_AIR), open_reader, dict(DEFAULTS)),
        DriverOffer("PCSC", ("chip_card",), BANK_CARD_MATCHES, open_bank_card_reader),
        DriverOffer("ZT588", ("pin_pad",), PIN_PADS, open_pin_pad, {"user_key_file": ""}),
    ]
