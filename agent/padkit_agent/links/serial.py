"""A serial line as a `ByteLink`: pyserial opens and sets up the port, the event loop moves the bytes. POSIX only.

No thread is needed after opening. Input is bounded: who does not read a flood loses the link, not the memory.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import termios
from pathlib import Path

import serial

from padkit_sdk.errors import LinkLost, Refused
from padkit_sdk.links import ByteLink, UsbSerial

MAX_INPUT = 65_536  # bytes that may wait unread; a frame of the fastest device is below 4 KiB
CHUNK = 4_096
LAST_WORDS_S, DRAIN_LOOK_S = 0.3, 0.01  # about 290 bytes at 9,600 baud; the kernel alone would wait 30 s
HUNG_UP = select.POLLHUP | select.POLLERR | select.POLLNVAL
PORT_ERRORS = (OSError, termios.error, ValueError)  # SerialException is an OSError; pyserial lets the others through


async def open_serial(match: UsbSerial, path: Path) -> ByteLink:
    """Open the port at `path` for ourselves alone, 8N1 at the baud rate of `match`, and drop what had arrived before.

    Raises `LinkLost` when there is no such port, it is in use, or its settings are not taken.
    """
    try:
        port = await asyncio.to_thread(serial.Serial, str(path), match.baud, timeout=0, write_timeout=0, exclusive=True)
    except PORT_ERRORS as exc:
        raise LinkLost(f"serial port {path} at {match.baud} baud: {exc}; check cable and rights") from exc
    return SerialLink(port)


class SerialLink(ByteLink):
    """One open port. One reader at a time; writes go out in the order they were asked for."""

    def __init__(self, port: serial.Serial) -> None:
        self._port = port
        self._fd: int = port.fileno()
        self._loop = asyncio.get_running_loop()
        self._input = bytearray()
        self._lost: LinkLost | None = None
        self._arrival: asyncio.Future[None] | None = None
        self._room: asyncio.Future[None] | None = None
        self._writing = asyncio.Lock()
        self._loop.add_reader(self._fd, self._on_readable)

    def __repr__(self) -> str:
        return f"SerialLink({self._port.name})"

    async def write(self, data: bytes) -> None:
        """See `ByteLink.write`; waits while the port takes no more. A cancel may leave `data` sent in part."""
        async with self._writing:
            rest = memoryview(data)
            while rest:
                self._check()
                rest = rest[self._send(rest) :]
                if rest:
                    await self._wait_writable()

    async def read(self, *, timeout_s: float) -> bytes:
        """See `ByteLink.read`. Raises `Refused` ``link.busy`` while another read waits."""
        if self._arrival is not None:
            raise Refused("link.busy", f"{self}: a read waits already; one reader at a time")
        if not self._input:
            self._check()
            await self._wait_arrival(timeout_s)
        data = bytes(self._input)
        self._input.clear()
        if not data:
            self._check()
        return data

    def discard_input(self) -> None:
        """See `ByteLink.discard_input`; what the kernel holds is dropped too."""
        self._input.clear()
        if self._lost is None:
            with contextlib.suppress(*PORT_ERRORS):  # a dead port is told by the next read
                self._port.reset_input_buffer()

    def set_baud(self, baud: int) -> None:
        """See `ByteLink.set_baud`."""
        self._check()
        try:
            self._port.baudrate = baud
        except PORT_ERRORS as exc:
            raise LinkLost(f"serial port {self._port.name}: {baud} baud not taken ({exc}); check adapter") from exc

    async def close(self) -> None:
        """See `ByteLink.close`; a driver's last words have `LAST_WORDS_S` to leave, so that a dead device holds up nothing."""
        self._fail(LinkLost(f"serial port {self._port.name}: closed by its driver; open it again"))
        with contextlib.suppress(*PORT_ERRORS):
            await self._drain()
        with contextlib.suppress(*PORT_ERRORS):
            self._port.close()

    async def _drain(self) -> None:
        """Let what is written leave the kernel. Only what does not is dropped: on a pty a flush takes delivered bytes back."""
        until_s = self._loop.time() + LAST_WORDS_S
        while self._port.is_open and self._port.out_waiting:
            if self._loop.time() >= until_s:
                self._port.reset_output_buffer()
                return
            await asyncio.sleep(DRAIN_LOOK_S)

    def _send(self, data: memoryview) -> int:
        try:
            return os.write(self._fd, data[:CHUNK])
        except BlockingIOError:
            return 0
        except OSError as exc:
            raise self._lose(exc.strerror or str(exc)) from exc

    def _on_readable(self) -> None:
        try:
            data = os.read(self._fd, CHUNK)
        except BlockingIOError:
            return
        except OSError as exc:
            self._lose(exc.strerror or str(exc))
            return
        if not data:
            if self._hung_up():
                self._lose("hung up")
            return
        self._input += data
        if len(self._input) > MAX_INPUT:
            self._lose(f"flood, more than {MAX_INPUT} bytes unread")
        self._wake(self._arrival)

    def _hung_up(self) -> bool:
        """Tell an empty read of a hung-up port from one after a flush: only the first still polls as hung up."""
        poll = select.poll()
        poll.register(self._fd, 0)
        return any(seen & HUNG_UP for _, seen in poll.poll(0))

    async def _wait_arrival(self, timeout_s: float) -> None:
        self._arrival = self._loop.create_future()
        try:
            async with asyncio.timeout(timeout_s):
                await self._arrival
        except TimeoutError:
            pass
        finally:
            self._arrival = None

    async def _wait_writable(self) -> None:
        self._room = self._loop.create_future()
        self._loop.add_writer(self._fd, self._wake, self._room)
        try:
            await self._room
        finally:
            self._room = None
            if self._lost is None:
                self._loop.remove_writer(self._fd)

    def _check(self) -> None:
        if self._lost is not None:
            raise LinkLost(str(self._lost)) from self._lost

    def _lose(self, why: str) -> LinkLost:
        self._fail(LinkLost(f"serial port {self._port.name}: {why}; the agent opens it again when it is back"))
        assert self._lost is not None
        return self._lost

    def _fail(self, lost: LinkLost) -> None:
        if self._lost is None:
            self._lost = lost
            self._loop.remove_reader(self._fd)
            self._loop.remove_writer(self._fd)
        self._wake(self._arrival)
        self._wake(self._room)

    @staticmethod
    def _wake(waiting: asyncio.Future[None] | None) -> None:
        if waiting is not None and not waiting.done():
            waiting.set_result(None)
