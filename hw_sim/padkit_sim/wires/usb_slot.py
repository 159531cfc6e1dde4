"""A USB device as its host has it, the same under every face: transfers under way, standard requests, halted endpoints.

No kernel, no socket: a face (`usbfs`, `usbip`, memory) shows the slot to a host and carries the host's transfers here.
"""

from __future__ import annotations

import asyncio
import enum
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol

from padkit_sim.devices.usb import Descriptors, Setup
from padkit_sim.wires.tree import UsbIdentity
from padkit_sim.wires.usb_standard import Standard
from padkit_sim.wires.wire import Late, Stalled, UsbSide

TO_HOST = 0x80


class Ending(enum.Enum):
    """How a transfer ended."""

    DONE = "done"
    STALLED = "stalled"
    GONE = "gone"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of a transfer: `data` came from the device, `count` bytes passed in either direction."""

    ending: Ending
    data: bytes = b""
    count: int = 0


@dataclass(eq=False, slots=True)
class Asked:
    """A transfer that a host asked for; `done` hears its end once. `setup` makes it a control transfer."""

    endpoint: int
    size: int
    data: bytes
    done: Callable[[Ended], None]
    setup: Setup | None = None
    late: asyncio.TimerHandle | None = field(default=None, repr=False)


class Face(Protocol):
    """What shows a slot to hosts."""

    def shown(self, slot: UsbSlot) -> None:
        """It was plugged in."""
        ...

    def hidden(self, slot: UsbSlot) -> None:
        """It was pulled; all its transfers have ended."""
        ...


class Tap(Protocol):
    """Who listens in on a slot."""

    def plugged(self, slot: UsbSlot) -> None:
        """It was plugged in."""
        ...

    def begun(self, slot: UsbSlot, asked: Asked) -> None:
        """A host asked for a transfer."""
        ...

    def ended(self, slot: UsbSlot, asked: Asked, ended: Ended) -> None:
        """A transfer that had begun has ended."""
        ...


class UsbSlot:
    """See `UsbPort`. What no face shows can be reached from memory only."""

    def __init__(self, identity: UsbIdentity, faces: tuple[Face, ...] = (), tap: Tap | None = None) -> None:
        self.identity = identity
        self.halted: set[int] = set()
        self.descriptors = Descriptors(())  # of what is, or was last, plugged in
        self._faces = faces
        self._tap = tap
        self._side: UsbSide | None = None
        self._standard = Standard(self.identity, self.halted)
        self._reads: dict[int, deque[Asked]] = defaultdict(deque)
        self._rest: list[Asked] = []  # control transfers and writes that have not ended

    @property
    def plugged(self) -> bool:
        return self._side is not None

    @property
    def serial(self) -> str:
        return self.identity.serial

    @property
    def bus(self) -> int:
        """The number of the bus it is on."""
        return int(self.identity.location.partition("-")[0])

    @property
    def side(self) -> UsbSide:
        """The device; plugged only."""
        assert self._side is not None, "plug it first"
        return self._side

    @property
    def configured(self) -> int:
        """The number of the active configuration, 0 when there is none."""
        return self._standard.configuration

    def plug(self, side: UsbSide, *, serial: str = "", name: str = "") -> None:
        assert self._side is None, "unplug first"
        self.identity = replace(self.identity, serial=serial or self.serial, location=name or self.identity.location)
        self.halted.clear()
        self._standard = Standard(self.identity, self.halted)
        self._side = side
        self.descriptors = side.descriptors
        if self._tap is not None:
            self._tap.plugged(self)
        for face in self._faces:
            face.shown(self)

    def unplug(self) -> None:
        if self._side is None:
            return
        self._side = None
        for asked in [*self._rest, *(it for reads in self._reads.values() for it in reads)]:
            self._end(asked, Ended(Ending.GONE))
        for face in self._faces:
            face.hidden(self)

    def ready(self, endpoint: int) -> None:
        reads = self._reads[endpoint]
        while reads and self._side is not None and self._serve(reads[0]):
            pass

    # -- what a host does

    def submit(self, asked: Asked) -> None:
        """Begin a transfer; its end may come before this returns."""
        if self._tap is not None:
            asked.done = partial(self._tapped, self._tap, asked, asked.done)
            self._tap.begun(self, asked)
        if self._side is None:
            asked.done(Ended(Ending.GONE))
        elif asked.setup is None and asked.endpoint in self.halted:
            asked.done(Ended(Ending.STALLED))
        elif asked.setup is None and asked.endpoint & TO_HOST:
            self._reads[asked.endpoint].append(asked)
            if self._reads[asked.endpoint][0] is asked:
                self.ready(asked.endpoint)
        else:
            self._rest.append(asked)
            self._carry(asked)

    def cancel(self, asked: Asked) -> bool:
        """Take a transfer back; False when it has ended already."""
        return self._end(asked, Ended(Ending.CANCELLED))

    def waits_on(self, endpoint: int) -> bool:
        """Whether a read waits on an IN endpoint."""
        return bool(self._reads[endpoint])

    def clear_halt(self, endpoint: int) -> None:
        """What CLEAR_FEATURE(ENDPOINT_HALT) does."""
        self.halted.discard(endpoint)

    def _tapped(self, tap: Tap, asked: Asked, done: Callable[[Ended], None], ended: Ended) -> None:
        tap.ended(self, asked, ended)
        done(ended)

    def _carry(self, asked: Asked) -> None:
        """Bring a control transfer or a write to the device."""
        try:
            reply = self._control(asked.setup, asked.data) if asked.setup else self._out(asked)
        except Stalled:
            if asked.setup is None:
                self.halted.add(asked.endpoint)
            self._end(asked, Ended(Ending.STALLED))
            return
        except Late as late:
            done = _done(asked, late.reply)
            asked.late = asyncio.get_running_loop().call_later(late.delay_s, self._end, asked, done)
            return
        if reply is not None:
            self._end(asked, _done(asked, reply))

    def _control(self, setup: Setup, data: bytes) -> bytes | None:
        standard = self._standard.answer(setup, self.side.descriptors)
        return self.side.control(setup, data) if standard is None else standard

    def _out(self, asked: Asked) -> bytes | None:
        return b"" if self.side.out(asked.endpoint, asked.data) else None

    def _serve(self, asked: Asked) -> bool:
        """Give the oldest read what waits; False: nothing does, or it ended meanwhile."""
        try:
            data = self.side.take(asked.endpoint, asked.size)
        except Stalled:
            self.halted.add(asked.endpoint)
            for read in list(self._reads[asked.endpoint]):
                self._end(read, Ended(Ending.STALLED))
            return False
        return data is not None and self._end(asked, _done(asked, data))

    def _end(self, asked: Asked, ended: Ended) -> bool:
        under_way = self._reads[asked.endpoint] if asked.setup is None and asked.endpoint & TO_HOST else self._rest
        if asked not in under_way:
            return False
        under_way.remove(asked)
        if asked.late is not None:
            asked.late.cancel()
        asked.done(ended)
        return True


def _done(asked: Asked, reply: bytes) -> Ended:
    data = reply[: asked.size]
    to_host = asked.setup.to_host if asked.setup else bool(asked.endpoint & TO_HOST)
    return Ended(Ending.DONE, data, len(data)) if to_host else Ended(Ending.DONE, b"", len(asked.data))
