"""What a stack is: the part of a machine that brings one kind of wire to the programs of a kit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from padkit_sim.faults import Firing
from padkit_sim.kitfile import DeviceEntry, KitFile
from padkit_sim.wires import UsbPort, UsbTree, Wire
from padkit_sim.wires.usb_slot import Tap


@dataclass(slots=True)
class Ground:
    """Where stacks stand. `root` is the kit's temporary directory, its path short; `tree` is /sys and /dev below it.

    `environment` is what the stacks before have given: a stack starts its own programs with as much of it as they need.
    `usbip` is an address (``host:port``) where USB devices are to be lent over USB/IP besides, "" for none;
    `tap` listens in on them.
    `on_fault` hear of every fault that strikes in the kit: those of a stack itself are its own to carry out.
    """

    root: Path
    file: KitFile
    tree: UsbTree
    environment: dict[str, str] = field(default_factory=dict)
    usbip: str = ""
    tap: Tap | None = None
    on_fault: list[Callable[[Firing], None]] = field(default_factory=list)


class Stack(Protocol):
    """A stack that stands. Its devices are plugged after it stood up and pulled before it goes."""

    @property
    def environment(self) -> Mapping[str, str]:
        """What leads a program to it."""
        ...

    def wire_for(self, entry: DeviceEntry) -> Wire | UsbPort:
        """Make the wire of a device of its kind."""
        ...


Standing = Callable[[Ground], AbstractAsyncContextManager[Stack]]


@dataclass(frozen=True, slots=True)
class StackKind:
    """A stack, and when a kit needs it. `place` is ``module:function`` of a `Standing`, imported only then.

    `wire` is the kind of wire that it makes, "" for one that stands on another's wires.
    """

    wire: str
    place: str
    wanted: Callable[[KitFile], bool]


def on_wire(kind: str) -> Callable[[KitFile], bool]:
    """Kits that have something on that kind of wire."""
    return lambda file: any(entry.wire == kind for entry in file.devices)


def of_type(name: str) -> Callable[[KitFile], bool]:
    """Kits that have a device of that type."""
    return lambda file: any(entry.type == name for entry in file.devices)
