"""The bench: the driver under test, open on its port, beside the hands. A test says its step and what it expects."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from padkit_sdk.conformance.hands import BenchHands
from padkit_sdk.conformance.port import Port
from padkit_sdk.conformance.target import Target
from padkit_sdk.errors import AskAgain, DeviceFault, LinkLost, PadkitError, Refused
from padkit_sdk.links import LINK_KINDS, DeviceEvent, DriverContext
from padkit_sdk.ports import (
    Camera,
    CardDispenser,
    ChipCard,
    Device,
    DocumentReader,
    FaceChecker,
    FingerprintReader,
    IdentityCardReader,
    PinPad,
    SignaturePad,
)

DEVICE = "bench"  # the name that the driver uses for the device in its messages
OPEN_S = 15.0
BACK_S = 20.0  # how long a device that was switched off may take until its port is back
LOOK_S = 5.0  # for every call that moves nothing
MOTION_S = 30.0
MEET_S = 0.02
HALF_WAY_S = 0.5  # into a motion that nobody can watch
PLACES = 3  # innermost lines of a driver's traceback that are shown


class BrokenPromise(AssertionError):
    """The device did not do what its port promises."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What a bench is made from. `find_port` looks anew each time: a port may come back under another name."""

    target: Target
    find_port: Callable[[], Port]
    hands: BenchHands
    now_mono_s: Callable[[], float]


