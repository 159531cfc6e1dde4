"""The U.are.U 4500 as a fingerprint reader: what the port promises. Knows no wire but `UsbLink`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack

from padkit_fingerprint.base import Host
from padkit_fingerprint.templates.engine import Grey
from padkit_fingerprint.uru4500.capture import Camera
from padkit_fingerprint.uru4500.machine import Phase, Seen, advance
from padkit_fingerprint.uru4500.protocol import (
    DPI,
    INFO_SIZE,
    INTERRUPT,
    LOW_POWER,
    REPORT,
    ROWS,
    WIDTH,
    WRONG,
    Mode,
    Register,
    Said,
)
from padkit_fingerprint.uru4500.registers import Ear, Registers
from padkit_fingerprint.uru4500.startup import hwstat, start_up
from padkit_sdk import BadFrame, DeviceFault, DriverContext, HiddenBytes, UsbLink
from padkit_sdk.deadline import Deadline
from padkit_sdk.errors import PadkitError
from padkit_sdk.ports import (
    Check,
    DeviceIdentity,
    Finger,
    FingerprintCapability,
    FingerprintMatch,
    FingerprintReader,
    FingerprintSample,
    SelfTest,
)

MODEL = "U.are.U 4500"
PICTURES = 3  # manual 9: capture again, three times in all
LIFT_S = 10.0  # manual 9
STILL_ON_S = 2.0  # after it was powered up again in the middle of a capture
STOP_S = 2.0


class Uru4500(FingerprintReader):
    """One reader. A second caller waits for the first, inside its own time. `chance` gives random numbers of so many bits."""

    def __init__(self, link: UsbLink, context: DriverContext, chance: Callable[[int], int]) -> None:
        self._link = link
        self._host = Host(context)
        self._registers = Registers(link, context.device)
        self._camera = Camera(link, self._registers, chance)
        self._open = AsyncExitStack()
        self._ear: Ear | None = None
        self._phase = Phase.DOWN
        self._lies = False  # the finger of the capture before was not lifted in time

    async def start(self, *, timeout_s: float) -> None:
        """Power the reader up, keeping an interrupt read pending from here on. Raises `DeviceFault` ``finger.no_start``."""
        async with self._host.turn(timeout_s) as deadline:
            await self._ready(deadline)

    async def identify(self, *, timeout_s: float) -> DeviceIdentity:
        async with self._host.turn(timeout_s) as deadline:
            await self._ready(deadline)
            info = await self._registers.read(Register.INFO, INFO_SIZE, deadline)
        return DeviceIdentity(MODEL, serial="", firmware=f"{info[10:12].hex()}-{info[4:6].hex()}")

    async def self_test(self, *, timeout_s: float) -> SelfTest:
        async with self._host.turn(timeout_s) as deadline:
            try:
                await self._ready(deadline)
            except DeviceFault as exc:
                return SelfTest((Check("finger.start", passed=False, seen=str(exc)),))
            state = await hwstat(self._registers, deadline)
        awake, well = not state & LOW_POWER, not state & WRONG
        seen = f"HWSTAT {state:02X}"
        return SelfTest((Check("finger.start", awake, seen), Check("finger.health", well, seen)))

    async def capabilities(self) -> frozenset[FingerprintCapability]:
        template = {FingerprintCapability.TEMPLATE} if self._host.engine else set()
        return frozenset({FingerprintCapability.IMAGE} | template)

    async def capture(self, finger: Finger, *, timeout_s: float) -> FingerprintSample:
        async with self._host.turn(timeout_s) as deadline:
            await self._ready(deadline)
            try:
                await self._lifted_before(deadline)
                await self._touched(deadline)
                pixels = await self._picture(deadline)
                await self._lifted(deadline)
            finally:
                await self._stop()
            return await self._host.sample(finger, Grey(pixels, WIDTH, ROWS, DPI))

    async def match(self, first: HiddenBytes, second: HiddenBytes, *, timeout_s: float) -> FingerprintMatch:
        return await self._host.match(first, second, timeout_s)

    async def close(self) -> None:
        if self._ear is not None and self._phase is not Phase.DOWN:
            await self._stop()
        await self._open.aclose()
        self._ear = None
        await self._link.close()

    # -- steps of a capture

    async def _ready(self, deadline: Deadline) -> None:
        """Power it up when it is not known to be; a lost wire is for the agent."""
        if self._ear is not None and self._ear.deaf:
            await self._open.aclose()
            self._ear = None
        if self._ear is None:
            reports = await self._open.enter_async_context(self._link.listen(INTERRUPT, REPORT))
            self._ear = Ear(reports)
        if self._phase is Phase.DOWN:
            await start_up(self._registers, self._ear, self._host.device, deadline)
            self._went(Seen.STARTED)

    async def _lifted_before(self, deadline: Deadline) -> None:
        if self._lies:
            await self._mode(Mode.WAIT_OFF, deadline)
            self._host.tell("finger.waiting", **{"for": "lift"})
            if not await self._ears().wait_for(Said.FINGER_OFF, deadline):
                raise self._host.again("finger.remove", "the finger of before still lies there; lift it")
            self._lies = False
            self._host.tell("finger.off")

    async def _touched(self, deadline: Deadline) -> None:
        await self._ears().forget()
        await self._mode(Mode.WAIT_ON, deadline)
        self._went(Seen.ARM)
        self._host.tell("finger.waiting", **{"for": "touch"})
        if not await self._ears().wait_for(Said.FINGER_ON, deadline):
            raise self._host.again("finger.not_touched", "no touch in time; put the finger on it")
        self._went(Seen.TOUCHED)
        self._host.tell("finger.on")

    async def _picture(self, deadline: Deadline) -> bytes:
        """Up to `PICTURES` tries: one that makes no sense is taken again; when none came the reader is powered up first."""
        why = ""
        for attempt in range(PICTURES):
            if attempt:
                await self._retry(deadline, powered=not why)
            try:
                pixels = await self._camera.picture(deadline)
            except BadFrame as exc:
                why = exc.reason
                continue
            if pixels is not None:
                self._went(Seen.PICTURE)
                return pixels
            why = ""
        told = f"fingerprint reader {self._host.device}: no usable picture ({why or 'none came'})"
        raise DeviceFault("finger.no_picture", f"{told}; try again, then unplug it and plug it in")

    async def _retry(self, deadline: Deadline, *, powered: bool) -> None:
        """Get ready for another picture of the finger that still lies there."""
        if not powered:
            return self._went(Seen.AGAIN)
        await self._ears().catch_up()
        warned = Said.WILL_FAIL in self._ears().heard
        self._host.tell("finger.no_picture", warned=str(warned).lower())
        self._went(Seen.TROUBLE)
        await self._ready(deadline)
        await self._mode(Mode.WAIT_ON, deadline)
        self._went(Seen.ARM)
        if not await self._ears().wait_for(Said.FINGER_ON, deadline, limit_s=STILL_ON_S):
            raise self._host.again("finger.partial", "the finger was lifted too early; put it on again and wait")
        return self._went(Seen.TOUCHED)

    async def _lifted(self, deadline: Deadline) -> None:
        """Wait for the lift as long as there is time; who does not lift is asked to at the next capture."""
        await self._mode(Mode.WAIT_OFF, deadline)
        self._host.tell("finger.waiting", **{"for": "lift"})
        self._lies = not await self._ears().wait_for(Said.FINGER_OFF, deadline, limit_s=LIFT_S)
        if not self._lies:
            self._went(Seen.LIFTED)
            self._host.tell("finger.off")

    async def _stop(self) -> None:
        """MODE 70, whatever was going on. A reader that does not take it is powered up before it is used again."""
        try:
            await self._mode(Mode.OFF, Deadline.after(STOP_S, self._host.now_mono_s))
            self._went(Seen.STOPPED)
        except PadkitError:
            self._went(Seen.TROUBLE)

    async def _mode(self, mode: Mode, deadline: Deadline) -> None:
        await self._registers.mode(mode, deadline)

    def _ears(self) -> Ear:
        assert self._ear is not None
        return self._ear

    def _went(self, seen: Seen) -> None:
        self._phase = advance(self._phase, seen)
