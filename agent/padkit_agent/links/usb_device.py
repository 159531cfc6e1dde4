"""One opened USB interface by blocking calls: found by its node, claimed, used from threads, let go when the last one is out."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import usb.backend
import usb.backend.libusb1
import usb.core
import usb.util
from usb._objfinalizer import AutoFinalizedObject

from padkit_agent.links.usb_errors import meaning, timed_out
from padkit_sdk.errors import DeviceFault, LinkLost, OutcomeUnknown
from padkit_sdk.links import Usb

SLICE_S = 0.1  # a read that nobody wants any more holds its thread that long at most
LEAST_MS = 1  # 0 would wait for ever
USB_ERRORS = (usb.core.USBError, NotImplementedError, ValueError)


class UsbInterface:
    """Every method blocks and may be called from any thread; one at a time an endpoint."""

    def __init__(self, device: Any, interface: int, where: str) -> None:
        self.where = where
        self._device = device
        self._interface = interface
        self._lock = threading.Lock()
        self._inside = 0
        self._closing = False
        self.released = threading.Event()

    def control(
        self, request_type: int, request: int, value: int, index: int, data: bytes | int, wait_s: float
    ) -> bytes:
        """One control transfer, see `UsbLink.control`."""
        what = f"control {request_type:02X} {request:02X}"
        with self._used():
            try:
                answer = self._device.ctrl_transfer(request_type, request, value, index, data, timeout=_ms(wait_s))
            except USB_ERRORS as exc:
                raise self._said_no(exc, what, wait_s) from exc
        return b"" if isinstance(answer, int) else bytes(answer)

    def write(self, endpoint: int, data: bytes, wait_s: float) -> None:
        """One transfer to an OUT endpoint, see `UsbLink.write`."""
        what = f"write to endpoint {endpoint:02X}"
        with self._used():
            try:
                taken = self._device.write(endpoint, data, _ms(wait_s))
            except USB_ERRORS as exc:
                self._unhalt(exc, endpoint)
                raise self._said_no(exc, what, wait_s) from exc
        if taken != len(data):
            raise OutcomeUnknown(
                f"{self.where}: {what}: {taken} of {len(data)} bytes in {wait_s:g} s; ask for its state"
            )

    def read(self, endpoint: int, size: int, until_mono_s: float, stop: threading.Event) -> bytes | None:
        """One transfer from an IN endpoint; None when time was up or `stop` was set."""
        what = f"read from endpoint {endpoint:02X}"
        while True:
            left_s = until_mono_s - time.monotonic()
            with self._used():
                try:
                    return bytes(self._device.read(endpoint, size, _ms(min(left_s, SLICE_S))))
                except USB_ERRORS as exc:
                    self._unhalt(exc, endpoint)
                    if not (isinstance(exc, usb.core.USBError) and timed_out(exc)):
                        raise meaning(exc, self.where, what) from exc
            if left_s <= SLICE_S or stop.is_set():
                return None

    def close(self) -> None:
        """Let go once no thread is inside; who comes later is told that the link is lost."""
        with self._lock:
            self._closing = True
            last = not self._inside
        if last:
            self._release()

    @contextmanager
    def _used(self) -> Iterator[None]:
        with self._lock:
            if self._closing:
                raise LinkLost(f"{self.where}: closed by its driver; open it again")
            self._inside += 1
        try:
            yield
        finally:
            if self._leave():
                self._release()

    def _leave(self) -> bool:
        """Whether we are the last one, of an interface that was closed meanwhile."""
        with self._lock:
            self._inside -= 1
            return self._closing and not self._inside

    def _release(self) -> None:
        if self.released.is_set():
            return
        with contextlib.suppress(*USB_ERRORS):
            usb.util.release_interface(self._device, self._interface)
        _let_go(self._device)
        self.released.set()

    def _unhalt(self, exc: Exception, endpoint: int) -> None:
        if isinstance(meaning(exc, "", ""), DeviceFault):
            with contextlib.suppress(*USB_ERRORS):
                self._device.clear_halt(endpoint)

    def _said_no(self, exc: Exception, what: str, wait_s: float) -> Exception:
        if isinstance(exc, usb.core.USBError) and timed_out(exc):
            return OutcomeUnknown(f"{self.where}: {what}: not answered in {wait_s:g} s; ask for its state")
        return meaning(exc, self.where, what)


def open_interface(match: Usb, path: Path) -> UsbInterface:
    """Claim the interface that `match` names, of the device whose node is `path`. Raises `LinkLost`.

    A kernel driver that has it is detached.
    """
    where = f"USB device {match.vid:04X}:{match.pid:04X} at {match.location or path}"
    device = None
    try:
        bus, number = int(path.parent.name), int(path.name)
        device = usb.core.find(backend=_backend(), bus=bus, address=number)
        if device is None or (device.idVendor, device.idProduct) != (match.vid, match.pid):
            raise LinkLost(f"{where}: not at {bus}-{number} any more; plug it in")
        with contextlib.suppress(NotImplementedError):
            if device.is_kernel_driver_active(match.interface):
                device.detach_kernel_driver(match.interface)
        usb.util.claim_interface(device, match.interface)
    except LinkLost:
        _let_go(device)
        raise
    except (*USB_ERRORS, OSError) as exc:
        _let_go(device)
        raise meaning(exc, where, f"open interface {match.interface}") from exc
    return UsbInterface(device, match.interface, where)


def _let_go(device: Any) -> None:
    """Close the handle, then forget the device, then end its libusb context: in any other order libusb uses what it freed.

    Left to the garbage collector, the order is by chance.
    """
    if device is None:
        return
    with contextlib.suppress(*USB_ERRORS):
        usb.util.dispose_resources(device)
    held = device._ctx  # pyusb has no public name for what must go before the context
    if isinstance(held.dev, AutoFinalizedObject):
        held.dev.finalize()
    held.backend.finalize()


def _backend() -> usb.backend.IBackend:
    """libusb with a context of its own, which looks at all devices anew, whatever events were lost before.

    ``PADKIT_USBIP`` (host:port) in the environment: a simulator's devices over USB/IP instead.
    """
    if address := os.environ.get("PADKIT_USBIP"):
        from padkit_agent.links.usbip import UsbipBackend

        return UsbipBackend(address)
    shared = usb.backend.libusb1.get_backend()
    if shared is None:
        raise LinkLost("libusb-1.0.so.0: not here; install the Debian package libusb-1.0-0")
    return type(shared)(shared.lib)


def _ms(wait_s: float) -> int:
    return max(LEAST_MS, round(wait_s * 1000))