class Bench:
    """One test's view of the device; it is opened anew for each test."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._driver: Device | None = None
        self._port: Port | None = None
        self._step = ""
        self.events: list[DeviceEvent] = []

    # -- who is on the bench

    @property
    def hands(self) -> BenchHands:
        return self._setup.hands

    @property
    def path(self) -> Path:
        """Of the port that was opened last."""
        assert self._port is not None, "the bench was never open"
        return Path(self._port.path)

    @property
    def device(self) -> Device:
        assert self._driver is not None, "the bench is not open"
        return self._driver

    @property
    def box(self) -> CardDispenser:
        return cast(CardDispenser, self.device)

    @property
    def chip(self) -> ChipCard:
        return cast(ChipCard, self.device)

    @property
    def reader(self) -> IdentityCardReader:
        return cast(IdentityCardReader, self.device)

    @property
    def keypad(self) -> PinPad:
        return cast(PinPad, self.device)

    @property
    def finger(self) -> FingerprintReader:
        return cast(FingerprintReader, self.device)

    @property
    def pad(self) -> SignaturePad:
        return cast(SignaturePad, self.device)

    @property
    def documents(self) -> DocumentReader:
        return cast(DocumentReader, self.device)

    @property
    def faces(self) -> FaceChecker:
        return cast(FaceChecker, self.device)

    @property
    def camera(self) -> Camera:
        return cast(Camera, self.device)

    @property
    def ports(self) -> tuple[str, ...]:
        """The ports that the driver under test offers."""
        return self._setup.target.offer.ports

    def now_mono_s(self) -> float:
        return self._setup.now_mono_s()

    # -- what a test says

    def step(self, what: str) -> None:
        """Say what is done next; a failure names it."""
        self._step = what

    def expect(self, what: str, expected: object, got: object) -> None:
        """Hold `got` to be equal to `expected`. Raises `BrokenPromise`."""
        if got != expected:
            raise self.broken(f"{what}: {expected}", str(got))

    def expect_that(self, holds: bool, expected: str, got: object) -> None:  # noqa: FBT001 - reads as a sentence
        """Hold that `holds`. Raises `BrokenPromise`."""
        if not holds:
            raise self.broken(expected, str(got))

    async def expect_error(self, kind: type[PadkitError], name: str, call: Awaitable[object]) -> None:
        """Hold that `call` ends with an error of `kind` whose hint, fault or reason is `name`."""
        expected = " ".join(filter(None, (kind.__name__, name)))
        try:
            result = await call
        except kind as exc:
            if name_of(exc) != name:
                raise self.broken(expected, _told(exc)) from exc
        except PadkitError as exc:
            raise self.broken(expected, _told(exc)) from exc
        else:
            raise self.broken(expected, f"no error, it returned {result!r}")

    async def outcome(self, call: Awaitable[object], *allowed: type[PadkitError]) -> PadkitError | None:
        """The error that `call` ended with, None for none. Any other than `allowed` breaks the promise."""
        try:
            await call
        except allowed as exc:
            return exc
        except PadkitError as exc:
            kinds = " or ".join(kind.__name__ for kind in allowed)
            raise self.broken(f"a true result, or {kinds}", _told(exc)) from exc
        return None

    def broken(self, expected: str, got: str) -> BrokenPromise:
        """The failure of the present step."""
        return BrokenPromise(f"  device    {self}\n  step      {self._step}\n  expected  {expected}\n  got       {got}")

    def __str__(self) -> str:
        return f"{self._setup.target.model} at {self._port or 'no port yet'}"

    # -- what happens around a test

    async def try_out(self, sentence: str, body: Callable[[], Awaitable[None]]) -> str:
        """Tidy up, open, run `body`, close. Return what broke the promise `sentence`, empty when it was kept."""
        try:
            self.step("tidy the bench before the test")
            await asyncio.to_thread(self.hands.tidy)
            await self.open()
            try:
                await body()
            finally:
                await self.close()
        except BrokenPromise as exc:
            return f"broken promise: {sentence}\n{exc}"
        except PadkitError as exc:
            return f"broken promise: {sentence}\n{self.broken('no error', _told(exc))}"
        except Exception as exc:  # noqa: BLE001 - whatever a driver raises is what the test is about
            got = f"{_told(exc)}, raised at {_places(exc)}"
            return f"broken promise: {sentence}\n{self.broken('no error but those of padkit_sdk.errors', got)}"
        return ""

    async def open(self) -> None:
        """Open the link and the driver, as the agent's worker does."""
        self.step("open the link")
        self._port = port = self._setup.find_port()
        target = self._setup.target
        link = await target.openers[LINK_KINDS[type(port.match)]](port.match, Path(port.path))
        self.step("open the driver")
        context = DriverContext(DEVICE, self._setup.now_mono_s, self.events.append, target.settings)
        try:
            async with asyncio.timeout(OPEN_S):
                self._driver = await target.offer.open(link, context)
        except BaseException:
            await link.close()
            raise

    async def close(self) -> None:
        """Close the driver, if it is open."""
        driver, self._driver = self._driver, None
        if driver is not None:
            await driver.close()

    async def cut_power(self) -> None:
        """Switch the device off and on; when that took its port away, wait for it and open the driver again."""
        await asyncio.to_thread(self.hands.cut_power)
        try:
            await self.device.identify(timeout_s=LOOK_S)
        except LinkLost:
            await self.reopen()
        except PadkitError:
            return  # it answers; what it says is for the test

    async def reopen(self) -> None:
        """Open the driver again, as the agent does after a lost link."""
        await self.close()
        until_mono_s = self.now_mono_s() + BACK_S
        while True:
            try:
                return await self.open()
            except (LinkLost, Refused):
                if self.now_mono_s() > until_mono_s:
                    raise
            await asyncio.sleep(MEET_S)

    async def half_way(self, motion: asyncio.Task[object]) -> None:
        """Return while the device carries out `motion`, or when that has ended."""
        if not self.hands.cards():
            await asyncio.wait([motion], timeout=HALF_WAY_S)
            return
        while not motion.done() and not await asyncio.to_thread(self.hands.is_moving):
            await asyncio.wait([motion], timeout=MEET_S)


def name_of(error: PadkitError) -> str:
    """The stable name inside an error, empty for kinds that have none."""
    match error:
        case AskAgain():
            return error.hint
        case DeviceFault():
            return error.fault
        case Refused():
            return error.reason
    return ""


def _told(error: Exception) -> str:
    kind = type(error).__name__
    name = name_of(error) if isinstance(error, PadkitError) else ""
    return f"{kind} {name}: {error}" if name else f"{kind}: {error}"


def _places(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-PLACES:]
    return " > ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames)
