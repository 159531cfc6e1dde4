"""Turns a USB capture, whole or still being written, into a recording."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from padkit_sim.errors import SimRefused
from padkit_sim.recording.usb_scrub import UsbScrubber
from padkit_sim.recording.usb_writer import UsbRecordingWriter
from padkit_sim.recording.usbmon import Capture

PORTION = 65_536
IDS = re.compile(r"([0-9A-Fa-f]{4}):([0-9A-Fa-f]{4})")
PIPE = Path("-")


def ids_of(text: str) -> tuple[int, int]:
    """``056a:00a8`` as two numbers. Raises `SimRefused`."""
    found = IDS.fullmatch(text)
    if found is None:
        raise SimRefused(f"record: --usb {text!r}; give vendor and product as lsusb prints them, such as 056a:00a8")
    return int(found[1], 16), int(found[2], 16)


def opened(out: Path) -> IO[bytes]:
    """The recording, to be appended to, for its owner only. Raises `SimRefused`."""
    try:
        return os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")
    except OSError as exc:
        raise SimRefused(f"recording {out}: {exc.strerror}; give a file that can be written") from exc


def record_capture(
    kind: str, rules: Callable[[], UsbScrubber] | None, pcap: Path, ids: tuple[int, int], out: Path
) -> None:
    """Record to the end of the capture. Ctrl-C ends who writes a pipe, and by that us. Raises `SimRefused`."""
    with ExitStack() as stack:
        if pcap == PIPE:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        source = sys.stdin.buffer if pcap == PIPE else stack.enter_context(_capture(pcap))
        writer = UsbRecordingWriter(kind, ids, rules, stack.enter_context(opened(out)))
        stack.callback(writer.close)
        capture = Capture()
        while data := os.read(source.fileno(), PORTION):
            for urb in capture.feed(data):
                writer.take(urb)
        if not writer.seen:
            raise SimRefused(
                f"capture: no device {ids[0]:04x}:{ids[1]:04x} says in it who it is; "
                "begin the capture, on one bus, before you plug the device in"
            )
        rest = f"; {capture.rest} bytes at the end are no whole record" if capture.rest else ""
        sys.stderr.write(f"{writer.transfers} transfers in {out}{rest}\n")


def _capture(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as exc:
        raise SimRefused(f"capture {path}: {exc.strerror}; give a pcap file") from exc
