"""Index card: any source of pictures that the agent's settings name."""

from __future__ import annotations

from collections.abc import Sequence

from padkit_sdk import DriverContext, DriverOffer, Pictures, hookimpl
from padkit_sdk.links import PicturesLink
from padkit_sdk.ports import Device


async def open_camera(link: PicturesLink, context: DriverContext) -> Device:
    """A camera whose source is there; no picture is taken."""
    from padkit_camera.driver import PictureCamera

    return PictureCamera(link, context)


@hookimpl
def padkit_drivers() -> Sequence[DriverOffer]:
    return [DriverOffer("pictures", ("camera",), (Pictures(),), open_camera, {"document": True, "face": True})]
