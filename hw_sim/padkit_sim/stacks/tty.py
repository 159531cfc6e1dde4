"""Serial lines on ptys. Under umockdev's preload library they have modem lines and hot-plug events besides."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from padkit_sim.kitfile import DeviceEntry
from padkit_sim.stacks.preload import UMOCKDEV_DIR
from padkit_sim.stacks.stack import Ground
from padkit_sim.wires import PtyWire, UsbIdentity, UsbTree
from padkit_sim.wires.modem import ModemNodes
from padkit_sim.wires.uevents import Uevents


class TtyStack:
    """See `Stack`. `modems` None: bare ptys."""

    def __init__(self, tree: UsbTree, modems: ModemNodes | None) -> None:
        self._tree = tree
        self._modems = modems

    @property
    def environment(self) -> Mapping[str, str]:
        return {}

    def wire_for(self, entry: DeviceEntry) -> PtyWire:
        assert isinstance(entry.identity, UsbIdentity)
        return PtyWire(self._tree, entry.identity, self._modems)


@asynccontextmanager
async def standing_tty(ground: Ground) -> AsyncIterator[TtyStack]:
    """Needs nothing but the kernel."""
    under_preload = UMOCKDEV_DIR in ground.environment
    modems = ModemNodes(ground.root, Uevents(ground.root)) if under_preload else None
    try:
        yield TtyStack(ground.tree, modems)
    finally:
        if modems is not None:
            await modems.end()
