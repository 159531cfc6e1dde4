"""Index card of the toy."""

from __future__ import annotations

from padkit_sdk import DriverOffer, Onboard, hookimpl


async def open_toy(link, context):
    from padkit_toy_eyes.driver import ToyEyes

    return ToyEyes(link, context.settings)


@hookimpl
def padkit_drivers():
    ports = ("document_reader", "face_checker")
    return [DriverOffer("toy", ports, (Onboard(),), open_toy, {"gate": True})]
