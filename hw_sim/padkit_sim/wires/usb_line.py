"""What can go wrong between a USB device and its host, transfer by transfer. No I/O, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from padkit_sim.devices.usb import Descriptors
from padkit_sim.devices.usb import Kind as EndpointKind
from padkit_sim.faults import ArgSpec, Dial, FaultSpec
from padkit_sim.wires import line
from padkit_sim.wires.line import Pull

CONTROL = "control"
NAMES: Mapping[EndpointKind, str] = {EndpointKind.BULK: "bulk", EndpointKind.INTERRUPT: "interrupt"}
ON = ArgSpec("any", (CONTROL, *NAMES.values(), "any"))
SECONDS = 0.4

SWAPPED = next(spec for spec in line.FAULTS if spec.name == "device.swapped")
FAULTS = (
    FaultSpec(
        "usb.unplug",
        "just before the nth transfer of that kind: the cable comes out; it goes in again after `replug_s`, 0 never",
        args={"on": ON, "replug_s": ArgSpec(0.0, minimum=0)},
    ),
    FaultSpec("usb.stall", "nth transfer of that kind: refused (STALL), the device does not see it", args={"on": ON}),
    FaultSpec("usb.silent", "nth transfer of that kind: lost, never answered", args={"on": ON}),
    FaultSpec(
        "usb.delay",
        "nth transfer of that kind: ends late by `seconds`",
        args={"on": ON, "seconds": ArgSpec(SECONDS, minimum=0)},
    ),
    FaultSpec(
        "usb.truncate",
        "nth transfer to the host of that kind: only its first `keep` bytes arrive",
        args={"on": ON, "keep": ArgSpec(5, minimum=0)},
    ),
    FaultSpec("usb.repeat", "nth transfer to the host of that kind, control excepted: arrives twice", args={"on": ON}),
    SWAPPED,
)


@dataclass(frozen=True, slots=True)
class Mishap:
    """What becomes of one transfer. `arrivals` is what is left of it, once for every time it arrives."""

    arrivals: tuple[bytes, ...]
    pull: Pull | None = None
    stalled: bool = False
    delay_s: float = 0.0


class UsbLine:
    """The cable of one device."""

    def __init__(self, dial: Dial) -> None:
        self._dial = dial

    def to_device(self, kind: str, data: bytes = b"") -> Mishap:
        """A control transfer, or one to an OUT endpoint, before the device sees it."""
        return self._carried(kind, data)

    def to_host(self, kind: str, data: bytes) -> Mishap:
        """A transfer that the device has ready on an IN endpoint."""
        if swap := self._dial.strike("device.swapped"):
            return Mishap((), Pull(swap.number("replug_s"), swap.text("serial")))
        mishap = self._carried(kind, data)
        if not mishap.arrivals:
            return mishap
        times = 2 if self._dial.strike("usb.repeat", on=kind) else 1
        return Mishap((self.cut(kind, data),) * times, delay_s=mishap.delay_s)

    def cut(self, kind: str, data: bytes) -> bytes:
        """What arrives of `data` at the host."""
        cut = self._dial.strike("usb.truncate", on=kind)
        return data[: cut.whole("keep")] if cut else data

    def _carried(self, kind: str, data: bytes) -> Mishap:
        if pulled := self._dial.strike("usb.unplug", on=kind):
            return Mishap((), Pull(pulled.number("replug_s")))
        if self._dial.strike("usb.stall", on=kind):
            return Mishap((), stalled=True)
        if self._dial.strike("usb.silent", on=kind):
            return Mishap(())
        late = self._dial.strike("usb.delay", on=kind)
        return Mishap((data,), delay_s=late.number("seconds") if late else 0.0)


def kinds_of(shown: Descriptors) -> Mapping[int, str]:
    """The kind of each endpoint, as faults name it."""
    return {end.address: NAMES[end.kind] for interface in shown.interfaces for end in interface.endpoints}
