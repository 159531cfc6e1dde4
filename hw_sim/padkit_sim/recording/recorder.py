"""A line in the middle: a program opens our pty, we forward to the real port and back, and write down what passes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import stat
import termios
import tty
from dataclasses import dataclass
from pathlib import Path

from padkit_sim.errors import SimRefused
from padkit_sim.recording.writer import RecordingWriter

READ_BYTES = 4096
PTY_MAJORS = range(136, 144)  # Linux, Documentation/admin-guide/devices.txt: Unix98 pty slaves
ISPEED, OSPEED = 4, 5  # indexes in what tcgetattr gives


@dataclass(frozen=True, slots=True)
class Wanted:
    """The real port, and the path at which programs find ours."""

    device: Path
    link: Path


class Recorder:
    """Forwards from `open` to `close`, inside a running loop. The client's rate passes too, modem lines do not."""

    def __init__(self, wanted: Wanted, writer: RecordingWriter) -> None:
        self._wanted = wanted
        self._writer = writer
        self._real = self._ours = self._theirs = -1
        self._speed = 0
        self._linked = False
        self.gone = asyncio.Event()

    def open(self) -> None:
        """Open the real port, make ours. Raises `SimRefused`."""
        try:
            self._real = os.open(self._wanted.device, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
            tty.setraw(self._real)
        except (OSError, termios.error) as exc:
            self.close()
            raise SimRefused(f"port {self._wanted.device}: {exc}; give a serial port that nobody uses") from exc
        self._ours, self._theirs = os.openpty()
        tty.setraw(self._theirs)
        os.set_blocking(self._ours, False)
        try:
            self._wanted.link.symlink_to(os.ttyname(self._theirs))
            self._linked = True
        except OSError as exc:
            self.close()
            raise SimRefused(f"link {self._wanted.link}: {exc.strerror}; give a path that is free") from exc
        loop = asyncio.get_running_loop()
        loop.add_reader(self._ours, self._from_host)
        loop.add_reader(self._real, self._from_device)

    def close(self) -> None:
        """Stop forwarding; our port is gone, the real one free."""
        with contextlib.suppress(RuntimeError):
            loop = asyncio.get_running_loop()
            for end in (self._ours, self._real):
                if end >= 0:
                    loop.remove_reader(end)
        if self._linked:
            self._linked = False
            self._wanted.link.unlink(missing_ok=True)
        for end in (self._ours, self._theirs, self._real):
            if end >= 0:
                os.close(end)
        self._real = self._ours = self._theirs = -1

    def _from_host(self) -> None:
        with contextlib.suppress(BlockingIOError):
            data = os.read(self._ours, READ_BYTES)
            self._follow_speed()
            self._writer.to_device(data)
            self._forward(self._real, data)

    def _from_device(self) -> None:
        try:
            data = os.read(self._real, READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._writer.note("the device is gone")
            asyncio.get_running_loop().remove_reader(self._real)
            self.gone.set()
            return
        self._writer.to_host(data)
        self._forward(self._ours, data)

    def _forward(self, end: int, data: bytes) -> None:
        try:
            written = os.write(end, data)
        except OSError as exc:
            written = 0
            self._writer.note(f"forwarding failed: {exc.strerror}")
        if written < len(data):
            self._writer.note(f"{len(data) - written} bytes were not forwarded: nobody reads")

    def _follow_speed(self) -> None:
        speed = termios.tcgetattr(self._theirs)[OSPEED]
        if speed == self._speed:
            return
        modes = termios.tcgetattr(self._real)
        modes[ISPEED] = modes[OSPEED] = self._speed = speed
        termios.tcsetattr(self._real, termios.TCSANOW, modes)


def source_of(device: Path) -> str:
    """What a recording's first note says of the port. Raises `SimRefused`."""
    try:
        seen = device.stat()
    except OSError as exc:
        raise SimRefused(f"port {device}: {exc.strerror}; give a serial port") from exc
    if not stat.S_ISCHR(seen.st_mode):
        raise SimRefused(f"port {device}: is no serial port; give one such as /dev/ttyUSB0")
    major = os.major(seen.st_rdev)
    return " (simulated line): pty" if major in PTY_MAJORS else f": tty major {major}"
