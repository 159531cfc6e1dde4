"""One picture from the U.are.U: the bulk read is pending before MODE 20, a bad picture is asked for again. No people here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from padkit_fingerprint.uru4500.cipher import looks_scrambled, unscramble
from padkit_fingerprint.uru4500.protocol import (
    BULK,
    MAX_MESSAGE,
    SEED_BITS,
    Mode,
    RawPicture,
    Register,
    assemble,
    key_from,
    parse_picture,
    scramble_request,
)
from padkit_fingerprint.uru4500.registers import Registers
from padkit_sdk import UsbLink
from padkit_sdk.deadline import Deadline

IMAGE_S = 5.0  # manual 5: still give the bulk read several seconds
KEY_SIZE = 4


class Camera:
    """Takes pictures. `chance` gives a random number of so many bits; recorded sessions bring their own."""

    def __init__(self, link: UsbLink, registers: Registers, chance: Callable[[int], int]) -> None:
        self._link = link
        self._registers = registers
        self._chance = chance

    async def picture(self, deadline: Deadline) -> bytes | None:
        """The decoded picture, None when none came. Raises `BadFrame` for one that makes no sense."""
        message = await self._message(deadline)
        if message is None:
            return None
        raw = parse_picture(message)
        pixels = raw.pixels
        if looks_scrambled(pixels):
            keys = await self._keys(raw, deadline)
            pixels = await asyncio.to_thread(unscramble, raw, keys)  # the loop answers the heart-beat meanwhile
        return assemble(raw, pixels)

    async def _message(self, deadline: Deadline) -> bytes | None:
        reading = asyncio.ensure_future(
            self._link.read(BULK, MAX_MESSAGE, timeout_s=deadline.at_most(IMAGE_S)),
        )
        try:
            await asyncio.sleep(0)  # the read is pending from here on
            await self._registers.mode(Mode.CAPTURE, deadline)
            return await reading
        finally:
            reading.cancel()
            await asyncio.wait([reading])

    async def _keys(self, raw: RawPicture, deadline: Deadline) -> list[int]:
        return [await self._key(number, deadline) for number in raw.key_numbers()]

    async def _key(self, number: int, deadline: Deadline) -> int:
        seed = self._chance(SEED_BITS)
        await self._registers.write(Register.SCRAMBLE, scramble_request(number, seed), deadline)
        return key_from(await self._registers.read(Register.KEY, KEY_SIZE, deadline), seed)
