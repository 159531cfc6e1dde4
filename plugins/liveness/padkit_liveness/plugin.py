"""Index card: the kit's own face checker; it needs no wire."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from padkit_liveness.config import DEFAULTS
from padkit_sdk import DriverContext, DriverOffer, Onboard, hookimpl
from padkit_sdk.links import OnboardLink
from padkit_sdk.ports import Device


async def open_faces(link: OnboardLink, context: DriverContext) -> Device:
    """A checker whose settings make sense; no model is loaded yet."""
    from padkit_liveness.driver import Faces

    return Faces(link, context, secrets.SystemRandom())


@hookimpl
def padkit_drivers() -> Sequence[DriverOffer]:
    return [DriverOffer("faces", ("face_checker",), (Onboard(),), open_faces, dict(DEFAULTS))]
