"""A USB device in its port: carries transfers and time between the two and journals what passes."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from dataclasses import dataclass

from padkit_sim.devices.device import HandAction, Moment
from padkit_sim.devices.usb import Descriptors, Setup, UsbDevice, UsbStep
from padkit_sim.errors import SimRefused
from padkit_sim.faults import Dial
from padkit_sim.journal import Journal
from padkit_sim.mechtime import MechanicalTime
from padkit_sim.wires import Late, Pull, Stalled, UsbPort
from padkit_sim.wires.usb_line import CONTROL, Mishap, UsbLine, kinds_of

MAX_WAITING = 4_096  # transfers that wait at one endpoint; a real device forgets sooner


@dataclass(slots=True)
class Waiting:
    """A transfer that waits for its reader; `data` None is a refusal. `held` ones are late."""

    data: bytes | None
    held: bool = False


class AttachedUsb:
    """One USB device with its port; the port's side is this object (`UsbSide`)."""

    def __init__(
        self, name: str, device: UsbDevice, port: UsbPort, dial: Dial, time: MechanicalTime, journal: Journal
    ) -> None:
        self.name = name
        self.device = device
        self.wire = port
        self._line = UsbLine(dial)
        self._time = time
        self._journal = journal
        self._waiting: dict[int, deque[Waiting]] = defaultdict(deque)
        self._wake: asyncio.TimerHandle | None = None
        self._replug: asyncio.TimerHandle | None = None

    # -- cable

    def plug(self, *, serial: str = "", tty: str = "") -> None:
        """Put the cable in: the device begins anew. Raises `SimRefused`."""
        if self.wire.plugged:
            raise SimRefused(f"{self.name}: is plugged already, as {self.wire.serial}; unplug it first")
        self._cancel_replug()
        self.power_cycle()
        self.wire.plug(self, serial=serial, name=tty)
        self._journal.note(self.name, f"plugged as {self.wire.serial}")

    def unplug(self) -> None:
        """Pull the cable. Raises `SimRefused`."""
        if not self.wire.plugged:
            raise SimRefused(f"{self.name}: is not plugged; plug it first")
        self._pull(Pull())

    def close(self) -> None:
        """Stop all timers and vanish."""
        self._sleep()
        self._cancel_replug()
        if self.wire.plugged:
            self.wire.unplug()

    def _pull(self, pull: Pull) -> None:
        self.wire.unplug()
        self._waiting.clear()
        self._journal.note(self.name, "unplugged")
        if pull.replug_s:
            self._replug = asyncio.get_running_loop().call_later(pull.replug_s, lambda: self.plug(serial=pull.serial))

    def _cancel_replug(self) -> None:
        if self._replug is not None:
            self._replug.cancel()
            self._replug = None

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
        mishap = self._line.to_device(CONTROL)
        if not self._arrives(mishap):
            return None
        reply = self._carried(self.device.control(setup, data, self.now())).reply[: setup.length]
        if setup.to_host:
            reply = self._line.cut(CONTROL, reply)
            self._journal.said(self.name, reply, CONTROL)
        if mishap.delay_s:
            raise Late(mishap.delay_s, reply)
        return reply

    def out(self, endpoint: int, data: bytes) -> bool:
        self._journal.heard(self.name, data, f"endpoint {endpoint:02X}")
        mishap = self._line.to_device(self._kind(endpoint))
        if not self._arrives(mishap):
            return False
        self._carried(self.device.out(endpoint, data, self.now()))
        if mishap.delay_s:
            raise Late(mishap.delay_s)
        return True

    def take(self, endpoint: int, size: int) -> bytes | None:
        waiting = self._waiting[endpoint]
        if not waiting or waiting[0].held:
            return None
        data = waiting.popleft().data
        if data is None:
            raise Stalled
        if len(data) > size:
            waiting.appendleft(Waiting(data[size:]))
        self._journal.said(self.name, data[:size], f"endpoint {endpoint:02X}")
        return data[:size]

    # -- inside

    def _kind(self, endpoint: int) -> str:
        """Of an endpoint, as faults name it; one that the device does not have is bulk."""
        return kinds_of(self.descriptors).get(endpoint, "bulk")

    def _arrives(self, mishap: Mishap) -> bool:
        """Whether the device gets to see a transfer. Raises `Stalled`."""
        if mishap.pull:
            self._pull(mishap.pull)
        if mishap.stalled:
            raise Stalled
        return bool(mishap.arrivals)

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
            mishap = self._line.to_host(self._kind(transfer.endpoint), transfer.data)
            if mishap.pull:
                self._pull(mishap.pull)
                return
            self._queue(transfer.endpoint, mishap)

    def _queue(self, endpoint: int, mishap: Mishap) -> None:
        """Let a transfer wait for its reader, in the state it is in."""
        arrivals = (None,) if mishap.stalled else mishap.arrivals
        waiting = [Waiting(data, held=mishap.delay_s > 0) for data in arrivals]
        queue = self._waiting[endpoint]
        queue.extend(waiting)
        if len(queue) > MAX_WAITING:
            self._journal.note(self.name, f"endpoint {endpoint:02X}: nobody reads, the oldest transfer is lost")
            queue.popleft()
        if mishap.delay_s:
            asyncio.get_running_loop().call_later(mishap.delay_s, self._release, endpoint, waiting)
        self.wire.ready(endpoint)

    def _release(self, endpoint: int, late: list[Waiting]) -> None:
        for waiting in late:
            waiting.held = False
        self.wire.ready(endpoint)

    def _sleep(self) -> None:
        if self._wake is not None:
            self._wake.cancel()
            self._wake = None
