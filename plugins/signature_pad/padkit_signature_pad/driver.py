"""The signature pad: what the port promises, in terms of reports. Knows no wire but `UsbLink`."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from padkit_sdk import BadFrame, DeviceFault, DriverContext, HiddenBytes, HiddenText, PadkitError, Refused, UsbLink
from padkit_sdk.deadline import Deadline
from padkit_sdk.ports import Check, DeviceIdentity, PadCapability, PadLanguage, SelfTest, Signature, SignaturePad
from padkit_sdk.ports.signature_pad import DOCUMENT_HASH_BYTES
from padkit_sdk.signature import BINDING_SCHEME, Scale, binding_of, pack_series
from padkit_signature_pad import protocol as p
from padkit_signature_pad.capture import Capture
from padkit_signature_pad.config import read_config
from padkit_signature_pad.drawing import png, svg
from padkit_signature_pad.exchange import Exchange
from padkit_signature_pad.iso import iso_record
from padkit_signature_pad.layout import Layout
from padkit_signature_pad.pen import Writing
from padkit_signature_pad.png import BadPicture, decode_rgb
from padkit_signature_pad.protocol import Flag, Geometry, Information, Report
from padkit_signature_pad.upload import Upload

OPEN_S = 5.0
ROWS_AT_ONCE = 16  # of a picture, before others have their turn


class StuPad(SignaturePad):
    """A pad of the STU family. A second caller waits for the first, inside its own time."""

    def __init__(
        self, link: UsbLink, context: DriverContext, information: Information, geometry: Geometry, serial: str
    ) -> None:
        self._link = link
        self._context = context
        self._device = context.device
        self._information = information
        self._geometry = geometry
        self._serial = serial
        self._config = read_config(context.settings)
        self._exchange = Exchange(link, context.device)
        self._layout = Layout(geometry)
        self._upload = Upload(link, self._exchange, geometry, information.block, context.emit)
        self._upload.out_endpoint = self._config.image_pipe
        self._turn_lock = asyncio.Lock()

    async def identify(self, *, timeout_s: float) -> DeviceIdentity:
        async with self._turn(timeout_s) as deadline:
            information = p.read_information(await self._exchange.get(Report.INFORMATION, deadline))
            return DeviceIdentity(information.model, self._serial, information.firmware)

    async def self_test(self, *, timeout_s: float) -> SelfTest:
        async with self._turn(timeout_s) as deadline:
            status = await self._exchange.status(deadline)
            again = p.read_capability(await self._exchange.get(Report.CAPABILITY, deadline))
        seen = f"code {status.code:02X}, result {status.result:02X}"
        ready = status.state is p.PadState.READY and not status.result
        size = f"{again.width_px} x {again.height_px} pixels, {again.rate_hz} Hz"
        return SelfTest(
            (Check("pad.status", ready, seen), Check("pad.capability", again == self._geometry, size)),
        )

    async def capability(self) -> PadCapability:
        g = self._geometry
        bits = 24 if Flag.BIT_24 in g.flags else 16 if Flag.BIT_16 in g.flags else 1
        sizes = (g.width_px, g.height_px, g.max_x, g.max_y, g.max_pressure, g.rate_hz, g.resolution_dpi)
        return PadCapability(*sizes, colour_bits=bits, sequenced=True)

    async def show(self, picture: HiddenBytes, *, timeout_s: float) -> None:
        async with self._turn(timeout_s) as deadline:
            rgb = await self._pixels(picture)
            await self._exchange.home(deadline)
            await self._exchange.do(Report.INKING, b"\0", deadline)
            await self._upload_picture(rgb, deadline)

    async def clear(self, *, timeout_s: float) -> None:
        async with self._turn(timeout_s) as deadline:
            await self._exchange.home(deadline)
            await self._exchange.do(Report.INKING, b"\0", deadline)
            await self._exchange.do(Report.CLEAR, b"\0", deadline)

    async def sign(
        self,
        document_hash: bytes,
        *,
        language: PadLanguage = PadLanguage.CHINESE,
        background: HiddenBytes = HiddenBytes(b""),  # noqa: B008 - a frozen value
        timeout_s: float,
    ) -> Signature:
        if len(document_hash) != DOCUMENT_HASH_BYTES:
            told = (
                f"signature pad {self._device}: a document's hash of {len(document_hash)} bytes; give 32 (SM3, SHA-256)"
            )
            raise Refused("signature.document_hash", told)
        async with self._turn(timeout_s) as deadline:
            behind = await self._pixels(background) if background.data else b""
            screen = self._layout.picture(document_hash, language, behind)
            await self._exchange.home(deadline)
            await self._exchange.do(Report.INKING, b"\0", deadline)
            await self._upload_picture(screen, deadline)
            capture = Capture(
                self._link,
                self._exchange,
                self._geometry,
                self._layout,
                self._config,
                self._device,
                self._context.emit,
            )

            async def redraw() -> None:
                if behind:
                    await self._upload_picture(screen, deadline)
                else:
                    await self._exchange.command(p.clear_area(self._layout.ink), deadline)

            writing = await capture.run(redraw, deadline)
        return self._signature(document_hash, writing)

    async def close(self) -> None:
        await self._link.close()

    @asynccontextmanager
    async def _turn(self, timeout_s: float) -> AsyncIterator[Deadline]:
        """Have the pad for oneself; waiting for it is part of `timeout_s`."""
        deadline = Deadline.after(timeout_s, self._context.now_mono_s)
        try:
            async with asyncio.timeout(timeout_s):
                await self._turn_lock.acquire()
        except TimeoutError:
            told = f"signature pad {self._device}: busy for {timeout_s} s; try later"
            raise Refused("pad.busy", told) from None
        try:
            yield deadline
        finally:
            self._turn_lock.release()

    async def _pixels(self, picture: HiddenBytes) -> bytes:
        """R, G, B by rows of exactly the screen's size. Raises `Refused` ``signature.picture``."""
        width, height = self._geometry.width_px, self._geometry.height_px
        if len(picture.data) == width * height * 3:
            return picture.data
        rows = bytearray()
        try:
            for number, row in enumerate(decode_rgb(picture.data, width, height)):
                rows += row
                if number % ROWS_AT_ONCE == 0:
                    await asyncio.sleep(0)
        except BadPicture as exc:
            told = f"signature pad {self._device}: picture refused: {exc}; give a PNG of {width} x {height}"
            raise Refused("signature.picture", told) from exc
        return bytes(rows)

    async def _upload_picture(self, rgb: bytes, deadline: Deadline) -> None:
        try:
            await self._upload.send(rgb, deadline)
        except BadPicture as exc:
            raise DeviceFault("pad.image", f"signature pad {self._device}: {exc}; report it") from exc

    def _signature(self, document_hash: bytes, writing: Writing) -> Signature:
        g, counter = self._geometry, writing.counter
        lost = counter.lost if counter.numbered else None
        scale = Scale(g.max_x, g.max_y, g.max_pressure, g.resolution_dpi, g.rate_hz, lost)
        points = writing.signature()
        series = pack_series(scale, points)
        return Signature(
            document_hash=document_hash,
            series=series,
            iso_record=HiddenBytes(iso_record(scale, points)),
            svg=HiddenText(svg(scale, points)),
            png=HiddenBytes(png(scale, points)),
            binding=binding_of(document_hash, series),
            binding_scheme=BINDING_SCHEME,
            points=len(points),
            strokes=writing.strokes,
            duration_ms=points[-1].time_ms,
            lost=lost,
            repeated=counter.repeated,
        )


async def open_pad(link: UsbLink, context: DriverContext) -> StuPad:
    """A pad that has answered and is READY, whatever was left on it.

    Raises: `LinkLost`, `DeviceFault`, `BadFrame`, `OutcomeUnknown`; `Refused` ``signature.no_sm3``.
    """
    if "sm3" not in hashlib.algorithms_available:
        told = f"signature pad {context.device}: this Python's OpenSSL has no SM3 to bind a signature with; use one that has"
        raise Refused("signature.no_sm3", told)
    exchange = Exchange(link, context.device)
    deadline = Deadline.after(OPEN_S, context.now_mono_s)
    information = p.read_information(await exchange.get(Report.INFORMATION, deadline))
    geometry = p.read_capability(await exchange.get(Report.CAPABILITY, deadline))
    serial = ""
    with suppress(DeviceFault, BadFrame):  # not every firmware has one
        serial = p.read_serial(await exchange.get(Report.SERIAL, deadline))
    with suppress(PadkitError):  # a pad that does not come home is open too; its self-test tells
        await exchange.home(deadline)
    return StuPad(link, context, information, geometry, serial)
