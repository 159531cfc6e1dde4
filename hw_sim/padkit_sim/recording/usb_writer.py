"""Writes the recording of a USB device from a capture: transfers, scrubbed, in the journal's own lines.

The notes are those of a simulated kit's journal: ``control TYPE REQUEST VALUE INDEX LENGTH`` and ``endpoint NN``, then what
became of it. What the device shows of itself is a note ``descriptors`` with the bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import IO

from padkit_sim.devices.usb import Setup
from padkit_sim.journal import Journal
from padkit_sim.recording.usb_scrub import UsbScrubber
from padkit_sim.recording.usb_talk import Event, Heard, Said, Shown, UsbTalk
from padkit_sim.recording.usbmon import Urb

DESCRIPTORS, SCRUBBED, STALLED = "descriptors", "; scrubbed", "; stalled"


class UsbRecordingWriter:
    """One recording of the device with these ids; `rules` None writes every byte as it was (`--raw`)."""

    def __init__(
        self, kind: str, ids: tuple[int, int], rules: Callable[[], UsbScrubber] | None, file: IO[bytes]
    ) -> None:
        self._kind = kind
        self._talk = UsbTalk(*ids)
        self._scrubber = rules() if rules else None
        self._began_s: float | None = None
        self._moment_s = 0.0
        self._journal = Journal(lambda: self._moment_s, file)
        self.transfers = 0
        self.seen = False
        state = "scrubbed" if rules else "raw: may hold what is personal"
        self._journal.note(kind, f"recording of {kind}: usb {ids[0]:04X}:{ids[1]:04X}; {state}")

    def take(self, urb: Urb) -> None:
        """One event of the capture."""
        self._began_s = urb.t if self._began_s is None else self._began_s
        self._moment_s = max(self._moment_s, urb.t - self._began_s)
        for event in self._talk.take(urb):
            self._write(event)

    def close(self) -> None:
        """Say that it ends."""
        self._journal.note(self._kind, "recording ends")

    def _write(self, event: Event) -> None:
        scrubber = self._scrubber
        match event:
            case Shown(device, configuration):
                self.seen = True
                self._journal.note(self._kind, DESCRIPTORS, device + configuration)
            case Heard(endpoint, data, setup):
                self.transfers += 1
                kept = scrubber.heard(endpoint, setup, data) if scrubber else data
                self._journal.heard(self._kind, kept, words(endpoint, setup) + (SCRUBBED if kept != data else ""))
            case Said(endpoint, data, setup, stalled, lost):
                self.transfers += 1
                kept = scrubber.said(endpoint, setup, data) if scrubber else data
                what = "control" if setup is not None else words(endpoint)
                self._journal.said(self._kind, kept, what + (STALLED if stalled else ""))
                if lost:
                    self._journal.note(self._kind, f"{lost} bytes are not in the capture: zeros")


def words(endpoint: int, setup: Setup | None = None) -> str:
    """How a kit's journal names a transfer."""
    if setup is None:
        return f"endpoint {endpoint:02X}"
    numbers = f"{setup.value:04X} {setup.index:04X} {setup.length:04X}"
    return f"control {setup.request_type:02X} {setup.request:02X} {numbers}"
