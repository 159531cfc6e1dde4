"""A device on its wire: carries bytes and time between the two and journals what passes. The only timers of a kit are here."""

from __future__ import annotations

import asyncio
from collections import deque
from functools import partial

from padkit_sim.devices.device import Device, HandAction, Moment, Step
from padkit_sim.errors import SimRefused
from padkit_sim.journal import Journal
from padkit_sim.mechtime import MechanicalTime
from padkit_sim.wires import Burst, Line, Wire

BITS_A_BYTE = 10


class Attached:
    """One device with its line and wire. `paced` lets bytes take their time on the line."""

    def __init__(
        self, name: str, device: Device, wire: Wire, line: Line, time: MechanicalTime, journal: Journal, *, paced: bool
    ) -> None:
        self.name = name
        self.device = device
        self.wire = wire
        self._line = line
        self._time = time
        self._journal = journal
        self._paced = paced
        self._bursts: deque[Burst] = deque()
        self._wake: asyncio.TimerHandle | None = None
        self._sending: asyncio.TimerHandle | None = None
        self._replug: asyncio.TimerHandle | None = None

    # -- cable

    def plug(self, *, serial: str = "", tty: str = "") -> None:
        """Put the cable in. Raises `SimRefused`."""
        if self.wire.plugged:
            raise SimRefused(f"{self.name}: is plugged already, as {self.wire.serial}; unplug it first")
        self._cancel(self._replug)
        self.wire.plug(self._hear, serial=serial, name=tty)
        self._journal.note(self.name, f"plugged as {self.wire.serial}")

    def unplug(self) -> None:
        """Pull the cable; the device itself goes on. Raises `SimRefused`."""
        if not self.wire.plugged:
            raise SimRefused(f"{self.name}: is not plugged; plug it first")
        self._pull()

    def close(self) -> None:
        """Stop all timers and vanish."""
        for timer in (self._wake, self._sending, self._replug):
            self._cancel(timer)
        self.wire.unplug()

    def _pull(self) -> None:
        self._cancel(self._sending)
        self._bursts.clear()
        self._sending = None
        self.wire.unplug()
        self._journal.note(self.name, "unplugged")

    # -- device

    def now(self) -> Moment:
        return self._time.now()

    def catch_up(self) -> None:
        """Let the device live up to now; needed before its state is read and after the speed changes."""
        self._take(self.device.update(self.now()))

    def hand(self, action: HandAction) -> None:
        """Let a person act. Raises `SimRefused`."""
        self._take(self.device.hand(action, self.now()))
        self._journal.note(self.name, " ".join(filter(None, ("hand", action.action, action.person, action.pan))))

    def power_cycle(self) -> None:
        """Cut the device's power and give it back; the cable stays."""
        self._take(self.device.power_cycle(self.now()))
        self._journal.note(self.name, "power cut")

    def _hear(self, data: bytes) -> None:
        baud = self.wire.baud()
        self._journal.heard(self.name, data, f"{baud} baud" if baud else "")
        self._take(self.device.receive(data, self.now(), baud))

    def _take(self, step: Step) -> None:
        if step.note:
            self._journal.note(self.name, step.note)
        self._bursts.extend(self._line.outgoing(step.pieces))
        self._cancel(self._wake)
        if step.wake_at_s is not None:
            delay_s = self._time.delay_s(step.wake_at_s)
            self._wake = asyncio.get_running_loop().call_later(delay_s, self.catch_up)
        if self._sending is None:
            self._send()

    # -- line

    def _send(self) -> None:
        """Put on the line what is due; come back for the rest."""
        self._sending = None
        while self._bursts and self.wire.plugged:
            burst = self._bursts.popleft()
            delay_s = self._needs_s(burst)
            if delay_s > 0:
                self._sending = asyncio.get_running_loop().call_later(delay_s, self._send_late, burst)
                return
            self._deliver(burst)
        for lost in self._bursts:
            self._journal.said(self.name, lost.data, "not plugged: lost")
        self._bursts.clear()

    def _send_late(self, burst: Burst) -> None:
        self._deliver(burst)
        self._send()

    def _deliver(self, burst: Burst) -> None:
        if burst.data:
            self._journal.said(self.name, burst.data)
            self.wire.write(burst.data)
        if burst.pull:
            self._pull()
            if burst.pull.replug_s:
                again = partial(self.plug, serial=burst.pull.serial)
                self._replug = asyncio.get_running_loop().call_later(burst.pull.replug_s, again)

    def _needs_s(self, burst: Burst) -> float:
        baud = self.wire.baud() if self._paced else None
        return burst.delay_s + (len(burst.data) * BITS_A_BYTE / baud if baud else 0.0)

    @staticmethod
    def _cancel(timer: asyncio.TimerHandle | None) -> None:
        if timer:
            timer.cancel()
