"""Index card of the wrong drivers; the model says what each does wrong."""

from __future__ import annotations

from padkit_sdk import DriverOffer, UsbSerial, hookimpl

BOX = UsbSerial(vid=0x1209, pid=0xCA4D, baud=38_400)
READER = UsbSerial(vid=0x1209, pid=0x1DCA, baud=115_200)


def opener(name):
    async def open_wrong(link, context):
        from padkit_wrong import drivers

        return await getattr(drivers, name)(link, context)

    return open_wrong


@hookimpl
def padkit_drivers():
    box, reader = ("card_dispenser",), ("identity_card_reader",)
    return [
        DriverOffer("retracts-by-feeding", box, (BOX,), opener("retracts_by_feeding")),
        DriverOffer("ejects-in-prepare", box, (BOX,), opener("ejects_in_prepare")),
        DriverOffer("stages-again", box, (BOX,), opener("stages_again")),
        DriverOffer("lets-errors-through", box, (BOX,), opener("lets_errors_through")),
        DriverOffer("invents-records", reader, (READER,), opener("invents_records")),
        DriverOffer("mute", box, (BOX,), opener("mute")),
    ]
