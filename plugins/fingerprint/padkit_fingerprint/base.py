"""What both kinds of reader share: one caller at a time, events while a person is waited for, and samples from pictures."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import ParamSpec, TypeVar

from padkit_fingerprint.config import read_config
from padkit_fingerprint.quality import measure
from padkit_fingerprint.templates import find_engine
from padkit_fingerprint.templates.engine import ENGINE, Grey
from padkit_sdk import AskAgain, DeviceEvent, DeviceFault, DriverContext, HiddenBytes, Refused
from padkit_sdk.deadline import Deadline
from padkit_sdk.ports import Finger, FingerprintMatch, FingerprintSample

P = ParamSpec("P")
T = TypeVar("T")
WORK_S = 10.0  # of some 100 ms: a picture that was taken is not lost because its caller's time is over
ADVICE = {
    "finger.dry": "the picture is pale; breathe on the finger or press a little more",
    "finger.wet": "the ridges run into one another; dry the finger and press less",
    "finger.partial": "too little of the finger was seen; cover the window with the fingertip",
    "finger.centre": "the finger lay aside; put it on the middle of the window",
}


class Host:
    """The part of a reader that runs on this machine."""

    def __init__(self, context: DriverContext) -> None:
        self.config = read_config(context.settings)
        self.device = context.device
        self.now_mono_s = context.now_mono_s
        self._emit = context.emit
        self._turn_lock = asyncio.Lock()
        self.engine = find_engine() if self.config.templates else None

    @asynccontextmanager
    async def turn(self, timeout_s: float) -> AsyncIterator[Deadline]:
        """Have the reader for oneself; waiting for it is part of `timeout_s`. Raises `Refused` ``reader.busy``."""
        deadline = Deadline.after(timeout_s, self.now_mono_s)
        if self._turn_lock.locked():
            await self._queue(timeout_s)
        else:
            await self._turn_lock.acquire()
        try:
            yield deadline
        finally:
            self._turn_lock.release()

    async def _queue(self, timeout_s: float) -> None:
        try:
            async with asyncio.timeout(timeout_s):
                await self._turn_lock.acquire()
        except TimeoutError:
            told = f"fingerprint reader {self.device}: busy for {timeout_s} s; try later"
            raise Refused("reader.busy", told) from None

    def tell(self, event: str, **detail: str) -> None:
        """Say what is waited for, for a screen."""
        self._emit(DeviceEvent(event, detail))

    def again(self, hint: str, said: str) -> AskAgain:
        """The request to the person that `hint` stands for."""
        return AskAgain(hint, f"fingerprint reader {self.device}: {said}")

    async def sample(self, finger: Finger, grey: Grey) -> FingerprintSample:
        """The sample of an accepted picture, within `WORK_S`. Raises `AskAgain` for one that is not good enough.

        Raises `DeviceFault` ``finger.templates`` when the template library does not load, or does not answer.
        """
        quality = await self._beside(WORK_S, measure, grey.pixels, grey.width, grey.height)
        if quality.hint:
            raise self.again(quality.hint, ADVICE[quality.hint])
        template = b""
        if self.engine:
            template = await self._beside(WORK_S, self.engine.template, grey, finger, quality.score)
        hidden = HiddenBytes(grey.pixels), HiddenBytes(template)
        return FingerprintSample(finger, hidden[0], grey.width, grey.height, grey.dpi, quality.score, hidden[1])

    async def match(self, first: HiddenBytes, second: HiddenBytes, timeout_s: float) -> FingerprintMatch:
        """Compare two templates. Raises `Refused` ``template.*``, `DeviceFault` ``finger.templates`` as `sample` does."""
        if self.engine is None:
            told = f"fingerprint reader {self.device}: no templates on this machine; compare elsewhere"
            raise Refused("template.unsupported", told)
        score = await self._beside(timeout_s, self.engine.score, first.data, second.data)
        return FingerprintMatch(score, self.config.match_threshold, ENGINE)

    async def _beside(self, limit_s: float, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work` in a thread: the loop answers the heart-beat meanwhile. A cancel leaves the thread to end by itself."""
        try:
            async with asyncio.timeout(limit_s):
                return await asyncio.to_thread(work, *args, **kwargs)
        except TimeoutError:
            told = f"fingerprint reader {self.device}: the template library gave no answer in {limit_s:g} s"
            raise DeviceFault("finger.templates", f"{told}; try again, then start the agent anew") from None
