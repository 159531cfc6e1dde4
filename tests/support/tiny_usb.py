"""The smallest USB device that has everything: control, bulk and interrupt, answers and refusals."""

from __future__ import annotations

from padkit_sim.devices.usb import Descriptors, Endpoint, Interface, Kind, Transfer, UsbStep
from padkit_sim.faults import FaultBook
from padkit_sim.wires import FAULTS_ON, UsbIdentity

OUT, IN, EVENTS = 0x01, 0x82, 0x83
IDENTITY = UsbIdentity("", "1-2", 0x1209, 0x0001, "TINY-0001", "Tiny")
VERSION = b"TINY 1.2\0"
GET_VERSION, SET_LED, NEVER = (0xC0, 0x10), (0x40, 0x11), (0xC0, 0x12)
FAULTS = frozenset(spec.name for spec in FAULTS_ON["usb"])


class Tiny:
    """Sends back on `IN` what `OUT` brings, refuses what begins with ``!``, keeps what begins with ``-``; `hand` is an event."""

    descriptors = Descriptors(
        (
            Interface(
                0,
                0xFF,
                0,
                0,
                (Endpoint(OUT, Kind.BULK, 64), Endpoint(IN, Kind.BULK, 64), Endpoint(EVENTS, Kind.INTERRUPT, 16, 4)),
            ),
        )
    )

    def __init__(self):
        self.led = 0
        self.heard = []

    def control(self, setup, data, at):
        match (setup.request_type, setup.request):
            case t if t == GET_VERSION:
                return UsbStep(reply=VERSION)
            case t if t == SET_LED:
                self.led = setup.value
                self.heard.append(data)
                return UsbStep()
        return UsbStep(stalled=True)

    def out(self, endpoint, data, at):
        self.heard.append(data)
        if data[:1] == b"!":
            return UsbStep(stalled=True)
        return UsbStep(() if data[:1] == b"-" else (Transfer(IN, data),))

    def update(self, at):
        return UsbStep()

    def power_cycle(self, at):
        return UsbStep()

    def hand(self, action, at):
        return UsbStep((Transfer(EVENTS, action.item.encode()),))

    def fault_cleared(self, name):
        pass

    def state(self, at):
        return {"led": self.led}


def book_for(name="tiny", clock=lambda: 0.0):
    """A fault book that knows what can go wrong on a USB wire."""
    return FaultBook({spec.name: spec for spec in FAULTS_ON["usb"]}, {name: FAULTS}, 7, clock)
