"""Plays a recording: when the host says what it said then, byte for byte, it hears what it heard then. No I/O, no clock."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from padkit_sim.devices.device import HandAction, Moment, Piece, PieceKind, Step
from padkit_sim.devices.hands import Hand
from padkit_sim.errors import SimRefused
from padkit_sim.faults import Dial
from padkit_sim.recording.reading import Tape

ACK = b"\x06"
MISMATCH = "recording mismatch"  # how the note begins by which `expect` fails at once
SHOWN = 24  # bytes of each side that the note shows
HANDS: tuple[Hand, ...] = ()


@dataclass(frozen=True, slots=True)
class PlayerSettings:
    """The recording, and whether its pauses are kept (in mechanical time)."""

    tape: Tape
    pauses: bool = True


@dataclass(frozen=True, slots=True)
class PlayerState:
    """Where it stands. `mismatch` says what did not fit; from then on it is silent."""

    turn: int
    turns: int
    mismatch: str


class Player:
    """See `Device`. A power cycle winds it back to the start."""

    def __init__(self, settings: PlayerSettings, dial: Dial) -> None:
        self._settings = settings
        self._wind_back()

    def receive(self, data: bytes, at: Moment, baud: int | None) -> Step:
        note = ""
        for byte in data:
            if self._mismatch:
                break
            note = note or self._hear(byte, at)
        return self._step(at, note)

    def update(self, at: Moment) -> Step:
        return self._step(at)

    def power_cycle(self, at: Moment) -> Step:
        self._wind_back()
        return self._step(at, "wound back")

    def hand(self, action: HandAction, at: Moment) -> Step:
        raise SimRefused(f"hand: a recording knows no action {action.action!r}; nobody can touch it")

    def fault_cleared(self, name: str) -> None:
        """It has no faults of its own."""

    def state(self, at: Moment) -> object:
        return PlayerState(self._turn, len(self._settings.tape.turns), self._mismatch)

    def _wind_back(self) -> None:
        self._turn = self._said = 0
        self._mismatch = ""
        self._due: deque[tuple[float, bytes]] = deque()
        self._began = False

    def _hear(self, byte: int, at: Moment) -> str:
        """One byte of the host; the note when it is not the one of then."""
        turns = self._settings.tape.turns
        if self._turn >= len(turns):
            return self._refuse(f"{byte:02X} after the end of the recording")
        turn = turns[self._turn]
        if self._said >= len(turn.request) or turn.request[self._said] != byte:
            wanted = turn.request[self._said : self._said + SHOWN].hex(" ").upper() or "nothing"
            return self._refuse(f"at record {turn.n}, byte {self._said}: {byte:02X} instead of {wanted}")
        self._said += 1
        if self._said == len(turn.request):
            self._answer(at)
        return ""

    def _refuse(self, words: str) -> str:
        self._mismatch = f"{MISMATCH}: {words}"
        self._due.clear()
        return self._mismatch

    def _answer(self, at: Moment) -> None:
        turn = self._settings.tape.turns[self._turn]
        for answer in turn.answers:
            after_s = answer.after_s if self._settings.pauses else 0.0
            self._due.append((at.mech_s + after_s, answer.data))
        self._turn, self._said = self._turn + 1, 0

    def _step(self, at: Moment, note: str = "") -> Step:
        if not self._began:  # a device that speaks first
            self._began = True
            if self._settings.tape.turns and not self._settings.tape.turns[0].request:
                self._answer(at)
        pieces = []
        while self._due and self._due[0][0] <= at.mech_s:
            data = self._due.popleft()[1]
            pieces.append(Piece(PieceKind.ACK if data == ACK else PieceKind.FRAME, data))
        return Step(tuple(pieces), self._due[0][0] if self._due else None, note)
