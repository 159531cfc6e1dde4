"""The client's side of USB/IP 1.1.1 over TCP: what is there, and transfers to a device that is lent to us. Blocking calls.

Format: Documentation/usb/usbip_protocol.rst of Linux. A transfer whose time is up is unlinked, so what follows is not mixed up.
"""

from __future__ import annotations

import contextlib
import errno
import socket
import struct
import threading
from dataclasses import dataclass, field
from itertools import count

import usb.core

VERSION = 0x0111
LIST, IMPORT = 0x8005, 0x8003
SUBMIT, UNLINK, SUBMITTED = 1, 2, 3
RECORD = struct.Struct(">256s32sIIIHHHBBBBBB")
HEAD = 48
MAX_DEVICES, MAX_TRANSFER = 256, 16 * 1024 * 1024
CONNECT_S, UNLINK_S = 5.0, 5.0
NO_SETUP = bytes(8)


@dataclass(frozen=True, slots=True)
class Listed:
    """One device that the server has; what the record says of it."""

    bus_id: str
    bus: int
    number: int
    speed: int
    vid: int
    pid: int
    release: int
    device_class: int
    configurations: int


@dataclass(eq=False, slots=True)
class _Waiting:
    to_host: bool
    ended: threading.Event = field(default_factory=threading.Event)
    status: int | None = None
    count: int = 0
    data: bytes = b""


def listed(address: tuple[str, int]) -> list[Listed]:
    """What the server at `address` has. Raises `OSError`."""
    with socket.create_connection(address, CONNECT_S) as sock:
        sock.sendall(struct.pack(">HHI", VERSION, LIST, 0))
        (number,) = struct.unpack(">8xI", _exactly(sock, 12))
        found = []
        for _ in range(min(number, MAX_DEVICES)):
            record, interfaces = _record(_exactly(sock, RECORD.size))
            _exactly(sock, 4 * interfaces)
            found.append(record)
    return found


class Lent:
    """One device that is lent to us, from the import to `close`. Raises `usb.core.USBError` as libusb does."""

    def __init__(self, address: tuple[str, int], bus_id: str) -> None:
        self._numbers = count(1)
        self._waiting: dict[int, _Waiting] = {}
        self._sending = threading.Lock()
        self._dead = False
        try:
            self._sock = socket.create_connection(address, CONNECT_S)
        except OSError as exc:
            raise _gone() from exc
        try:
            self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._sock.sendall(struct.pack(">HHI32s", VERSION, IMPORT, 0, bus_id.encode()))
            (status,) = struct.unpack(">4xI", _exactly(self._sock, 8))
            if not status:
                _exactly(self._sock, RECORD.size)
        except OSError as exc:
            self._sock.close()
            raise _gone() from exc
        if status:
            self._sock.close()
            raise usb.core.USBError("Resource busy", -6, errno.EBUSY)
        self._sock.settimeout(None)
        threading.Thread(target=self._listen, name="usbip", daemon=True).start()

    def close(self) -> None:
        """Give it back."""
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)
        self._sock.close()

    def transfer(
        self, endpoint: int, size: int, data: bytes | None, timeout_ms: int, setup: bytes = NO_SETUP
    ) -> tuple[int, bytes]:
        """One transfer, `data` None to the host; gives how many bytes passed, and those that came."""
        waiting = _Waiting(to_host=data is None)
        number = self._send(
            waiting,
            struct.pack(">III", 0x10002, int(waiting.to_host), endpoint & 0x0F),
            struct.pack(">IiIII", 0, size, 0, 0, 0) + setup + (data or b""),
        )
        try:
            if not waiting.ended.wait(timeout_ms / 1000 if timeout_ms else None):
                self._unlink(number)
            return self._result(waiting)
        finally:
            self._waiting.pop(number, None)

    def _result(self, waiting: _Waiting) -> tuple[int, bytes]:
        match waiting.status:
            case None if self._dead:
                raise _gone()
            case None:
                raise usb.core.USBTimeoutError("Operation timed out", -7, errno.ETIMEDOUT)
            case 0:
                return waiting.count, waiting.data
            case status if -status == errno.EPIPE:
                raise usb.core.USBError("Pipe error", -9, errno.EPIPE)
            case status if -status in (errno.ESHUTDOWN, errno.ENODEV):
                raise _gone()
        raise usb.core.USBError("Input/output error", -1, errno.EIO)

    def _unlink(self, number: int) -> None:
        """Take a transfer back; when it ended meanwhile its result is there before the answer to this."""
        answer = _Waiting(to_host=False)
        mine = self._send(answer, struct.pack(">III", 0x10002, 0, 0), struct.pack(">I24x", number), UNLINK)
        answer.ended.wait(UNLINK_S)
        self._waiting.pop(mine, None)

    def _send(self, waiting: _Waiting, head: bytes, body: bytes, command: int = SUBMIT) -> int:
        with self._sending:
            if self._dead:
                raise _gone()
            number = next(self._numbers)
            self._waiting[number] = waiting
            try:
                self._sock.sendall(struct.pack(">II", command, number) + head + body)
            except OSError as exc:
                self._waiting.pop(number, None)
                raise _gone() from exc
        return number

    def _listen(self) -> None:
        """In a thread of its own: hand each answer to who waits for it."""
        with contextlib.suppress(OSError):
            while True:
                head = _exactly(self._sock, HEAD)
                command, number = struct.unpack_from(">II", head)
                status, passed = struct.unpack_from(">ii", head, 20)
                waiting = self._waiting.get(number)
                carries = command == SUBMITTED and waiting is not None and waiting.to_host
                if carries and passed > MAX_TRANSFER:
                    raise ConnectionError("more than any transfer has: the stream is lost")
                data = _exactly(self._sock, passed) if carries and passed > 0 else b""
                if waiting is not None:
                    waiting.status, waiting.count, waiting.data = status, passed, data
                    waiting.ended.set()
        with self._sending:
            self._dead = True
        for waiting in list(self._waiting.values()):
            waiting.ended.set()


def _record(data: bytes) -> tuple[Listed, int]:
    _, bus_id, bus, number, speed, vid, pid, release, class_, _, _, _, configurations, interfaces = RECORD.unpack(data)
    name = bus_id.rstrip(b"\0").decode("ascii", "replace")
    return Listed(name, bus, number, speed, vid, pid, release, class_, configurations), interfaces


def _exactly(sock: socket.socket, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        part = sock.recv(size - len(data))
        if not part:
            raise ConnectionError("closed by the USB/IP server")
        data += part
    return bytes(data)


def _gone() -> usb.core.USBError:
    return usb.core.USBError("No such device (it may have been disconnected)", -4, errno.ENODEV)
