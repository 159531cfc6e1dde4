"""The face checker of this kit: sittings and comparisons in two threads of its own, so that the worker goes on answering.

Models and libraries come in with the first call that needs them.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib.metadata import version
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, TypeVar

from padkit_liveness.config import read_config
from padkit_sdk import DeviceFault, DriverContext, LinkLost, PadkitError, Refused
from padkit_sdk.deadline import Deadline
from padkit_sdk.links import OnboardLink
from padkit_sdk.ports import (
    Check,
    DeviceIdentity,
    FaceChecker,
    FaceMatch,
    FacePlan,
    FaceStep,
    FaceVerdict,
    FrameView,
    Picture,
    Portrait,
    SelfTest,
)

if TYPE_CHECKING:
    from padkit_liveness.eyes import Eyes
    from padkit_liveness.sitting import Sitting

MODEL = "faces"
MODELS = Path(__file__).parent / "models"
WORKERS = 2
TIDY_S = 15.0
FORGOTTEN_S = 60.0  # a sitting without a frame for so long is over
T = TypeVar("T")


class Faces(FaceChecker):
    """`chance` draws plans; it must be one that nobody can foresee, but in tests."""

    def __init__(self, link: OnboardLink, context: DriverContext, chance: Random) -> None:
        self._link, self._context, self._chance = link, context, chance
        self._config = read_config(context.settings)
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix=f"{context.device}-eyes")
        self._eyes: Eyes | None = None
        self._eyes_lock, self._turn_lock = asyncio.Lock(), asyncio.Lock()
        self._sitting: Sitting | None = None
        self._used_mono_s, self._closed = 0.0, False
        self._tidying = asyncio.get_running_loop().create_task(self._tidy(), name=f"{context.device}: tidy")

    async def identify(self, *, timeout_s: float) -> DeviceIdentity:
        self._hold_open()
        return DeviceIdentity(MODEL, "", version("padkit-liveness"))

    async def self_test(self, *, timeout_s: float) -> SelfTest:
        """Load each model there is and let it look at nothing."""
        deadline = Deadline.after(timeout_s, self._context.now_mono_s)
        try:
            eyes = await self._awake(deadline)
        except PadkitError as exc:
            return SelfTest((Check("models", passed=False, seen=exc.code),))
        checks = [await self._check(eyes, name, deadline) for name in eyes.names()]
        seen = "there" if eyes.has_passive else "not available"
        return SelfTest((*checks, Check("models.passive", passed=True, seen=seen)))

    async def begin(self, *, steps: tuple[FaceStep, ...] = (), timeout_s: float) -> FacePlan:
        deadline = Deadline.after(timeout_s, self._context.now_mono_s)
        eyes = await self._awake(deadline)
        from padkit_liveness import plan as plans
        from padkit_liveness.sitting import FRAMES_PER_S, Sitting

        wanted = plans.checked(steps) if steps else plans.drawn(self._chance)
        await self._in_pool(eyes.load, deadline)
        plan = FacePlan(secrets.token_hex(8), wanted, FRAMES_PER_S)
        self._sitting = Sitting(plan, eyes, self._config, replayed=bool(steps))
        self._used_mono_s = self._context.now_mono_s()
        return plan

    async def frame(self, session: str, picture: Picture, *, timeout_s: float) -> FrameView:
        deadline = Deadline.after(timeout_s, self._context.now_mono_s)
        eyes = await self._awake(deadline)
        try:
            async with asyncio.timeout(deadline.left_s()):
                await self._turn_lock.acquire()
        except TimeoutError:
            raise self._late() from None
        try:
            sitting = self._of(session)
            wanted = sitting.expect(picture.at_s)
            look = partial(eyes.frame, picture, wanted.before, sample=wanted.sample, passive=wanted.passive)
            seen = await self._in_pool(look, deadline)
            return self._of(session).take(picture.at_s, seen)
        finally:
            self._turn_lock.release()

    async def finish(self, session: str, *, timeout_s: float) -> FaceVerdict:
        deadline = Deadline.after(timeout_s, self._context.now_mono_s)
        sitting = self._of(session)
        self._sitting = None
        return await self._in_pool(sitting.verdict, deadline)

    async def compare(
        self, face: Picture, portrait_picture: Picture, *, portrait: Portrait, timeout_s: float
    ) -> FaceMatch:
        deadline = Deadline.after(timeout_s, self._context.now_mono_s)
        eyes = await self._awake(deadline)
        from padkit_liveness.comparing import compare

        work = partial(compare, eyes, self._config, face, portrait_picture, portrait)
        return await self._in_pool(work, deadline)

    async def close(self) -> None:
        self._sitting, self._closed = None, True
        self._tidying.cancel()
        self._pool.shutdown(wait=False, cancel_futures=True)
        await self._link.close()

    def _of(self, session: str) -> Sitting:
        sitting = self._sitting
        if sitting is None or sitting.plan.session != session:
            raise Refused("face.session", f"{self._context.device}: no such sitting, or it is over; begin one")
        self._used_mono_s = self._context.now_mono_s()
        return sitting

    async def _awake(self, deadline: Deadline) -> Eyes:
        """The models' shelf and the libraries, at the first call."""
        async with self._eyes_lock:
            if self._eyes is None:
                self._eyes = await self._in_pool(self._open_eyes, deadline)
            return self._eyes

    def _open_eyes(self) -> Eyes:
        from padkit_liveness.eyes import Eyes
        from padkit_vision.engine import Engine
        from padkit_vision.shelf import read_shelf

        shelf = read_shelf(MODELS, self._config.site_models)
        return Eyes(Engine(shelf, self._context.now_mono_s), self._config.embedder)

    async def _check(self, eyes: Eyes, name: str, deadline: Deadline) -> Check:
        try:
            await self._in_pool(partial(eyes.engine.notes, name), deadline)
        except PadkitError as exc:
            return Check(f"model.{name}", passed=False, seen=getattr(exc, "reason", getattr(exc, "fault", exc.code)))
        return Check(f"model.{name}", passed=True, seen=eyes.engine.use(name).sha256)

    async def _in_pool(self, work: Callable[[], T], deadline: Deadline) -> T:
        """Do `work` beside the loop. What is not done in time ends by itself, and its result is dropped."""
        self._hold_open()
        try:
            async with asyncio.timeout(deadline.left_s()):
                return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        except TimeoutError:
            raise self._late() from None
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if (
                task is not None and not task.cancelling()
            ):  # nobody cancelled us: closing dropped what waited for a thread
                self._hold_open()
            raise
        except PadkitError:
            raise
        except MemoryError:
            raise DeviceFault("vision.memory", f"{self._context.device}: no memory; give smaller pictures") from None
        except Exception as exc:
            told = f"{self._context.device}: {type(exc).__name__} while looking; give another picture, and report it"
            raise DeviceFault("vision.engine", told) from exc

    def _hold_open(self) -> None:
        if self._closed:
            raise LinkLost(f"{self._context.device}: closed; open it again")

    def _late(self) -> DeviceFault:
        return DeviceFault("vision.time", f"{self._context.device}: not done in the time given; ask again")

    async def _tidy(self) -> None:
        """Let idle models go, and a sitting that everybody left."""
        while True:
            await asyncio.sleep(TIDY_S)
            if self._context.now_mono_s() - self._used_mono_s > FORGOTTEN_S:
                self._sitting = None
            if self._eyes is not None:
                self._eyes.engine.drop_idle()
