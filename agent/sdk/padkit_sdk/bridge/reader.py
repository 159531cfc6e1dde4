"""A device behind a vendor's library, as far as its description goes: identity, self-test, a chip card, beep and lamps."""

from __future__ import annotations

from padkit_sdk.bridge.child_process import LibraryCaller
from padkit_sdk.bridge.description import VendorLibrary
from padkit_sdk.bridge.talk import Told
from padkit_sdk.deadline import Deadline
from padkit_sdk.errors import BadFrame, DeviceFault, Refused
from padkit_sdk.links import DriverContext, LibraryLink
from padkit_sdk.ports.chip_card import MAX_COMMAND, MAX_RESPONSE, AnswerToReset, CardProtocol, ChipCard
from padkit_sdk.ports.device import Check, Device, DeviceIdentity, SelfTest

MIN_COMMAND, MAX_ATR, MAX_TEXT = 4, 33, 64
FOLLOW = 32  # rounds of 61 xx and 6C xx, as the port says
MORE, AGAIN = 0x61, 0x6C
GET_RESPONSE = bytes.fromhex("00C00000")
T1_BIT = 0x01


class BridgedReader(Device, ChipCard):
    """Calls what its description names; what is not described is refused with ``bridge.missing``."""

    def __init__(self, library: VendorLibrary, link: LibraryLink, context: DriverContext) -> None:
        self._library = library
        self._link = link
        self._context = context
        self._caller = LibraryCaller(library, link, context.device, context.now_mono_s)
        self._powered_by: int | None = None

    @property
    def caller(self) -> LibraryCaller:
        """For what the description has and this class does not: a plugin may call its own functions."""
        return self._caller

    async def identify(self, *, timeout_s: float) -> DeviceIdentity:
        told = await self._do("version", timeout_s=timeout_s)
        return DeviceIdentity(self._library.model, "", _text(told))

    async def self_test(self, *, timeout_s: float) -> SelfTest:
        told = await self._do("version", timeout_s=timeout_s)
        return SelfTest((Check("bridge.library", passed=True, seen=_text(told)),))

    async def beep(self, duration_ms: int, *, timeout_s: float) -> None:
        """Sound the device's beeper. Raises as `power_on`."""
        await self._do("beep", duration_ms, timeout_s=timeout_s)

    async def led(self, lamps: int, *, timeout_s: float) -> None:
        """Light the lamps whose bits are set, put out the others. Raises as `power_on`."""
        await self._do("led", lamps, timeout_s=timeout_s)

    async def power_on(self, *, timeout_s: float) -> AnswerToReset:
        told = await self._do("power_on", timeout_s=timeout_s)
        if not told.outs or not 2 <= len(told.outs[0]) <= MAX_ATR:
            raise BadFrame(f"{self._name('power_on')}: no answer to reset in what it wrote")
        self._powered_by = self._caller.pid
        atr = told.outs[0]
        return AnswerToReset(CardProtocol.T1 if _speaks_t1(atr) else CardProtocol.T0, atr)

    async def transmit(self, command: bytes, *, timeout_s: float) -> bytes:
        if not MIN_COMMAND <= len(command) <= MAX_COMMAND:
            raise Refused("apdu.length", f"{self._name('transmit')}: {len(command)} bytes; give 4 to {MAX_COMMAND}")
        if self._powered_by is None or self._powered_by != self._caller.pid:
            raise DeviceFault("chip.off", f"{self._name('transmit')}: the chip has no power; power it on")
        deadline = Deadline.after(timeout_s, self._context.now_mono_s)
        got, wanted = b"", command
        for _ in range(FOLLOW):
            response = await self._exchange(wanted, deadline)
            got += response[:-2]
            kind, size = response[-2:]
            if kind == MORE:
                wanted = GET_RESPONSE + bytes([size])
            elif kind == AGAIN:
                wanted = _asking(wanted, size)
            else:
                return got + response[-2:]
        raise DeviceFault(
            "chip.transmission", f"{self._name('transmit')}: the card never ends its answer; take another"
        )

    async def power_off(self, *, timeout_s: float) -> None:
        powered, self._powered_by = self._powered_by, None
        if powered is not None and powered == self._caller.pid:
            await self._do("power_off", timeout_s=timeout_s)

    async def close(self) -> None:
        await self._caller.close()
        await self._link.close()

    async def _exchange(self, command: bytes, deadline: Deadline) -> bytes:
        told = await self._do("transmit", command, timeout_s=deadline.left_s())
        if not told.outs or not 2 <= len(told.outs[0]) <= MAX_RESPONSE:
            raise BadFrame(f"{self._name('transmit')}: no response of 2 to {MAX_RESPONSE} bytes in what it wrote")
        return told.outs[0]

    async def _do(self, name: str, *given: int | bytes, timeout_s: float) -> Told:
        function = self._library.functions.get(name)
        if function is None:
            raise Refused("bridge.missing", f"{self._name(name)}: its library has no such function; ask another device")
        told = await self._caller.call(function, *given, timeout_s=timeout_s)
        if not function.succeeded(told.returned):
            fault = self._library.faults.get(told.returned, "bridge.refused")
            message = f"{self._name(name)}: {function.symbol} returned {told.returned}; see the maker's list of codes"
            raise DeviceFault(fault, message, raw=str(told.returned))
        return told

    def _name(self, what: str) -> str:
        return f"{self._library.model} {self._context.device}, {what}"


def _asking(command: bytes, size: int) -> bytes:
    """`command` with `size` as its Le, whether it had one or not."""
    has_data = len(command) > MIN_COMMAND + 1
    has_le = len(command) == (MIN_COMMAND + 2 + command[4] if has_data else MIN_COMMAND + 1)
    return (command[:-1] if has_le else command) + bytes([size])


def _text(told: Told) -> str:
    """A version as text; what is no text is shown as hex."""
    raw = told.outs[0][:MAX_TEXT] if told.outs else b""
    try:
        text = raw.rstrip(b"\0").decode("utf-8")
    except UnicodeDecodeError:
        return raw.hex().upper()
    return text if text.isprintable() else raw.hex().upper()


def _speaks_t1(atr: bytes) -> bool:
    """Whether the first TD of an ATR (ISO/IEC 7816-3) offers T=1 as the first protocol."""
    has_td = atr[1] & 0x80
    at = 1 + (atr[1] >> 4).bit_count()
    return bool(has_td and at < len(atr) and atr[at] & 0x0F == T1_BIT)
