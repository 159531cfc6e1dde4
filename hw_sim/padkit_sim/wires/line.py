"""What can go wrong between a device and its client, in one place for every wire: pieces in, bursts out. No I/O, no clock."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass

from padkit_sim.devices.device import Piece, PieceKind
from padkit_sim.faults import ArgSpec, Dial, FaultArgs, FaultSpec, Kind

PIECE = ArgSpec("frame", ("ack", "frame", "any"))
SECONDS = 0.4  # above the 300 ms in which a card box must acknowledge

FAULTS = (
    FaultSpec(
        "link.drop",
        "just before the nth answer (or just after the nth ACK): the cable comes out; it goes in again after `replug_s`, 0 never",
        args={"at": ArgSpec("answer", ("answer", "ack")), "replug_s": ArgSpec(0.0, minimum=0)},
    ),
    FaultSpec(
        "device.swapped",
        "just before the nth answer: the cable comes out, and after `replug_s` a device with another serial number is there",
        args={
            "serial": ArgSpec("SWAPPED-01", pattern=r"[\x21-\x7E]{1,30}", help="1 to 30 visible ASCII characters"),
            "replug_s": ArgSpec(0.5, minimum=0.001),
        },
    ),
    FaultSpec("link.drop_ack", "nth ACK: lost, the command is carried out"),
    FaultSpec("link.drop_frame", "nth answer: lost"),
    FaultSpec("link.flip_bcc", "nth answer: one bit of its check byte is wrong"),
    FaultSpec(
        "link.delay",
        "nth piece of that kind: late by `seconds`",
        args={"piece": PIECE, "seconds": ArgSpec(SECONDS, minimum=0)},
    ),
    FaultSpec(
        "link.split",
        "nth answer: arrives in pieces of `size` bytes, `gap_s` apart",
        args={"size": ArgSpec(1, minimum=1), "gap_s": ArgSpec(0.0, minimum=0)},
    ),
    FaultSpec("link.merge", "nth ACK: held back, arrives in one piece with the answer"),
    FaultSpec(
        "link.noise",
        "nth piece of that kind: `count` random bytes come before it",
        args={"piece": PIECE, "count": ArgSpec(7, minimum=1)},
    ),
    FaultSpec("link.truncate", "nth answer: only its first `keep` bytes arrive", args={"keep": ArgSpec(5, minimum=0)}),
    FaultSpec("link.repeat", "nth answer: arrives twice"),
    FaultSpec("link.stall", "before the nth piece: nothing arrives any more until it is cleared", Kind.CONDITION),
)
NAMES = frozenset(spec.name for spec in FAULTS)


@dataclass(frozen=True, slots=True)
class Pull:
    """The cable comes out; it goes in again after `replug_s` (0: never), showing `serial` ("": the same as before)."""

    replug_s: float = 0.0
    serial: str = ""


@dataclass(frozen=True, slots=True)
class Burst:
    """Bytes that arrive together, `delay_s` after the ones before; `pull` then pulls the cable."""

    data: bytes
    delay_s: float = 0.0
    pull: Pull | None = None


class Line:
    """One device's line. `dice` makes noise repeatable."""

    def __init__(self, dial: Dial, dice: random.Random) -> None:
        self._dial = dial
        self._dice = dice
        self._held = b""  # an ACK that waits for its answer

    def outgoing(self, pieces: Iterable[Piece]) -> list[Burst]:
        """How `pieces` arrive at the client."""
        bursts: list[Burst] = []
        for piece in pieces:
            if self._dial.standing("link.stall"):
                continue
            self._dial.passed("link.stall")
            match piece.kind:
                case PieceKind.ACK:
                    bursts += self._ack(piece.data)
                case PieceKind.FRAME:
                    bursts += self._frame(piece.data)
                case PieceKind.CONTROL:
                    bursts.append(Burst(piece.data))
        return bursts

    def _ack(self, data: bytes) -> list[Burst]:
        drop = self._dial.strike("link.drop", at="ack")
        if self._dial.strike("link.drop_ack"):
            return _pulled(drop)
        if self._dial.strike("link.merge"):
            self._held = data
            return _pulled(drop)
        return [self._late("ack", data), *_pulled(drop)]

    def _frame(self, data: bytes) -> list[Burst]:
        if swap := self._dial.strike("device.swapped"):
            return [Burst(b"", pull=Pull(swap.number("replug_s"), swap.text("serial")))]
        if drop := self._dial.strike("link.drop", at="answer"):
            return _pulled(drop)
        if self._dial.strike("link.drop_frame"):
            data = b""
        if self._dial.strike("link.flip_bcc"):
            data = data[:-1] + bytes([data[-1] ^ 0x01])
        if truncate := self._dial.strike("link.truncate"):
            data = data[: truncate.whole("keep")]
        if self._dial.strike("link.repeat"):
            data += data
        data, self._held = self._held + data, b""
        if split := self._dial.strike("link.split"):
            size, gap_s = split.whole("size"), split.number("gap_s")
            return [Burst(data[i : i + size], gap_s if i else 0.0) for i in range(0, len(data), size)]
        return [self._late("frame", data)] if data else []

    def _late(self, kind: str, data: bytes) -> Burst:
        if noise := self._dial.strike("link.noise", piece=kind):
            data = self._dice.randbytes(noise.whole("count")) + data
        delay = self._dial.strike("link.delay", piece=kind)
        return Burst(data, delay.number("seconds") if delay else 0.0)


def _pulled(drop: FaultArgs | None) -> list[Burst]:
    return [Burst(b"", pull=Pull(drop.number("replug_s")))] if drop else []
