"""Every type of device that a kit file can name: how its table is read, what it is made of, which faults it can have."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from padkit_sim.devices.device import Device
from padkit_sim.devices.hands import Hand
from padkit_sim.devices.usb import UsbDevice
from padkit_sim.faults import Dial, FaultSpec
from padkit_sim.kitfile.table import Table
from padkit_sim.wires import FAULTS_ON, BleIdentity, UsbIdentity

Identity = UsbIdentity | BleIdentity


@dataclass(frozen=True, slots=True)
class DeviceType:
    """One type of device. `wires` are the kinds it can be on, the usual first, each with what it looks like there.

    `read` takes the keys of its own from a `[[device]]` table; `make` builds the device from that.
    """

    name: str
    read: Callable[[Table], Any]
    make: Callable[[Any, Dial], Device | UsbDevice]
    faults: tuple[FaultSpec, ...]
    wires: Mapping[str, Identity]
    hands: tuple[Hand, ...] = ()  # what a person can do to it


PLACES: Mapping[str, str] = {  # module of each type; its `TYPE` is imported when a kit file names it
    "card_dispenser": "padkit_sim.kitfile.box",
    "eject_box": "padkit_sim.kitfile.eject_box",
    "identity_reader": "padkit_sim.kitfile.reader",
    "card_reader": "padkit_sim.kitfile.card_reader",
    "fingerprint_uru4500": "padkit_sim.kitfile.fingerprint_uru",
    "fingerprint_r30x": "padkit_sim.kitfile.fingerprint_r30x",
    "pin_pad": "padkit_sim.kitfile.pin_pad",
    "signature_pad": "padkit_sim.kitfile.signature_pad",
    "recording": "padkit_sim.kitfile.recording",
}


class _Types(Mapping[str, DeviceType]):
    """The types by name. To list the names imports nothing: a kit of two devices does not wait for the others."""

    def __getitem__(self, name: str) -> DeviceType:
        found = importlib.import_module(PLACES[name]).TYPE
        assert isinstance(found, DeviceType)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(PLACES)

    def __len__(self) -> int:
        return len(PLACES)


class Vocabulary(Mapping[str, FaultSpec]):
    """The faults of all types and wires by name. One that is not in the groups `near` imports every type."""

    def __init__(self, near: Iterable[Iterable[FaultSpec]] = ()) -> None:
        self._near = _by_name(near)

    @cached_property
    def _all(self) -> Mapping[str, FaultSpec]:
        return _by_name((*(it.faults for it in TYPES.values()), *FAULTS_ON.values()))

    def __getitem__(self, name: str) -> FaultSpec:
        return self._near.get(name) or self._all[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)


def _by_name(groups: Iterable[Iterable[FaultSpec]]) -> Mapping[str, FaultSpec]:
    return {spec.name: spec for specs in groups for spec in specs}


TYPES: Mapping[str, DeviceType] = _Types()
VOCABULARY: Mapping[str, FaultSpec] = Vocabulary()
