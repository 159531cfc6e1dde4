"""The wire without an operating system."""

from __future__ import annotations

from padkit_sim.wires import MemoryWire


def test_what_is_said_and_heard_passes_while_it_is_plugged():
    wire, heard = MemoryWire(), []
    wire.write(b"lost")
    wire.plug(heard.append, serial="MEM-0002")
    wire.write(b"kept")
    wire.hear(b"hello")
    wire.unplug()
    wire.write(b"lost too")
    assert (wire.said, heard, wire.serial, wire.plugged, wire.baud()) == (
        [b"kept"],
        [b"hello"],
        "MEM-0002",
        False,
        None,
    )
