"""A client of the project: it opens the port that the kit's environment names, and speaks in frames."""

from __future__ import annotations

import os
import select
import termios
import tty
from pathlib import Path

import pytest

STATUS = bytes.fromhex("F2 00 00 03 43 31 30 03 B0")


class Line:
    """A port with nothing but open, read and write."""

    def __init__(self, node):
        self.fd = os.open(node, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self.fd)
        modes = termios.tcgetattr(self.fd)
        modes[4] = modes[5] = termios.B38400
        termios.tcsetattr(self.fd, termios.TCSANOW, modes)

    def ask(self, data, wait_s=2.0):
        """Say `data`; what comes back until there is the acknowledgement and a whole frame, or silence."""
        os.write(self.fd, data)
        got = b""
        while select.select([self.fd], [], [], wait_s)[0]:
            got += os.read(self.fd, 4096)
            frame = got[1:]
            if len(frame) >= 4 and len(frame) >= 6 + int.from_bytes(frame[2:4], "big"):
                break
        return got


@pytest.fixture
def line(kit):
    line = Line(Path(kit.environment["PADKIT_DEV"]) / "ttyUSB0")
    yield line
    os.close(line.fd)


@pytest.fixture
def status(line):
    """Ask the box how it is; whether the answer's check byte is right."""

    def ask():
        frame = line.ask(STATUS)[1:]
        bcc = 0
        for byte in frame[:-1]:
            bcc ^= byte
        return bool(frame) and bcc == frame[-1]

    return ask
