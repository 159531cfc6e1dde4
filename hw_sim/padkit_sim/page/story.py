"""What the page is told of a kit once, when it connects: its devices, what hands can do to them, which faults they can have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from padkit_sim.devices.hands import Hand
from padkit_sim.faults import ArgSpec, ArgValue, FaultSpec, Kind
from padkit_sim.kitfile import DeviceEntry, KitFile
from padkit_sim.wires import UsbIdentity


class ArgStory(msgspec.Struct, frozen=True):
    """One argument of a fault: what a form field for it needs."""

    default: ArgValue
    choices: Sequence[str]
    minimum: float | None
    or_int: bool
    pattern: str
    wanted: str
    help: str


class FaultStory(msgspec.Struct, frozen=True):
    strikes: str
    lasting: bool
    args: Mapping[str, ArgStory]


class DeviceStory(msgspec.Struct, frozen=True):
    """One device; `place` is the USB port or the Bluetooth address it is found at."""

    id: str
    type: str
    wire: str
    place: str
    product: str
    hands: Sequence[Hand]
    faults: Sequence[str]


class KitStory(msgspec.Struct, frozen=True, tag="kit", tag_field="is"):
    name: str
    seed: int
    devices: Sequence[DeviceStory]
    faults: Mapping[str, FaultStory]


def story(file: KitFile) -> KitStory:
    """All of it."""
    known = {name for entry in file.devices for name in entry.faults}
    faults = {name: _fault(file.vocabulary[name]) for name in sorted(known)}
    return KitStory(file.name, file.seed, [_device(entry) for entry in file.devices], faults)


def _device(entry: DeviceEntry) -> DeviceStory:
    at = entry.identity
    place, product = (at.location, at.product) if isinstance(at, UsbIdentity) else (at.address, at.name)
    return DeviceStory(entry.id, entry.type, entry.wire, place, product, entry.kind.hands, sorted(entry.faults))


def _fault(spec: FaultSpec) -> FaultStory:
    args = {name: _arg(arg) for name, arg in spec.args.items()}
    return FaultStory(spec.strikes, spec.kind is Kind.CONDITION, args)


def _arg(arg: ArgSpec) -> ArgStory:
    return ArgStory(arg.default, arg.choices, arg.minimum, arg.or_int, arg.pattern, arg.wanted(), arg.help)
