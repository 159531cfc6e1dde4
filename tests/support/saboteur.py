"""Spoils what a device says: bytes lost, cut, turned, doubled, invented; half of it with check bytes that are right again.

The links here are in memory; a driver on them hears its device through a saboteur that can be switched on and off.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager, suppress

from memory_card import MemoryCardLink
from usb_memory import MemoryUsbLink

from padkit_sdk.links import ByteLink, CardReset
from padkit_sim.journal import Journal

KEPT = 32  # frames to say again out of turn
LONGEST = 700
MAX_ATR = 33
EDGES = (0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF)


class Saboteur:
    """`on` switches it; `frames` counts what it was given meanwhile. `said` replaces frames by given bytes, in turn."""

    def __init__(self, dice: random.Random, reseal: Callable[[bytes], bytes] = lambda frame: frame) -> None:
        self.on = False
        self.frames = 0
        self.said: Iterator[bytes] | None = None
        self._dice = dice
        self._reseal = reseal
        self._before: deque[bytes] = deque(maxlen=KEPT)

    def pieces(self, data: bytes) -> list[bytes]:
        """What arrives in place of `data`."""
        if not self.on:
            self._before.append(data[:LONGEST])
            return [data]
        self.frames += 1
        if self.said is not None:
            return [piece for piece in (next(self.said, b""),) if piece]
        return [piece for piece in self._spoil(data) if piece]

    def one(self, data: bytes, size: int) -> bytes:
        """The same where a transfer has one end and a greatest size."""
        return b"".join(self.pieces(data))[:size]

    def _spoil(self, data: bytes) -> list[bytes]:
        dice = self._dice
        at = dice.randrange(len(data)) if data else 0
        match dice.randrange(12):
            case 0:
                return []
            case 1:
                return [data[:at]]
            case 2:
                return [data[at:]]
            case 3:
                return [data, data]
            case 4:
                return [self._noise(), data]
            case 5:
                return [self._noise()]
            case 6:
                return [dice.choice(self._before or (b"",))]
            case 7:
                return [data[:at], dice.choice(self._before or (b"",)), data[at:]]
            case 8:
                return [data[:at], data[at:]]  # only cut: a driver must not mind
            case _:
                changed = bytearray(data)
                for _ in range(dice.randint(1, 3)):
                    self._change(changed)
                return [self._reseal(bytes(changed)) if dice.random() < 0.7 else bytes(changed)]

    def _change(self, data: bytearray) -> None:
        dice = self._dice
        at = dice.randrange(min(len(data), dice.choice((12, LONGEST)))) if data else 0  # heads are short
        match dice.randrange(4):
            case 0 if data:
                data[at] ^= 1 << dice.randrange(8)
            case 1 if data:
                data[at] = dice.choice(EDGES)
            case 2 if data:
                del data[at : at + dice.randint(1, 4)]
            case _:
                data[at:at] = dice.randbytes(dice.randint(1, 4))

    def _noise(self) -> bytes:
        return self._dice.randbytes(self._dice.randint(1, self._dice.choice((8, LONGEST))))


class HostileLine(ByteLink):
    """A byte line and the simulator's end of it (`Wire`) in one."""

    serial = "MEM-0001"
    plugged = True

    def __init__(self, saboteur: Saboteur) -> None:
        self._saboteur = saboteur
        self._coming: deque[bytes] = deque()  # as the device said it
        self._pieces: deque[bytes] = deque()  # as it arrives
        self._news = asyncio.Event()
        self._hears: Callable[[bytes], None] = lambda data: None
        self._baud: int | None = None

    def plug(self, on_bytes, *, serial="", name=""):
        self._hears = on_bytes

    def unplug(self):
        self._hears = lambda data: None

    def baud(self):
        return self._baud

    def set_baud(self, baud):
        self._baud = baud

    async def write(self, data):
        self._hears(data)

    async def read(self, *, timeout_s):
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while not self._pieces:
                    await self._arrival()
        return self._pieces.popleft() if self._pieces else b""

    async def _arrival(self):
        """Wait for what the device says; it is spoiled when it is heard: what nobody hears counts for nothing."""
        while not self._coming:
            self._news.clear()
            await self._news.wait()
        self._pieces.extend(self._saboteur.pieces(self._coming.popleft()))

    def discard_input(self):
        self._coming.clear()
        self._pieces.clear()

    async def close(self):
        pass

    def say(self, data: bytes) -> None:
        """The device's bytes on their way to the driver."""
        self._coming.append(data)
        self._news.set()


class SimEnd(HostileLine):
    """`HostileLine` as its device sees it: the device's `write` goes to the driver."""

    def __init__(self, line: HostileLine) -> None:
        self._line = line

    def plug(self, on_bytes, *, serial="", name=""):
        self._line.plug(on_bytes)

    def unplug(self):
        self._line.unplug()

    def baud(self):
        return self._line.baud()

    def write(self, data):
        self._line.say(data)


class HostileUsb(MemoryUsbLink):
    """A USB link whose IN transfers are spoiled; none is longer than was asked for, as the bus sees to that."""

    def __init__(self, port, saboteur: Saboteur) -> None:
        super().__init__(port)
        self._saboteur = saboteur

    async def control(self, request_type, request, value, index, data, *, timeout_s):
        got = await super().control(request_type, request, value, index, data, timeout_s=timeout_s)
        return self._saboteur.one(got, data) if isinstance(data, int) else got

    async def read(self, endpoint, size, *, timeout_s):
        got = await super().read(endpoint, size, timeout_s=timeout_s)
        return None if got is None else self._saboteur.one(got, size)

    @asynccontextmanager
    async def listen(self, endpoint, size):
        async with super().listen(endpoint, size) as reports:
            yield reports  # they come through `read`


class HostileCards(MemoryCardLink):
    """A card slot whose answers are spoiled. `journal` keeps what passes: it has no device that would."""

    def __init__(self, saboteur: Saboteur, journal: Journal) -> None:
        super().__init__()
        self._saboteur = saboteur
        self._journal = journal

    async def connect(self, *, timeout_s, exclusive=True):
        return self._spoiled(await super().connect(timeout_s=timeout_s, exclusive=exclusive))

    async def reset(self, *, cold, timeout_s):
        return self._spoiled(await super().reset(cold=cold, timeout_s=timeout_s))

    async def transmit(self, command, *, timeout_s):
        self.sent.clear()
        self._journal.heard("card_reader", command)
        answer = await super().transmit(command, timeout_s=timeout_s)
        self._journal.said("card_reader", answer)
        return self._saboteur.one(answer, 65_538)

    def _spoiled(self, reset: CardReset) -> CardReset:
        self._journal.said("card_reader", reset.atr, "ATR")
        return CardReset(reset.protocol, self._saboteur.one(reset.atr, MAX_ATR))
