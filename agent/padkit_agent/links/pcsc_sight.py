"""Looks for the readers that the PC/SC service knows, and tells when one comes or goes, or the service with them all."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Collection, Sequence
from typing import Any

from padkit_agent.core.found import FoundWire
from padkit_agent.links.pcsc_codes import Code, unsigned
from padkit_agent.links.pcsc_thread import CallThread
from padkit_sdk.errors import Refused
from padkit_sdk.links import Pcsc

KIND = "pcsc"
PLUG_AND_PLAY = "\\\\?PnP?\\Notification"  # the reader that is none: its state changes when readers come and go
COUNT_SHIFT = 16  # its state holds how many there are
AGAIN_S, AGAIN_MOST_S = 0.1, 2.0  # from a service that is not there to the next look
WAIT_MS = 500  # then the readers are listed all the same: what comes between a list and its wait is not always told
LOOK_S = 30.0  # longer than one wait
MISSING_S = 60.0
MAX_READERS = 16  # as many as pcsc-lite has
SERIAL = re.compile(r".*\(([^()]{1,64})\)(?: [0-9A-F]{2}){2}", re.DOTALL)  # "Name [interface] (serial) 00 00"

Tell = Callable[[tuple[FoundWire, ...]], None]


def scard_module() -> Any:
    """pyscard's lowest floor. Raises `Refused` ``link.missing``."""
    try:
        from smartcard import scard
    except ImportError as exc:
        what = "a PC/SC reader needs pyscard and libpcsclite1"
        raise Refused("link.missing", f"{what}, not here ({exc}); pip install 'padkit-agent[pcsc]'") from exc
    return scard


async def see_readers(matches: Sequence[Pcsc], tell: Tell) -> None:
    """Tell `tell` all readers at each change, none while the service is away, until cancelled.

    Raises `Refused` ``link.missing`` after a while when pyscard is not here: one line in the log each time is enough.
    """
    tell(())
    try:
        scard = scard_module()
    except Refused:
        await asyncio.sleep(MISSING_S)
        raise
    look = Look(scard)
    thread = CallThread("readers")
    pause_s = AGAIN_S
    try:
        while True:
            changed = await thread.run(look.next, LOOK_S)
            if changed is not None:
                tell(changed)
            if look.served:
                pause_s = AGAIN_S
            else:
                await asyncio.sleep(pause_s)
                pause_s = min(2 * pause_s, AGAIN_MOST_S)
    finally:
        look.cancel()
        thread.end(look.close)


class Look:
    """What was seen last, and the wait for the next change. `served`: the service answers."""

    def __init__(self, scard: Any) -> None:
        self._scard = scard
        self._context: Any = None
        self._names: tuple[str, ...] = ()
        self._instances: dict[str, int] = {}
        self._arrivals = 0
        self._states: dict[str, int] = {}
        self._ended = False
        self.served = False

    def next(self) -> tuple[FoundWire, ...] | None:
        """The readers, when they are others than before; waits for a change. None: nothing new."""
        if self._context is None:
            code, context = self._scard.SCardEstablishContext(self._scard.SCARD_SCOPE_SYSTEM)
            if unsigned(code) != Code.OK:
                return self._seen((), served=False)
            self._context = context
            return self._listed()
        asked = [(PLUG_AND_PLAY, len(self._names) << COUNT_SHIFT), *self._states.items()]
        code, states = self._scard.SCardGetStatusChange(self._context, WAIT_MS, asked)
        if self._ended or unsigned(code) == Code.CANCELLED:
            return None
        if unsigned(code) not in (Code.OK, Code.TIMEOUT, Code.UNKNOWN_READER):
            self._release()
            return self._seen((), served=False)
        gone = self._gone(unsigned(code), states)
        for name, state, _atr in states:
            if name in self._states:
                self._states[name] = state & ~self._scard.SCARD_STATE_CHANGED
        return self._listed(gone)

    def _gone(self, code: int, states: Sequence[tuple[str, int, object]]) -> set[str]:
        """The readers that the service did not know for a moment, though it may list others of their names by now."""
        if code == Code.UNKNOWN_READER:  # one of those that were asked for, it does not say which
            return set(self._states) if len(self._states) == 1 else set()
        away = self._scard.SCARD_STATE_UNKNOWN | self._scard.SCARD_STATE_UNAVAILABLE | self._scard.SCARD_STATE_IGNORE
        return {name for name, state, _atr in states if state & away}

    def cancel(self) -> None:
        """End the wait; called from another thread."""
        self._ended = True
        if self._context is not None:
            self._scard.SCardCancel(self._context)

    def close(self) -> None:
        self._release()

    def _listed(self, gone: Collection[str] = ()) -> tuple[FoundWire, ...] | None:
        """Whoever was `gone` and is listed again has come anew."""
        code, names = self._scard.SCardListReaders(self._context, [])
        if unsigned(code) in (Code.OK, Code.NO_READERS):
            return self._seen(tuple(names or ())[:MAX_READERS], gone, served=True)
        self._release()
        return self._seen((), served=False)

    def _seen(
        self, names: tuple[str, ...], gone: Collection[str] = (), *, served: bool
    ) -> tuple[FoundWire, ...] | None:
        first = served and not self.served
        self.served = served
        arrived = [name for name in names if name in gone or name not in self._names]
        for name in arrived:
            self._arrivals += 1
            self._instances[name] = self._arrivals
        new, self._names = bool(arrived) or names != self._names, names
        self._states = {name: self._states.get(name, self._scard.SCARD_STATE_UNAWARE) for name in names}
        return tuple(map(self._wire, names)) if new or first else None

    def _wire(self, name: str) -> FoundWire:
        return FoundWire(
            name, name, serial=serial_in(name), product=name, instance=(self._instances[name], 0), kind=KIND
        )

    def _release(self) -> None:
        context, self._context = self._context, None
        if context is not None:
            self._scard.SCardReleaseContext(context)


def serial_in(name: str) -> str:
    """The serial number inside a reader's name, empty when it has none."""
    found = SERIAL.fullmatch(name)
    return found[1] if found else ""
