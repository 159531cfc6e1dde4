"""Stands up the stacks that a kit needs, in the order in which they need each other."""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from padkit_sim.kitfile import DeviceEntry
from padkit_sim.stacks.stack import Ground, Stack, StackKind, Standing, of_type, on_wire
from padkit_sim.wires import UsbPort, Wire

STACKS = (
    StackKind("usb", "padkit_sim.stacks.usb:standing_usb", on_wire("usb")),
    StackKind("tty", "padkit_sim.stacks.tty:standing_tty", on_wire("tty")),
    StackKind("ble", "padkit_sim.stacks.bluez:standing_bluez", on_wire("ble")),
    StackKind("", "padkit_sim.stacks.pcsc:standing_pcsc", of_type("card_reader")),
)


@dataclass(frozen=True, slots=True)
class Wires:
    """The stacks of one kit, by kind of wire."""

    stacks: dict[str, Stack] = field(default_factory=dict)

    def wire_for(self, entry: DeviceEntry) -> Wire | UsbPort:
        """Make the wire of a device."""
        return self.stacks[entry.wire].wire_for(entry)


@asynccontextmanager
async def standing_stacks(ground: Ground) -> AsyncIterator[Wires]:
    """Every stack that the kit needs stands inside the block. Raises `SimRefused`."""
    wires = Wires()
    async with AsyncExitStack() as opened:
        for kind in STACKS:
            if not kind.wanted(ground.file):
                continue
            stack = await opened.enter_async_context(_standing(kind)(ground))
            ground.environment.update(stack.environment)
            if kind.wire:
                wires.stacks[kind.wire] = stack
        yield wires


def _standing(kind: StackKind) -> Standing:
    module, _, name = kind.place.partition(":")
    found: Standing = getattr(importlib.import_module(module), name)
    return found
