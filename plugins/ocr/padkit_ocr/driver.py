"""The reader as a device: two pictures at a time, others wait inside their own time; nothing is kept, nothing personal told.

What sees is loaded with the first picture, beside the event loop, so that a worker that waits for work stays small.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from padkit_ocr.config import read_config
from padkit_ocr.hands import WORKERS, Hands
from padkit_sdk import DeviceFault, DriverContext, LinkLost, Refused
from padkit_sdk.links import OnboardLink
from padkit_sdk.ports import DeviceIdentity, DocumentReader, DocumentReading, DocumentSide, Picture, SelfTest

if TYPE_CHECKING:
    from padkit_ocr.reading import Reader
    from padkit_vision.engine import Engine

MODELS = Path(__file__).parent / "models"
VERSION = "0.1.0"


class Cards(DocumentReader):
    """Reads the documents whose layouts it knows. Safe to be asked from several tasks."""

    def __init__(self, link: OnboardLink, context: DriverContext) -> None:
        """Raises `Refused` ``setting.type``."""
        self._link = link
        self._context = context
        self._config = read_config(context.settings)
        self._hands = Hands()
        self._places = asyncio.Semaphore(WORKERS)
        self._loading = asyncio.Lock()
        self._sight: tuple[Engine, Reader] | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._closed = False

    async def identify(self, *, timeout_s: float) -> DeviceIdentity:
        if self._closed:
            raise LinkLost(f"{self._context.device}: closed; open it again")
        return DeviceIdentity("cards", "", VERSION)

    async def self_test(self, *, timeout_s: float) -> SelfTest:
        """Load each model, which looks at its sha256, and run it once on a drawn line."""
        async with self._time(timeout_s):
            engine, _ = await self._loaded()
            from padkit_ocr.trial import TRIALS

            return SelfTest(tuple(await self._hands.all([partial(it, engine) for it in TRIALS])))

    async def sides(self) -> frozenset[DocumentSide]:
        return frozenset(DocumentSide)

    async def read(
        self, picture: Picture, *, expected: DocumentSide | None = None, timeout_s: float
    ) -> DocumentReading:
        began_mono_s = self._context.now_mono_s()
        async with self._place(timeout_s):
            left_s = timeout_s - (self._context.now_mono_s() - began_mono_s)
            async with self._time(left_s):
                _, reader = await self._loaded()
                return await reader.read(picture, expected)

    async def close(self) -> None:
        self._closed = True
        if self._keeping:
            self._keeping.cancel()
            await asyncio.wait([self._keeping])
        self._hands.close()
        await self._link.close()

    @asynccontextmanager
    async def _place(self, timeout_s: float) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(timeout_s):
                await self._places.acquire()
        except TimeoutError as exc:
            told = f"{self._context.device}: {WORKERS} pictures are being read, and none was done in {timeout_s:g} s; ask again"
            raise Refused("reader.busy", told) from exc
        try:
            yield
        finally:
            self._places.release()

    @asynccontextmanager
    async def _time(self, timeout_s: float) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(max(timeout_s, 0.0)):
                yield
        except TimeoutError as exc:
            told = f"{self._context.device}: not done in {timeout_s:g} s; ask again, or give it more time"
            raise DeviceFault("vision.time", told) from exc
        except MemoryError as exc:
            told = f"{self._context.device}: no memory for this picture; ask again with a smaller one"
            raise DeviceFault("vision.memory", told) from exc

    async def _loaded(self) -> tuple[Engine, Reader]:
        """What sees, imported and made once, by a hand."""
        async with self._loading:
            if self._sight is None:
                self._sight = await self._hands.do(self._load)
                self._keeping = asyncio.create_task(self._sight[0].keep())
            return self._sight

    def _load(self) -> tuple[Engine, Reader]:
        from padkit_ocr.reading import Reader
        from padkit_vision.engine import Engine
        from padkit_vision.shelf import read_shelf

        engine = Engine(read_shelf(MODELS, self._config.site_models), self._context.now_mono_s)
        return engine, Reader(engine, self._config, self._hands)
