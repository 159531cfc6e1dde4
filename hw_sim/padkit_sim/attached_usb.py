"""A USB device in its port: carries transfers and time between the two and journals what passes."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque

from padkit_sim.devices.device import HandAction, Moment
from padkit_sim.devices.usb import Descriptors, Setup, UsbDevice, UsbStep
from padkit_sim.errors import SimRefused
from padkit_sim.faults import Dial
from padkit_sim.journal import Journal
from padkit_sim.mechtime import MechanicalTime
from padkit_sim.wires import Stalled, UsbPort

CONTROL = "control"


class AttachedUsb:
    """One USB device with its port; the port's side is this object (`UsbSide`)."""

    def __init__(
        self, name: str, device: UsbDevice, port: UsbPort, dial: Dial, time: MechanicalTime, journal: Journal
    ) -> None:
        self.name = name
        self.device = device
        self.wire = port
        self._dial = dial
        self._time = time
        self._journal = journal
        self._waiting: dict[int, deque[bytes]] = defaultdict(deque)
        self._wake: asyncio.TimerHandle | None = None

    # -- cable

    def plug(self, *, serial: str = "", tty: str = "") -> None:
        """Put the cable in: the device begins anew. Raises `SimRefused`."""
        if self.wire.plugged:
            raise SimRefused(f"{self.name}: is plugged already, as {self.wire.serial}; unplug it first")
        self.power_cycle()
        self.wire.plug(self, serial=serial, name=tty)
        self._journal.note(self.name, f"plugged as {self.wire.serial}")

    def unplug(self) -> None:
        """Pull the cable. Raises `SimRefused`."""
        if not self.wire.plugged:
            raise SimRefused(f"{self.name}: is not plugged; plug it first")
        self.wire.unplug()
        self._waiting.clear()
        self._journal.note(self.name, "unplugged")

    def close(self) -> None:
        """Stop all timers and vanish."""
        self._sleep()
        if self.wire.plugged:
            self.wire.unplug()

    # -- device

    def now(self) -> Moment:
        return self._time.now()

    def catch_up(self) -> None:
        """Let the device live up to now; needed before its state is read and after the speed changes."""
        self._take(self.device.update(self.now()))

    def hand(self, action: HandAction) -> None:
        """Let a person act. Raises `SimRefused`."""
        self._journal.note(self.name, " ".join(filter(None, ("hand", action.action, action.person, action.pan))))
        self._take(self.device.hand(action, self.now()))

    def power_cycle(self) -> None:
        """Cut the device's power and give it back; what waited to be read is gone."""
        self._waiting.clear()
        self._journal.note(self.name, "power cut")
        self._take(self.device.power_cycle(self.now()))

    # -- what its port asks

    @property
    def descriptors(self) -> Descriptors:
        return self.device.descriptors

    def control(self, setup: Setup, data: bytes) -> bytes | None:
        asked = f"{setup.request_type:02X} {setup.request:02X} {setup.value:04X} {setup.index:04X} {setup.length:04X}"
        self._journal.heard(self.name, data, f"{CONTROL} {asked}")
        step = self._carried(self.device.control(setup, data, self.now()))
        if setup.to_host:
            self._journal.said(self.name, step.reply[: setup.length], CONTROL)
        return step.reply[: setup.length]

    def out(self, endpoint: int, data: bytes) -> bool:
        self._journal.heard(self.name, data, f"endpoint {endpoint:02X}")
        self._carried(self.device.out(endpoint, data, self.now()))
        return True

    def take(self, endpoint: int, size: int) -> bytes | None:
        if not self._waiting[endpoint]:
            return None
        data = self._waiting[endpoint].popleft()
        if len(data) > size:
            self._waiting[endpoint].appendleft(data[size:])
        self._journal.said(self.name, data[:size], f"endpoint {endpoint:02X}")
        return data[:size]

    # -- inside

    def _carried(self, step: UsbStep) -> UsbStep:
        self._take(step)
        if step.stalled:
            raise Stalled
        return step

    def _take(self, step: UsbStep) -> None:
        if step.note:
            self._journal.note(self.name, step.note)
        self._sleep()
        if step.wake_at_s is not None:
            delay_s = self._time.delay_s(step.wake_at_s)
            self._wake = asyncio.get_running_loop().call_later(delay_s, self.catch_up)
        for transfer in step.transfers:
            self._waiting[transfer.endpoint].append(transfer.data)
            self.wire.ready(transfer.endpoint)

    def _sleep(self) -> None:
        if self._wake is not None:
            self._wake.cancel()
            self._wake = None
