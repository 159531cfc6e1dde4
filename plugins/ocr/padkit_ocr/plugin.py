"""Index card: documents are read on the kit's own processor."""

from __future__ import annotations

from collections.abc import Sequence

from padkit_ocr.config import DEFAULTS
from padkit_sdk import DriverContext, DriverOffer, hookimpl
from padkit_sdk.links import Onboard, OnboardLink
from padkit_sdk.ports import Device


async def open_cards(link: OnboardLink, context: DriverContext) -> Device:
    """A reader that has loaded nothing yet; its models come with the first picture."""
    from padkit_ocr.driver import Cards

    return Cards(link, context)


@hookimpl
def padkit_drivers() -> Sequence[DriverOffer]:
    return [DriverOffer("cards", ("document_reader",), (Onboard(),), open_cards, dict(DEFAULTS))]
