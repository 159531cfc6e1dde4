"""A whole simulated kit: devices on wires, faults, journal, one time. Nothing in here is global, so kits run side by side."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any, cast

from padkit_sim.attached import Attached
from padkit_sim.attached_usb import AttachedUsb
from padkit_sim.camera import NAME as CAMERA
from padkit_sim.camera import Camera
from padkit_sim.errors import SimRefused
from padkit_sim.faults import FaultBook, Firing
from padkit_sim.journal import Journal
from padkit_sim.kitfile import DeviceEntry, KitFile
from padkit_sim.machine import Machine
from padkit_sim.mechtime import MechanicalTime
from padkit_sim.wires import Line, UsbPort, Wire

if TYPE_CHECKING:
    from padkit_sim.devices.card_dispenser import CardBox
    from padkit_sim.devices.eject_box import EjectBox

BOXES = ("card_dispenser", "eject_box")  # types that `Kit.box` is for
AnyAttached = Attached | AttachedUsb


class Kit:
    """Devices stand from `start` to `close`, both inside a running loop. `wire_for` makes each device's wire or port."""

    def __init__(
        self,
        file: KitFile,
        wire_for: Callable[[DeviceEntry], Wire | UsbPort],
        now_mono_s: Callable[[], float],
        journal_file: IO[bytes] | None = None,
    ) -> None:
        self.name = file.name
        self.seed = file.seed
        self.machine = Machine(file.name, file.seed)
        self.journal = Journal(now_mono_s, journal_file)
        self.time = MechanicalTime(now_mono_s, file.speed)
        self.faults = FaultBook(file.vocabulary, file.can_have, file.seed, now_mono_s)
        self.faults.fired = self._fired
        self.faults.cleared = self._cleared
        self.on_fault: Sequence[Callable[[Firing], None]] = ()  # who else acts when one strikes: a stack
        self.types: Mapping[str, str] = {entry.id: entry.type for entry in file.devices}
        self._attached = {entry.id: self._attach(entry, wire_for(entry)) for entry in file.devices}
        for request in file.faults:
            self.faults.arm(request)
        dial = self.faults.dial(CAMERA)
        self._camera = Camera(file.camera, dial, file.seed, now_mono_s) if file.camera else None

    def start(self) -> None:
        """Plug everything in."""
        for attached in self._attached.values():
            attached.plug()

    def close(self) -> None:
        """Stop all timers and take everything away."""
        for attached in self._attached.values():
            attached.close()
        if self._camera is not None:
            self._camera.close()

    @property
    def has_camera(self) -> bool:
        return self._camera is not None

    @property
    def camera(self) -> Camera:
        """Raises `SimRefused` in a kit without one."""
        if self._camera is None:
            raise SimRefused(f"kit {self.name} has no camera; give its kit file a table [camera]")
        return self._camera

    @property
    def devices(self) -> Mapping[str, AnyAttached]:
        """All devices by id."""
        return self._attached

    def device(self, name: str) -> AnyAttached:
        """Raises `SimRefused`."""
        found = self._attached.get(name)
        if found is None:
            raise SimRefused(f"device {name!r} is not in kit {self.name}; it has {', '.join(self._attached)}")
        return found

    def box(self, name: str) -> CardBox | EjectBox:
        """The card box called `name`, brought up to now. Raises `SimRefused`."""
        attached = self.device(name)
        if self.types[name] not in BOXES:
            raise SimRefused(f"device {name!r} is no card box; pick one whose type is {' or '.join(BOXES)}")
        attached.catch_up()
        return cast("CardBox | EjectBox", attached.device)

    def set_speed(self, speed: float) -> None:
        """Run the mechanics `speed` times as fast from now. Raises `SimRefused`."""
        if speed <= 0:
            raise SimRefused(f"speed: {speed:g} is not above 0; give 1 for real time, 20 for tests")
        self.catch_up()
        self.time.set_speed(speed)
        self.catch_up()

    def catch_up(self) -> None:
        """Let every device live up to now."""
        for attached in self._attached.values():
            attached.catch_up()

    def _attach(self, entry: DeviceEntry, wire: Any) -> AnyAttached:
        """Put a device on what was made for its kind of wire."""
        dial = self.faults.dial(entry.id)
        device: Any = entry.kind.make(entry.settings, dial)
        if entry.wire == "usb":
            return AttachedUsb(entry.id, device, wire, dial, self.time, self.journal)
        if entry.wire == "ble":
            wire.obey(dial)  # the air has faults of its own
        line = Line(dial, random.Random(f"{self.seed}/{entry.id}/noise"))  # noqa: S311 - repeatable on purpose
        return Attached(entry.id, device, wire, line, self.time, self.journal, paced=entry.paced)

    def _fired(self, firing: Firing) -> None:
        self.journal.note(firing.device, f"fault {firing.name} #{firing.index} fired")
        for act in self.on_fault:
            act(firing)

    def _cleared(self, device: str, name: str) -> None:
        if device != CAMERA:
            self._attached[device].device.fault_cleared(name)
