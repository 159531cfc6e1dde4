"""Plays the recording of a USB device: when the host asks what it asked then, it gets what it got then. No I/O, no clock.

Two things are taken more easily than on a byte line, for they differ from one time to the next: a question that is asked again
and again (a status) may be asked more or less often, and of what was scrubbed only the length is compared.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from padkit_sim.devices.device import HandAction, Moment
from padkit_sim.devices.recording.player import MISMATCH, SHOWN, PlayerState
from padkit_sim.devices.usb import Descriptors, Setup, Transfer, UsbStep
from padkit_sim.errors import SimRefused
from padkit_sim.faults import Dial
from padkit_sim.recording.usb_reading import Asking, Saying, UsbTape
from padkit_sim.recording.usb_writer import words


@dataclass(frozen=True, slots=True)
class UsbPlayerSettings:
    """The recording, and whether its pauses are kept (in mechanical time)."""

    tape: UsbTape
    pauses: bool = True


class UsbPlayer:
    """See `UsbDevice`. A power cycle winds it back to the start. After a mismatch it refuses everything."""

    def __init__(self, settings: UsbPlayerSettings, dial: Dial) -> None:
        self._settings = settings
        self._askings = settings.tape.askings
        self._wind_back()

    @property
    def descriptors(self) -> Descriptors:
        return self._settings.tape.descriptors

    def control(self, setup: Setup, data: bytes, at: Moment) -> UsbStep:
        return self._hear(words(0, setup), data, at)

    def out(self, endpoint: int, data: bytes, at: Moment) -> UsbStep:
        return self._hear(words(endpoint), data, at)

    def update(self, at: Moment) -> UsbStep:
        return self._step(at)

    def power_cycle(self, at: Moment) -> UsbStep:
        self._wind_back()
        self._schedule(self._settings.tape.first, at)
        return self._step(at, note="wound back")

    def hand(self, action: HandAction, at: Moment) -> UsbStep:
        raise SimRefused(f"hand: a recording knows no action {action.action!r}; nobody can touch it")

    def fault_cleared(self, name: str) -> None:
        """It has no faults of its own."""

    def state(self, at: Moment) -> object:
        return PlayerState(self._turn, len(self._askings), self._mismatch)

    def _wind_back(self) -> None:
        self._turn = 0
        self._mismatch = ""
        self._due: deque[tuple[float, Transfer]] = deque()

    def _hear(self, asked: str, data: bytes, at: Moment) -> UsbStep:
        if self._mismatch:
            return self._step(at, stalled=True)
        before = self._askings[self._turn - 1] if self._turn else None
        place = self._turn
        while not self._fits(place, asked, data) and before is not None and self._repeats(place, before):
            place += 1
        if self._fits(place, asked, data):
            return self._answer(place, at)
        if before is not None and _is(before, asked, data):
            return self._step(at, reply=before.reply, stalled=before.stalled)
        return self._refuse(asked, data, at)

    def _fits(self, place: int, asked: str, data: bytes) -> bool:
        return place < len(self._askings) and _is(self._askings[place], asked, data)

    def _repeats(self, place: int, before: Asking) -> bool:
        return place < len(self._askings) and _is(self._askings[place], before.words, before.data)

    def _answer(self, place: int, at: Moment) -> UsbStep:
        """What was said up to the request at `place`, and its own answer."""
        early = tuple(transfer for _, transfer in self._due)
        self._due.clear()
        skipped = (it for asking in self._askings[self._turn : place] for it in asking.sayings)
        early = (*early, *(Transfer(it.endpoint, it.data) for it in skipped))
        asking = self._askings[place]
        self._turn = place + 1
        self._schedule(asking.sayings, at)
        step = self._step(at, reply=asking.reply, stalled=asking.stalled)
        return UsbStep((*early, *step.transfers), step.reply, step.stalled, step.wake_at_s, step.note)

    def _refuse(self, asked: str, data: bytes, at: Moment) -> UsbStep:
        said = f"{asked} {data[:SHOWN].hex(' ').upper()}".strip()
        if self._turn >= len(self._askings):
            self._mismatch = f"{MISMATCH}: {said} after the end of the recording"
        else:
            wanted = self._askings[self._turn]
            then = f"{wanted.words} {wanted.data[:SHOWN].hex(' ').upper()}".strip()
            self._mismatch = f"{MISMATCH}: at record {wanted.n}: {said} instead of {then}"
        self._due.clear()
        return self._step(at, stalled=True, note=self._mismatch)

    def _schedule(self, sayings: Iterable[Saying], at: Moment) -> None:
        for saying in sayings:
            after_s = saying.after_s if self._settings.pauses else 0.0
            self._due.append((at.mech_s + after_s, Transfer(saying.endpoint, saying.data)))

    def _step(self, at: Moment, *, reply: bytes = b"", stalled: bool = False, note: str = "") -> UsbStep:
        transfers = []
        while self._due and self._due[0][0] <= at.mech_s:
            transfers.append(self._due.popleft()[1])
        return UsbStep(tuple(transfers), reply, stalled, self._due[0][0] if self._due else None, note)


def _is(asking: Asking, asked: str, data: bytes) -> bool:
    same = len(asking.data) == len(data) if asking.scrubbed else asking.data == data
    return asking.words == asked and same
