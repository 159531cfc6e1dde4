"""A camera over a source of pictures: it passes on what comes, with source and time, and keeps nothing."""

from __future__ import annotations

from padkit_sdk import DriverContext
from padkit_sdk.errors import AskAgain, LinkLost, PadkitError, Refused
from padkit_sdk.links import PicturesLink
from padkit_sdk.ports import Camera, CameraView, Check, DeviceIdentity, Picture, SelfTest
from padkit_sdk.secrets import HiddenBytes

PICTURE = "a picture"


class PictureCamera(Camera):
    """Looks where its settings say; times are those of the worker's steady clock, when a picture had come."""

    def __init__(self, link: PicturesLink, context: DriverContext) -> None:
        self._link = link
        self._context = context
        self._closed = False
        self._views = frozenset(view for view in CameraView if context.settings[view.value])

    async def identify(self, *, timeout_s: float) -> DeviceIdentity:
        if self._closed:
            raise LinkLost(f"{self._context.device}: closed; open it again")
        return DeviceIdentity("pictures", "", "")

    async def self_test(self, *, timeout_s: float) -> SelfTest:
        """Take one picture of each view."""
        each_s = timeout_s * 0.9 / max(1, len(self._views))
        checks = []
        if CameraView.DOCUMENT in self._views:
            seen = await self._seen(CameraView.DOCUMENT, each_s)
            checks.append(Check("camera.document", seen == PICTURE, seen))
        if CameraView.FACE in self._views:
            seen = await self._seen(CameraView.FACE, each_s)
            checks.append(Check("camera.face", seen == PICTURE, seen))
        return SelfTest(tuple(checks))

    async def _seen(self, view: CameraView, timeout_s: float) -> str:
        try:
            await self.take(view, timeout_s=timeout_s)
        except PadkitError as exc:
            return exc.code
        return PICTURE

    async def views(self) -> frozenset[CameraView]:
        return self._views

    async def take(self, view: CameraView, *, timeout_s: float) -> Picture:
        device = self._context.device
        if view not in self._views:
            told = f"{device}: does not look at {view.value}; use another camera, or allow it in its settings"
            raise Refused("camera.view", told)
        data = await self._link.next(view.value, timeout_s=timeout_s)
        if data is None:
            raise AskAgain("camera.no_picture", f"{device}: no picture of {view.value} in {timeout_s:g} s; try again")
        return Picture(HiddenBytes(data), f"camera.{view.value}", self._context.now_mono_s())

    async def close(self) -> None:
        self._closed = True
        await self._link.close()
