"""Index card: which vendors' libraries we call and by which file they are found."""

from __future__ import annotations

from collections.abc import Sequence

from padkit_sdk import DriverContext, DriverOffer, Library, hookimpl
from padkit_sdk.links import LibraryLink
from padkit_sdk.ports import Device

OPEN_S = 8.0


async def open_mtx(link: LibraryLink, context: DriverContext) -> Device:
    """A device whose library has opened it and told its version."""
    from padkit_sdk.bridge import BridgedReader
    from padkit_sdk_bridge.mtx import LIBRARY

    reader = BridgedReader(LIBRARY, link, context)
    try:
        await reader.identify(timeout_s=OPEN_S)
    except BaseException:
        await reader.close()
        raise
    return reader


@hookimpl
def padkit_drivers() -> Sequence[DriverOffer]:
    return [DriverOffer("MTX", ("chip_card",), (Library(file="libmtx.so"),), open_mtx)]
