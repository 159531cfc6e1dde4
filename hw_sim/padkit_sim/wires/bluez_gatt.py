"""The D-Bus objects of a peripheral's GATT table: one service, the characteristic that is written, the one that notifies.

A client that acquires gets one end of a socket, and ours is watched: a client that died is noticed and another can acquire.
"""

import asyncio
import contextlib
import socket
from collections import deque
from collections.abc import Callable
from typing import Annotated

from dbus_fast import Variant
from dbus_fast.annotations import DBusBool, DBusBytes, DBusDict, DBusObjectPath, DBusSignature, DBusStr, DBusUInt16
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property

from padkit_sim.wires.bluez_objects import READ, Texts, failed

Acquired = Annotated[list[int], DBusSignature("hq")]
ATT_HEAD = 3  # bytes of each ATT packet that are not the value's (Bluetooth 5.4, vol 3 part F, 3.4)
MOST_VALUE = 512  # bytes of any attribute (3.2.9)
HANDED_OVER_S = 0.5  # until the bus has certainly sent the client's end of a socket


class ServiceObject(ServiceInterface):
    """``org.bluez.GattService1``."""

    def __init__(self, uuid: str, device: str) -> None:
        super().__init__("org.bluez.GattService1")
        self._uuid = uuid
        self._device = device

    @dbus_property(READ, "UUID")
    def uuid(self) -> DBusStr:
        return self._uuid

    @dbus_property(READ, "Primary")
    def primary(self) -> DBusBool:
        return True

    @dbus_property(READ, "Device")
    def device(self) -> DBusObjectPath:
        return self._device


class Characteristic(ServiceInterface):
    """``org.bluez.GattCharacteristic1`` of a link that stands; `end` it with the link."""

    flags: tuple[str, ...] = ()

    def __init__(self, uuid: str, service: str, mtu: int) -> None:
        super().__init__("org.bluez.GattCharacteristic1")
        self._uuid = uuid
        self._service = service
        self._mtu = mtu
        self._ours: socket.socket | None = None
        self._theirs: socket.socket | None = None

    def end(self) -> None:
        """Close what a client has acquired."""
        self._handed_over()
        if self._ours is not None:
            loop = asyncio.get_running_loop()
            loop.remove_reader(self._ours)
            loop.remove_writer(self._ours)
            self._ours.close()
            self._ours = None

    @dbus_property(READ, "UUID")
    def uuid(self) -> DBusStr:
        return self._uuid

    @dbus_property(READ, "Service")
    def service(self) -> DBusObjectPath:
        return self._service

    @dbus_property(READ, "Flags")
    def shown_flags(self) -> Texts:
        return list(self.flags)

    @dbus_property(READ, "MTU")
    def mtu(self) -> DBusUInt16:
        return self._mtu

    def _acquire(self) -> list[int]:
        if self._ours is not None:
            raise failed("Acquired already", "NotPermitted")
        self._handed_over()
        self._ours, self._theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._ours.setblocking(False)  # noqa: FBT003 - as the standard library has it
        loop = asyncio.get_running_loop()
        loop.add_reader(self._ours, self._read)
        loop.call_later(HANDED_OVER_S, self._theirs.close)
        return [self._theirs.fileno(), self._mtu]

    def _handed_over(self) -> None:
        """Close our copy of the client's end, else a client that died is not noticed."""
        if self._theirs is not None:
            self._theirs.close()
            self._theirs = None

    def _read(self) -> None:
        assert self._ours is not None
        try:
            data = self._ours.recv(MOST_VALUE)
        except OSError:
            data = b""
        if data:
            self._heard(data)
        else:
            self.end()

    def _heard(self, data: bytes) -> None:
        """Bytes that a client sent through its socket."""


class WrittenCharacteristic(Characteristic):
    """Takes what clients write."""

    flags = ("write", "write-without-response")

    def __init__(self, uuid: str, service: str, mtu: int, hear: Callable[[bytes], None]) -> None:
        super().__init__(uuid, service, mtu)
        self._hear = hear

    @dbus_method("WriteValue")
    def write_value(self, value: DBusBytes, options: DBusDict) -> None:
        command = options.get("type", Variant("s", "request")).value == "command"
        if len(value) > (self._mtu - ATT_HEAD if command else MOST_VALUE):
            raise failed("Invalid value length", "InvalidValueLength")
        self._hear(bytes(value))

    @dbus_method("AcquireWrite")
    def acquire_write(self, options: DBusDict) -> Acquired:
        return self._acquire()

    @dbus_property(READ, "WriteAcquired")
    def write_acquired(self) -> DBusBool:
        return self._ours is not None

    def _heard(self, data: bytes) -> None:
        self._hear(data[: self._mtu - ATT_HEAD])


class NotifyingCharacteristic(Characteristic):
    """Says what the peripheral says, to who has subscribed. `subscribed` hears of it and says whether it shall be in vain."""

    flags = ("notify",)

    def __init__(self, uuid: str, service: str, mtu: int, subscribed: Callable[[], bool]) -> None:
        super().__init__(uuid, service, mtu)
        self._subscribed = subscribed
        self._stale = False
        self._notifying = False
        self._value = b""
        self._waiting: deque[bytes] = deque()

    @property
    def room(self) -> int:
        """Bytes that fit into one notification."""
        return min(self._mtu - ATT_HEAD, MOST_VALUE)

    def notify(self, value: bytes) -> None:
        """Send one notification of at most `room` bytes; lost when nobody has subscribed."""
        if self._stale:
            return
        if self._ours is not None:
            self._waiting.append(value)
            self._flush()
        elif self._notifying:
            self._value = value
            self.emit_properties_changed({"Value": value})

    def end(self) -> None:
        self._waiting.clear()
        self._notifying = False
        super().end()

    @dbus_method("StartNotify")
    def start_notify(self) -> None:
        self._stale = self._subscribed()
        self._notifying = True
        self.emit_properties_changed({"Notifying": True})

    @dbus_method("StopNotify")
    def stop_notify(self) -> None:
        self._notifying = False
        self.emit_properties_changed({"Notifying": False})

    @dbus_method("AcquireNotify")
    def acquire_notify(self, options: DBusDict) -> Acquired:
        acquired = self._acquire()
        self._stale = self._subscribed()
        return acquired

    @dbus_property(READ, "Notifying")
    def notifying(self) -> DBusBool:
        return self._notifying or self._ours is not None

    @dbus_property(READ, "NotifyAcquired")
    def notify_acquired(self) -> DBusBool:
        return self._ours is not None

    @dbus_property(READ, "Value")
    def value(self) -> DBusBytes:
        return self._value

    def _flush(self) -> None:
        """Send what the socket takes, and the rest when it takes more."""
        assert self._ours is not None
        loop = asyncio.get_running_loop()
        with contextlib.suppress(OSError):  # full: later; the client is gone: `_read` hears of it
            while self._waiting:
                self._ours.send(self._waiting[0])
                self._waiting.popleft()
            loop.remove_writer(self._ours)
            return
        loop.add_writer(self._ours, self._flush)
