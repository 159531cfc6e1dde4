"""Index card of the wrong drivers; the model says what each does wrong."""

from __future__ import annotations

import importlib

from padkit_sdk import DriverOffer, Onboard, UsbSerial, hookimpl

BOX = UsbSerial(vid=0x1209, pid=0xCA4D, baud=38_400)
READER = UsbSerial(vid=0x1209, pid=0x1DCA, baud=115_200)


def opener(name, module="drivers"):
    async def open_wrong(link, context):
        found = importlib.import_module(f"padkit_wrong.{module}")
        return await getattr(found, name)(link, context)

    return open_wrong


@hookimpl
def padkit_drivers():
    sees, here = ("document_reader", "face_checker"), (Onboard(),)
    box, reader = ("card_dispenser",), ("identity_card_reader",)
    return [
        DriverOffer("retracts-by-feeding", box, (BOX,), opener("retracts_by_feeding")),
        DriverOffer("ejects-in-prepare", box, (BOX,), opener("ejects_in_prepare")),
        DriverOffer("stages-again", box, (BOX,), opener("stages_again")),
        DriverOffer("lets-errors-through", box, (BOX,), opener("lets_errors_through")),
        DriverOffer("invents-records", reader, (READER,), opener("invents_records")),
        DriverOffer("keeps-pictures", sees, here, opener("keeps_pictures", "eyes")),
        DriverOffer("reads-anything", sees, here, opener("reads_anything", "eyes")),
        DriverOffer("forgets-no-sitting", sees, here, opener("forgets_no_sitting", "eyes")),
        DriverOffer("mute", box, (BOX,), opener("mute")),
    ]
