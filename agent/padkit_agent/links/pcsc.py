"""A smart-card reader of PC/SC as a `CardLink`: pyscard's `scard` calls in threads of their own, so the loop never waits.

pyscard is built from source and not part of every kit; without it `open_reader` says what to install.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from padkit_agent.links.pcsc_codes import GONE, Code, error_of, unsigned
from padkit_agent.links.pcsc_sight import scard_module, see_readers, serial_in
from padkit_agent.links.pcsc_thread import CallThread
from padkit_sdk.errors import DeviceFault, LinkLost, OutcomeUnknown, Refused
from padkit_sdk.links import MAX_CARD_COMMAND, CardAfter, CardLink, CardReset, Pcsc

__all__ = ["PcscReader", "open_reader", "see_readers"]

OPEN_S = 5.0
MIN_COMMAND = 4
MAX_ANSWER = 65_538  # 65,536 bytes and the status word
SETTLED_MS = 600  # pcscd looks by itself every 400 ms (PCSCLITE_STATUS_POLL_RATE)
LET_GO_S = 1.0  # a reader that hangs is let go when it answers
WAIT_MS = 2_000  # one wait in the service, then the next: a cancel that came a moment too early is seen by then
MILLISECONDS = 1_000

T = TypeVar("T")


async def open_reader(match: Pcsc, path: Path) -> CardLink:
    """Open the reader whose name is `path`; its card stays as it is until `connect`.

    Raises `LinkLost` when the service or the reader is not there, `Refused` ``link.missing`` without pyscard.
    """
    reader = PcscReader(str(path), scard_module())
    try:
        await reader.present(timeout_s=OPEN_S)
    except BaseException:
        await reader.close()
        raise
    return reader


class PcscReader(CardLink):
    """One reader. Two threads: one for the card, one that waits for cards to come and go."""

    def __init__(self, name: str, scard: Any) -> None:
        self._name = name
        self._scard = scard
        self._closed = False
        self._card = Session(name, scard)
        self._slot = Session(name, scard)
        self._card_thread = CallThread(f"card in {name}")
        self._slot_thread = CallThread(f"slot of {name}")

    def __repr__(self) -> str:
        return f"PcscReader({self._name})"

    @property
    def name(self) -> str:
        return self._name

    @property
    def serial(self) -> str:
        return serial_in(self._name)

    async def connect(self, *, timeout_s: float, exclusive: bool = True) -> CardReset:
        return await self._call("power on", lambda: self._card.connect(exclusive=exclusive), timeout_s)

    async def transmit(self, command: bytes, *, timeout_s: float) -> bytes:
        if not MIN_COMMAND <= len(command) <= MAX_CARD_COMMAND:
            what = f"card reader {self._name}: C-APDU of {len(command)} bytes"
            raise Refused("apdu.length", f"{what}; give {MIN_COMMAND} to {MAX_CARD_COMMAND}")
        return await self._call("exchange", lambda: self._card.transmit(command), timeout_s)

    async def reset(self, *, cold: bool, timeout_s: float) -> CardReset:
        return await self._call("reset", lambda: self._card.reset(cold=cold), timeout_s)

    async def disconnect(self, after: CardAfter = CardAfter.UNPOWER, *, timeout_s: float) -> None:
        await self._call("power off", lambda: self._card.disconnect(after), timeout_s)

    async def present(self, *, timeout_s: float) -> bool:
        return await self._call("look at the slot", self._card.present, timeout_s)

    async def wait_card(self, *, present: bool, timeout_s: float) -> bool:
        """See `CardLink.wait_card`; a cancel ends the wait in the service as well."""
        self._check()
        turn = self._slot.next_turn()
        try:
            return await self._slot_thread.run(lambda: self._slot.wait(turn, present, timeout_s), timeout_s + 1)
        except TimeoutError:
            return False
        finally:
            self._slot.cancel()

    @property
    def waits(self) -> bool:
        """Whether a `wait_card` is under way in the service."""
        return self._slot.waiting

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._slot.cancel()
        gone = (self._slot_thread.end(self._slot.close), self._card_thread.end(self._card.close))
        await asyncio.wait(gone, timeout=LET_GO_S)  # who opens it next must not meet our own old hold

    async def _call(self, doing: str, call: Callable[[], T], timeout_s: float) -> T:
        self._check()
        try:
            return await self._card_thread.run(call, timeout_s)
        except TimeoutError as exc:
            what = f"card reader {self._name}: {doing}: no answer within {timeout_s:g} s"
            raise OutcomeUnknown(f"{what}; look before repeating") from exc

    def _check(self) -> None:
        if self._closed:
            raise LinkLost(f"card reader {self._name}: closed by its driver; open it again")


class Session:
    """One context with the service, used by one thread; `cancel` alone may come from another."""

    def __init__(self, name: str, scard: Any) -> None:
        self._name = name
        self._scard = scard
        self._context: Any = None
        self._handle: Any = None
        self._protocol = 0
        self._turn = 0
        self.waiting = False
        self._exclusive = True

    def connect(self, *, exclusive: bool) -> CardReset:
        self.disconnect(CardAfter.UNPOWER)
        scard, self._exclusive = self._scard, exclusive
        share = scard.SCARD_SHARE_EXCLUSIVE if exclusive else scard.SCARD_SHARE_SHARED
        protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        code, handle, self._protocol = scard.SCardConnect(self._open(), self._name, share, protocols)
        if unsigned(code) == Code.UNPOWERED_CARD and not self._still_there():
            code = Code.NO_SMARTCARD
        self._hold(code, "power on", powering=True)
        self._handle = handle
        return self._answer()

    def transmit(self, command: bytes) -> bytes:
        scard = self._scard
        if self._handle is None:
            raise DeviceFault("chip.off", f"card reader {self._name}: the card has no power; power it on first")
        pci = scard.SCARD_PCI_T1 if self._protocol == scard.SCARD_PROTOCOL_T1 else scard.SCARD_PCI_T0
        code, answer = scard.SCardTransmit(self._handle, pci, list(command))
        self._hold(code, "exchange", sent=True)
        if len(answer) > MAX_ANSWER:
            raise DeviceFault(
                "chip.transmission", f"card reader {self._name}: answer of {len(answer)} bytes; reconnect it"
            )
        return bytes(answer)

    def reset(self, *, cold: bool) -> CardReset:
        scard = self._scard
        if self._handle is None:
            raise DeviceFault("chip.off", f"card reader {self._name}: the card has no power; power it on first")
        share = scard.SCARD_SHARE_EXCLUSIVE if self._exclusive else scard.SCARD_SHARE_SHARED
        protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        how = scard.SCARD_UNPOWER_CARD if cold else scard.SCARD_RESET_CARD
        code, self._protocol = scard.SCardReconnect(self._handle, share, protocols, how)
        self._hold(code, "reset", powering=True)
        return self._answer()

    def disconnect(self, after: CardAfter) -> None:
        """A card that was pulled, or a service that is gone, has let go by itself."""
        handle, self._handle = self._handle, None
        if handle is not None:
            ends = {
                CardAfter.LEAVE: self._scard.SCARD_LEAVE_CARD,
                CardAfter.RESET: self._scard.SCARD_RESET_CARD,
                CardAfter.UNPOWER: self._scard.SCARD_UNPOWER_CARD,
            }
            self._scard.SCardDisconnect(handle, ends[after])

    def present(self) -> bool:
        return self._present(self._states(0, self._scard.SCARD_STATE_UNAWARE))

    def next_turn(self) -> int:
        """The number of a wait that shall begin; it ends the one before."""
        self._turn += 1
        return self._turn

    def wait(self, turn: int, present: bool, timeout_s: float) -> bool:  # noqa: FBT001 - called in one place, beside its names
        """Whether the slot came to be as wanted within `timeout_s`, or before the turn was over."""
        left_ms = int(timeout_s * MILLISECONDS)
        state = self._states(0, self._scard.SCARD_STATE_UNAWARE)
        self.waiting = True
        try:
            while self._present(state) != present and turn == self._turn and left_ms > 0:
                step_ms = min(left_ms, WAIT_MS)
                changed = self._states(step_ms, state)
                if changed == state:
                    left_ms -= step_ms
                state = changed
        finally:
            self.waiting = False
        return self._present(state) == present

    def cancel(self) -> None:
        """End a wait; harmless without one."""
        self.next_turn()
        if self.waiting and self._context is not None:
            with contextlib.suppress(self._scard.error):
                self._scard.SCardCancel(self._context)

    def close(self) -> None:
        self.disconnect(CardAfter.UNPOWER)
        context, self._context = self._context, None
        if context is not None:
            self._scard.SCardReleaseContext(context)

    def _open(self) -> Any:
        """The context; a new one when the service went away under the last."""
        if self._context is None:
            code, context = self._scard.SCardEstablishContext(self._scard.SCARD_SCOPE_SYSTEM)
            self._hold(code, "ask the service")
            self._context = context
        return self._context

    def _answer(self) -> CardReset:
        code, _name, _state, protocol, atr = self._scard.SCardStatus(self._handle)
        self._hold(code, "read the answer to reset")
        return CardReset(1 if protocol == self._scard.SCARD_PROTOCOL_T1 else 0, bytes(atr))

    def _states(self, timeout_ms: int, known: int) -> int:
        """The reader's state, as soon as it is another than `known`."""
        code, states = self._scard.SCardGetStatusChange(self._open(), timeout_ms, [(self._name, known)])
        if unsigned(code) in (Code.TIMEOUT, Code.CANCELLED):
            return known
        self._hold(code, "look at the slot")
        state: int = states[0][1] & ~self._scard.SCARD_STATE_CHANGED
        if state & (
            self._scard.SCARD_STATE_UNKNOWN | self._scard.SCARD_STATE_UNAVAILABLE | self._scard.SCARD_STATE_IGNORE
        ):
            raise error_of(Code.READER_UNAVAILABLE, self._name, "look at the slot")
        return state

    def _still_there(self) -> bool:
        """Whether a card that took no power is there; the service may be a little late to see that it was pulled."""
        state = self._states(0, self._scard.SCARD_STATE_UNAWARE)
        return self._present(state) and self._present(self._states(SETTLED_MS, state))

    def _present(self, state: int) -> bool:
        return bool(state & self._scard.SCARD_STATE_PRESENT)

    def _hold(self, code: int, doing: str, *, sent: bool = False, powering: bool = False) -> None:
        """Raise what `code` stands for, unless it is success."""
        if unsigned(code) == Code.OK:
            return
        if unsigned(code) in GONE:
            self._context = self._handle = None
        raise error_of(code, self._name, doing, sent=sent, powering=powering)
