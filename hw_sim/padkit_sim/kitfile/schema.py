"""What a kit file can say, table by table, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from padkit_sim.camera import FAULTS as CAMERA_FAULTS
from padkit_sim.camera import NAME as CAMERA
from padkit_sim.camera import CameraSettings
from padkit_sim.faults import FaultBook, FaultRequest, FaultSpec
from padkit_sim.kitfile.camera import camera
from padkit_sim.kitfile.table import Table
from padkit_sim.kitfile.types import TYPES, DeviceType, Identity, Vocabulary
from padkit_sim.wires import FAULTS_ON, BleIdentity, UsbIdentity

USB_PORT = r"[0-9]+-[0-9]+(\.[0-9]+)*"
ADDRESS = r"([0-9A-F]{2}:){5}[0-9A-F]{2}"
MTU_LEAST, MTU_MOST = 23, 517  # Bluetooth 5.4, vol 3 part F, 3.2.8


@dataclass(frozen=True, slots=True)
class DeviceEntry:
    """One device of the kit: what it is, the kind of wire it is on (``tty``, ``usb``, ``ble``), and how it shows there."""

    id: str
    kind: DeviceType
    settings: Any
    wire: str
    identity: Identity
    paced: bool = False

    @property
    def type(self) -> str:
        """As the kit file calls it."""
        return self.kind.name

    @property
    def faults(self) -> frozenset[str]:
        """Names of the faults it can have."""
        return frozenset(spec.name for spec in (*self.kind.faults, *FAULTS_ON[self.wire]))


@dataclass(frozen=True, slots=True)
class KitFile:
    """A whole kit."""

    name: str
    seed: int
    speed: float
    devices: tuple[DeviceEntry, ...]
    faults: tuple[FaultRequest, ...]
    camera: CameraSettings | None = None

    @property
    def vocabulary(self) -> Mapping[str, FaultSpec]:
        """All faults by name; to look up one that its devices or its camera can have imports nothing."""
        return _vocabulary(self.devices, self.camera)

    @property
    def can_have(self) -> dict[str, frozenset[str]]:
        """Names of the faults that each device, and the camera, can have."""
        return _can_have(self.devices, self.camera)


def kit(root: Table) -> KitFile:
    """The whole file. Raises `SimRefused`."""
    head = root.table("kit")
    name = head.text("name", pattern=r"[A-Za-z0-9_-]+", means="a short name of letters, digits, - and _")
    seed, speed = head.whole("seed", 0), head.number("speed", 1.0, above=True)
    head.end()
    devices = tuple(_devices(root))
    seen = camera(root.table("camera")) if root.has("camera") else None
    faults = tuple(_fault(table, devices, seen) for table in root.tables("fault"))
    root.end()
    return KitFile(name, seed, speed, devices, faults, seen)


def _vocabulary(devices: Sequence[DeviceEntry], seen: CameraSettings | None) -> Mapping[str, FaultSpec]:
    groups = [group for it in devices for group in (it.kind.faults, FAULTS_ON[it.wire])]
    return Vocabulary([*groups, CAMERA_FAULTS] if seen else groups)


def _can_have(devices: Sequence[DeviceEntry], seen: CameraSettings | None) -> dict[str, frozenset[str]]:
    found = {entry.id: entry.faults for entry in devices}
    return found | {CAMERA: frozenset(spec.name for spec in CAMERA_FAULTS)} if seen else found


def _devices(root: Table) -> Iterator[DeviceEntry]:
    ids: set[str] = set()
    ports: set[str] = set()
    for table in root.tables("device"):
        entry = _device(table)
        if entry.id == CAMERA:
            table.refuse("id", "the kit's camera is called so; give another")
        if entry.id in ids:
            table.refuse("id", "another device has this id; give each its own")
        wire = table.table("wire")
        places = _places(entry)
        for key, value in places.items():
            if value in ports:
                wire.refuse(key, f"another device is at {value}; give each its own")
        ids.add(entry.id)
        ports |= set(places.values())
        yield entry


def _places(entry: DeviceEntry) -> dict[str, str]:
    """What no two devices may share, by the key that says it."""
    match entry.identity:
        case BleIdentity(address=address):
            return {"address": address}
        case UsbIdentity(name="", location=location):
            return {"location": location}
        case UsbIdentity(name=name, location=location):
            return {"name": name, "location": location}


def _device(table: Table) -> DeviceEntry:
    name = table.text("id", pattern=r"[a-z][a-z0-9_]*", means="a short name of a-z, 0-9 and _")
    kind = TYPES[table.choice("type", tuple(TYPES))]
    wire = table.table("wire")
    wire_kind = wire.choice("kind", tuple(kind.wires), next(iter(kind.wires)))
    match kind.wires[wire_kind]:
        case BleIdentity() as usual:
            identity: Identity = _peripheral(wire, usual)
        case UsbIdentity() as usual:
            identity = _adapter(wire, usual)
    paced = wire.flag("paced", default=False) if wire_kind == "tty" else False
    wire.end()
    settings = kind.read(table)
    table.end()
    return DeviceEntry(name, kind, settings, wire_kind, identity, paced)


def _adapter(wire: Table, usual: UsbIdentity) -> UsbIdentity:
    name = usual.name
    if name:
        name = wire.text("name", name, pattern=r"tty[A-Za-z]+[0-9]+", means="a tty name such as ttyUSB0")
    return UsbIdentity(
        name=name,
        location=wire.text("location", usual.location, pattern=USB_PORT, means="a USB port such as 1-3 or 1-3.2"),
        vid=wire.whole("vid", usual.vid, most=0xFFFF),
        pid=wire.whole("pid", usual.pid, most=0xFFFF),
        serial=wire.text("serial", usual.serial),
        product=wire.text("product", usual.product),
        manufacturer=wire.text("manufacturer", usual.manufacturer),
    )


def _peripheral(wire: Table, usual: BleIdentity) -> BleIdentity:
    return BleIdentity(
        address=wire.text(
            "address", usual.address, pattern=ADDRESS, means="six pairs of hexadecimal digits with colons"
        ),
        name=wire.text("name", usual.name),
        mtu=wire.whole("mtu", usual.mtu, least=MTU_LEAST, most=MTU_MOST),
        rssi=-wire.whole("path_loss_db", -usual.rssi, most=127),
    )


def _fault(table: Table, devices: tuple[DeviceEntry, ...], seen: CameraSettings | None) -> FaultRequest:
    on, do = table.table("on"), table.table("do")
    vocabulary, can_have = _vocabulary(devices, seen), _can_have(devices, seen)
    name = do.choice("fault", vocabulary)
    request = FaultRequest(
        name=name,
        args=do.rest(),
        nth=on.whole("nth", 1, least=1),
        chance=table.number("chance") if table.has("chance") else None,
        times=on.whole("times", 1),
        after_s=on.number("after_s", 0.0),
        device=on.choice("device", tuple(can_have)) if on.has("device") else "",
    )
    on.end()
    table.end()
    trial = FaultBook(vocabulary, can_have, seed=0)
    table.guarded("do", lambda: trial.arm(request))
    return request
