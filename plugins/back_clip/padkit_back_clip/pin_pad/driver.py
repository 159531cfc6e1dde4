"""The ZT588 keypad: what the port promises, in terms of commands. Knows no wire but `ByteLink`, and never a digit."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hmac import compare_digest

from padkit_back_clip.pin_pad import opening
from padkit_back_clip.pin_pad.config import read_config, read_user_key
from padkit_back_clip.pin_pad.entry import Wanted, enter
from padkit_back_clip.pin_pad.exchange import Exchange
from padkit_back_clip.pin_pad.protocol import (
    FORBID_INPUT,
    USER_INFORMATION,
    Information,
    erase,
    load_under,
    read_information,
    read_kcv,
)
from padkit_sdk import AskAgain, ByteLink, DeviceFault, DriverContext, HiddenBytes, PadkitError, Pan, Refused
from padkit_sdk.deadline import Deadline
from padkit_sdk.ports import (
    Check,
    DeviceIdentity,
    KeyCheck,
    PinAbility,
    PinBlock,
    PinFormat,
    PinPad,
    PinPadCapabilities,
    PinPadStatus,
    SelfTest,
)
from padkit_sdk.ports.pin_pad import LEAST_PIN, MOST_PIN

OPEN_S = 9.0  # below the time a worker gives
CLOSE_S = 0.5
KEY_BYTES = (16, 24)
KEY_ID = re.compile("[0-9A-F]{2}")
KCV = re.compile("[0-9A-F]{6}")
PAN = re.compile("[0-9]{13,19}")


class Zt588(PinPad):
    """A keypad of protocol A. A second caller waits for the first, inside its own time."""

    def __init__(self, link: ByteLink, context: DriverContext) -> None:
        self._link = link
        self._context = context
        self._config = read_config(context.settings)
        self._exchange = Exchange(link, context.device)
        self._turn_lock = asyncio.Lock()
        self._keys: dict[str, KeyCheck] = {}

    async def start(self, *, timeout_s: float = OPEN_S) -> None:
        """Find the keypad on the line and put it in order. Raises `LinkLost`, `DeviceFault`, `Refused` ``setting.*``."""
        deadline = Deadline.after(timeout_s, self._context.now_mono_s)
        await opening.find_rate(self._link, self._exchange, self._context.device, deadline)
        await opening.put_in_order(self._exchange, deadline)
        if self._config.user_key_file:
            user_key = read_user_key(self._config.user_key_file)
            await opening.authenticate(self._exchange, user_key, self._context.device, deadline)

    async def capabilities(self) -> PinPadCapabilities:
        return PinPadCapabilities(frozenset({PinFormat.ISO_0}), frozenset({PinAbility.TWICE}))

    async def identify(self, *, timeout_s: float) -> DeviceIdentity:
        seen = await self._look(timeout_s)
        return DeviceIdentity(seen.model, seen.serial, f"{seen.hardware}/{seen.software}")

    async def self_test(self, *, timeout_s: float) -> SelfTest:
        seen = await self._look(timeout_s)
        keys = "erased or never loaded" if seen.blank else "intact"
        return SelfTest((Check("pin.keypad", passed=True, seen=seen.model), Check("pin.keys", not seen.blank, keys)))

    async def status(self, *, timeout_s: float) -> PinPadStatus:
        seen = await self._look(timeout_s)
        return PinPadStatus(tampered=seen.blank, input_on=seen.input_on)

    async def loaded_keys(self, *, timeout_s: float) -> tuple[KeyCheck, ...]:
        async with self._turn(timeout_s):
            return tuple(self._keys.values())

    async def load_working_key(
        self, *, key_id: str, under_id: str, cryptogram: HiddenBytes, kcv: str, timeout_s: float
    ) -> KeyCheck:
        fits = KEY_ID.fullmatch(key_id) and KEY_ID.fullmatch(under_id) and KCV.fullmatch(kcv)
        if not fits or under_id == "00" or len(cryptogram.data) not in KEY_BYTES:
            told = f"key {key_id!r} of {len(cryptogram.data)} bytes under {under_id!r}, check value {kcv!r}"
            raise self._refused(
                "pin.argument", f"{told}; give ids as 2, the check value as 6 hex digits, 16 or 24 bytes"
            )
        async with self._turn(timeout_s) as deadline:
            self._keys.pop(key_id, None)
            text = load_under(under_id, key_id, cryptogram.data)
            said = read_kcv(await self._exchange.ask(text, "load encrypted key", deadline))
            if said != kcv:
                await self._exchange.ask(erase(key_id), "erase key", deadline)
                told = f"key {key_id} has check value {said}, expected {kcv}; it was erased, ask for the key again"
                raise DeviceFault("pin.kcv", f"PIN keypad {self._context.device}: {told}", raw=said)
            self._keys[key_id] = KeyCheck(key_id, said)
            return self._keys[key_id]

    async def read_pin(
        self,
        *,
        account: Pan,
        key_id: str,
        format: PinFormat,  # noqa: A002 - the word of the norm
        min_length: int,
        max_length: int,
        twice: bool,
        timeout_s: float,
    ) -> PinBlock:
        self._check(account, key_id, format, min_length, max_length)
        wanted = Wanted(account, key_id, min_length, max_length)
        async with self._turn(timeout_s) as deadline:
            if (await self._information(deadline)).blank:
                raise self._tampered()
            block = await enter(self._exchange, wanted, 1, self._context, deadline)
            if twice:
                again = await enter(self._exchange, wanted, 2, self._context, deadline)
                if not compare_digest(
                    block.data, again.data
                ):  # format 0, same key and account: equal PINs, equal blocks
                    told = "the two PINs are not equal; ask the customer for both again"
                    raise AskAgain("pin.mismatch", f"PIN keypad {self._context.device}: {told}")
        known = self._keys.get(key_id)
        return PinBlock(block, format, key_id, known.kcv if known else "")

    async def close(self) -> None:
        deadline = Deadline.after(CLOSE_S, self._context.now_mono_s)
        try:
            await self._exchange.ask(FORBID_INPUT, "forbid input", deadline, retries=0)
        except PadkitError:
            pass  # a keypad that is away takes no PIN
        finally:
            await self._link.close()

    async def _look(self, timeout_s: float) -> Information:
        async with self._turn(timeout_s) as deadline:
            return await self._information(deadline)

    async def _information(self, deadline: Deadline) -> Information:
        return read_information(await self._exchange.ask(USER_INFORMATION, "user information", deadline))

    def _check(self, account: Pan, key_id: str, wanted: PinFormat, least: int, most: int) -> None:
        if wanted is not PinFormat.ISO_0:
            raise self._refused("pin.format", f"format {wanted.value}; this keypad is driven with iso_0 only")
        if not PAN.fullmatch(account.digits) or not KEY_ID.fullmatch(key_id):
            raise self._refused("pin.argument", f"{account!r}, key {key_id!r}; give 13 to 19 digits and 2 hex digits")
        if not LEAST_PIN <= least <= most <= MOST_PIN:
            raise self._refused(
                "pin.argument", f"{least} to {most} digits; give lengths from {LEAST_PIN} to {MOST_PIN}"
            )

    def _tampered(self) -> DeviceFault:
        told = "its keys are erased or were never loaded; bring it to the secure room"
        return DeviceFault("pin.tamper", f"PIN keypad {self._context.device}: {told}")

    def _refused(self, reason: str, what: str) -> Refused:
        return Refused(reason, f"PIN keypad {self._context.device}: {what}")

    @asynccontextmanager
    async def _turn(self, timeout_s: float) -> AsyncIterator[Deadline]:
        """Have the keypad for oneself; waiting for it is part of `timeout_s`."""
        deadline = Deadline.after(timeout_s, self._context.now_mono_s)
        try:
            async with asyncio.timeout(timeout_s):
                await self._turn_lock.acquire()
        except TimeoutError:
            raise self._refused("pin.busy", f"busy for {timeout_s:g} s; try later") from None
        try:
            yield deadline
        finally:
            self._turn_lock.release()
