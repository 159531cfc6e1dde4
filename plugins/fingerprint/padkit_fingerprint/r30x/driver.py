"""An EF01 module as a fingerprint reader: what the port promises, and its own library. Knows no wire but `ByteLink`."""

from __future__ import annotations

import asyncio

from padkit_fingerprint.base import Host
from padkit_fingerprint.r30x import commands
from padkit_fingerprint.r30x.commands import (
    DPI,
    FIRST,
    HANDSHAKE,
    SECOND,
    SEND_PICTURE,
    TAKE,
    Code,
    refusal,
    widened,
)
from padkit_fingerprint.r30x.exchange import Exchange
from padkit_fingerprint.r30x.library import Found, Library
from padkit_fingerprint.r30x.quirks import PICTURE_SIZES, QUIRKS
from padkit_fingerprint.templates.engine import Grey
from padkit_sdk import ByteLink, DeviceFault, DriverContext, HiddenBytes, OutcomeUnknown
from padkit_sdk.deadline import Deadline
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

LOOK_EVERY_S = 0.08  # manual 5: every 50 to 100 ms
LIFT_S = 10.0


class R30x(FingerprintReader):
    """One module; `model` is a key of `QUIRKS`. A second caller waits for the first, inside its own time."""

    def __init__(self, link: ByteLink, context: DriverContext, model: str) -> None:
        self._link = link
        self._model = model
        self._quirks = QUIRKS[model]
        self._host = Host(context)
        self._exchange = Exchange(link, self._host.config.address, context.device)
        self._library = Library(self._exchange, context.device)
        self._lies = False

    async def start(self, *, timeout_s: float) -> None:
        """Give the password; one that has just got its power hears the second try. Raises `DeviceFault` ``finger.password``."""
        async with self._host.turn(timeout_s) as deadline:
            await self._exchange.done(commands.verify(self._host.config.password), deadline)
            if self._quirks.handshake:
                await self._exchange.done(HANDSHAKE, deadline)

    async def identify(self, *, timeout_s: float) -> DeviceIdentity:
        async with self._host.turn(timeout_s) as deadline:
            parameters = await self._library.parameters(deadline)
        return DeviceIdentity(self._model, self._host.config.address.hex().upper(), f"{parameters.system:04X}")

    async def self_test(self, *, timeout_s: float) -> SelfTest:
        async with self._host.turn(timeout_s) as deadline:
            parameters = await self._library.parameters(deadline)
            count = await self._library.count(deadline)
        seen = f"status {parameters.status:04X}, security {parameters.security}, packets of {parameters.packet_size}"
        kept = f"{count} of {parameters.capacity} templates"
        return SelfTest(
            (
                Check("finger.module", passed=True, seen=seen),
                Check("finger.pages", count <= parameters.capacity, kept),
            )
        )

    async def capabilities(self) -> frozenset[FingerprintCapability]:
        both = {FingerprintCapability.IMAGE, FingerprintCapability.MATCH_ON_DEVICE}
        return frozenset(both | ({FingerprintCapability.TEMPLATE} if self._host.engine else set()))

    async def capture(self, finger: Finger, *, timeout_s: float) -> FingerprintSample:
        async with self._host.turn(timeout_s) as deadline:
            await self._touched(deadline)
            self._host.tell("finger.waiting", **{"for": "lift"})
            pixels = await self._picture(deadline)
            await self._lifted(deadline, LIFT_S)
            return await self._host.sample(finger, Grey(pixels, self._quirks.width, self._quirks.rows, DPI))

    async def match(self, first: HiddenBytes, second: HiddenBytes, *, timeout_s: float) -> FingerprintMatch:
        return await self._host.match(first, second, timeout_s)

    async def close(self) -> None:
        await self._link.close()

    # -- the module's own library, beyond the port

    async def enrol(self, page: int, *, timeout_s: float) -> None:
        """Two touches of the same finger become the template at `page`.

        Raises `AskAgain` as `capture` does, and ``finger.differs``; `DeviceFault` ``finger.library``, ``finger.flash``.
        """
        async with self._host.turn(timeout_s) as deadline:
            for buffer in (FIRST, SECOND):
                await self._features(buffer, deadline)
            await self._library.join_and_store(page, deadline)

    async def search(self, *, timeout_s: float) -> Found | None:
        """One touch, looked for in the library; None when it is not there."""
        async with self._host.turn(timeout_s) as deadline:
            await self._features(FIRST, deadline)
            return await self._library.search(deadline)

    async def compare(self, page: int, *, timeout_s: float) -> int:
        """One touch against the template at `page`, score on the module's own scale; 0 is not alike."""
        async with self._host.turn(timeout_s) as deadline:
            await self._features(FIRST, deadline)
            return await self._library.compare(page, deadline)

    async def read_template(self, page: int, *, timeout_s: float) -> HiddenBytes:
        """The template at `page`, in the vendor's format."""
        async with self._host.turn(timeout_s) as deadline:
            return await self._library.read_template(page, deadline)

    async def write_template(self, page: int, template: HiddenBytes, *, timeout_s: float) -> None:
        """Keep a template of `read_template` at `page`."""
        async with self._host.turn(timeout_s) as deadline:
            await self._library.write_template(page, template, deadline)

    async def delete(self, page: int, *, timeout_s: float) -> None:
        """Delete the template at `page`."""
        async with self._host.turn(timeout_s) as deadline:
            await self._library.delete(page, deadline)

    async def count(self, *, timeout_s: float) -> int:
        """How many templates it keeps."""
        async with self._host.turn(timeout_s) as deadline:
            return await self._library.count(deadline)

    # -- pictures and touches

    async def _picture(self, deadline: Deadline) -> bytes:
        """The picture in the module, 8-bit grey. Raises `DeviceFault` ``finger.model`` for one of another model's size."""
        nibbles = await self._exchange.fetch(SEND_PICTURE, PICTURE_SIZES, deadline)
        if len(nibbles) != self._quirks.picture_bytes:
            told = f"fingerprint module {self._host.device}: its picture of {len(nibbles)} bytes is not one of {self._model}"
            sizes = (f"{name} sends {quirks.picture_bytes}" for name, quirks in QUIRKS.items())
            raise DeviceFault("finger.model", f"{told}; correct the model in the kit profile ({', '.join(sizes)})")
        return widened(nibbles)

    async def _features(self, buffer: int, deadline: Deadline) -> None:
        await self._touched(deadline)
        self._host.tell("finger.waiting", **{"for": "lift"})
        await self._exchange.done(commands.features(buffer), deadline)
        await self._lifted(deadline, LIFT_S)

    async def _touched(self, deadline: Deadline) -> None:
        """Look for a touch until there is one; the picture is then in the module. A finger of before is lifted first."""
        if self._lies:
            self._host.tell("finger.waiting", **{"for": "lift"})
            await self._lifted(deadline, deadline.left_s())
            if self._lies:
                raise self._host.again("finger.remove", "the finger of before still lies there; lift it")
        self._host.tell("finger.waiting", **{"for": "touch"})
        while not await self._touches(deadline):
            if not await self._rest(deadline):
                raise self._host.again("finger.not_touched", "no touch in time; put the finger on it")
        self._host.tell("finger.on")

    async def _lifted(self, deadline: Deadline, limit_s: float) -> None:
        patience = Deadline.after(deadline.at_most(limit_s), deadline.now_mono_s)
        self._lies = True
        while self._lies and await self._rest(patience):
            self._lies = await self._touches(patience) is not False
        if not self._lies:
            self._host.tell("finger.off")

    async def _touches(self, deadline: Deadline) -> bool | None:
        """Whether a finger lies there, None when the time was over before the answer came."""
        try:
            ack = await self._exchange.ask(TAKE, deadline)
        except OutcomeUnknown:
            if deadline.left_s():
                raise
            return None
        if ack.code not in (Code.OK, Code.NO_FINGER):
            raise refusal(ack, TAKE, self._host.device)
        return ack.code == Code.OK

    async def _rest(self, deadline: Deadline) -> bool:
        """Pause between two looks; False when the time is over."""
        await asyncio.sleep(deadline.at_most(LOOK_EVERY_S))
        return deadline.left_s() > 0
