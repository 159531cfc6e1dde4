"""Trusted time: central's signed word, carried on by a clock that nobody sets. No I/O here.

Within one start of the machine (a boot) only the steady clock counts, across boots the wall clock's progress as long as it did
not go back. Two times are kept: `now_s`, by which everything is judged, and `sure_s`, before which it cannot be, whatever was
done to the wall clock. Without any word of central it is the wall clock.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from padkit_contract.contact import ClockJump
from padkit_sdk.errors import Refused

JUMP_S = 2.0  # the wall clock moved by more than this against the steady one: somebody set it
DRIFT = 2e-4  # how fast a machine's steady clock may run wrong
CENTRAL_SKEW_S = 5.0  # how far the clocks of central's machines may be apart
HOLD_S = 60.0  # time that ran ahead by so little stands still until it is true again
KEPT_JUMPS = 20


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at the machine: which boot it is, the seconds since it began (suspended ones too), the wall clock."""

    boot: str
    boottime_s: float
    wall_s: float


class Known(msgspec.Struct, frozen=True):
    """What is known of the time at one reading; kept on disk. `shown_s` is the latest time that was ever told, `heard_in` the
    boot in which central was last heard.
    """

    now_s: float
    sure_s: float
    shown_s: float
    boot: str
    boottime_s: float
    wall_s: float
    anchored: bool = False
    heard_in: str = ""
    doubtful: bool = True
    jumps: tuple[ClockJump, ...] = ()


def taken_up(known: Known | None, reading: Reading) -> Known:
    """Return what is known at the start of the agent, after the same boot or another."""
    if known is None:
        return Known(reading.wall_s, 0.0, 0.0, reading.boot, reading.boottime_s, reading.wall_s)
    if known.boot == reading.boot:
        return looked(known, reading)
    run_s, progress_s = max(0.0, reading.boottime_s), reading.wall_s - known.wall_s
    back = progress_s < run_s - JUMP_S
    now_s, sure_s = reading.wall_s, 0.0
    if known.anchored:
        now_s = known.now_s + (run_s if back else max(run_s, progress_s))
        sure_s = known.sure_s + run_s * (1 - DRIFT)
    jumps = _noted(known.jumps, now_s, progress_s - run_s) if back else known.jumps
    return _at(known, reading, now_s, sure_s, doubtful=back or not known.anchored, jumps=jumps)


def time_at(known: Known, reading: Reading) -> tuple[float, float]:
    """Return (now, surely not before) in the boot that `known` is of."""
    if not known.anchored:
        return reading.wall_s, 0.0
    run_s = max(0.0, reading.boottime_s - known.boottime_s)
    return known.now_s + run_s, known.sure_s + run_s * (1 - DRIFT)


def looked(known: Known, reading: Reading) -> Known:
    """Return what is known now, with a jump of the wall clock noted; a jump moves nothing."""
    now_s, sure_s = time_at(known, reading)
    moved_s = (reading.wall_s - known.wall_s) - (reading.boottime_s - known.boottime_s)
    jumps = _noted(known.jumps, now_s, moved_s) if abs(moved_s) > JUMP_S else known.jumps
    return _at(known, reading, now_s, sure_s, doubtful=known.doubtful, jumps=jumps)


def heard(known: Known, central_s: float, spread_s: float, reading: Reading) -> Known:
    """Return what is known after central's word: its clock said `central_s` within the last `spread_s` seconds.

    It may correct what was only guessed across a boot. Raises `Refused` ``clock.backwards``: it is before what is sure.
    """
    known = looked(known, reading)
    if known.anchored and central_s + spread_s < known.sure_s:
        raise Refused(
            "clock.backwards",
            f"central's clock: {_iso(central_s)}, but it is {_iso(known.sure_s)} at least; look at central's clock",
        )
    sure_s = max(known.sure_s, central_s - CENTRAL_SKEW_S)
    now_s = max(central_s + spread_s / 2, sure_s)
    ahead = known.shown_s - now_s > HOLD_S
    return msgspec.structs.replace(
        known,
        now_s=now_s,
        sure_s=sure_s,
        shown_s=now_s if ahead or not known.anchored else known.shown_s,
        anchored=True,
        heard_in=reading.boot,
        doubtful=False,
    )


def _at(
    known: Known, reading: Reading, now_s: float, sure_s: float, *, doubtful: bool, jumps: tuple[ClockJump, ...]
) -> Known:
    return Known(
        now_s=now_s,
        sure_s=sure_s,
        shown_s=max(known.shown_s, now_s),
        boot=reading.boot,
        boottime_s=reading.boottime_s,
        wall_s=reading.wall_s,
        anchored=known.anchored,
        heard_in=known.heard_in,
        doubtful=doubtful,
        jumps=jumps,
    )


def _noted(jumps: tuple[ClockJump, ...], now_s: float, seconds: float) -> tuple[ClockJump, ...]:
    return (*jumps, ClockJump(_iso(now_s), round(seconds, 3)))[-KEPT_JUMPS:]


def _iso(seconds: float) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    except (ValueError, OverflowError):
        return f"{seconds:.0f} s"


class TrustedTime:
    """The kit's time as an object: never runs back, but where central corrects a guess by more than `HOLD_S`."""

    def __init__(self, read: Callable[[], Reading]) -> None:
        self._read = read
        self._known = taken_up(None, read())

    def take_up(self, known: Known | None) -> None:
        """Go on from what was kept on disk; to be called once, before anything is judged."""
        self._known = taken_up(known, self._read())

    @property
    def known(self) -> Known:
        """What is to be kept on disk."""
        return msgspec.structs.replace(self._known, shown_s=max(self._known.shown_s, self._known.now_s))

    def reading(self) -> Reading:
        """Look at the machine's clocks."""
        return self._read()

    def now_s(self) -> float:
        """Return the time, seconds since 1970 (UTC)."""
        now_s, _ = time_at(self._known, self._read())
        return max(now_s, self._known.shown_s) if self._known.anchored else now_s

    def sure_s(self) -> float:
        """Return the time before which it cannot be; 0 without any word of central."""
        return time_at(self._known, self._read())[1]

    def asking_s(self) -> float:
        """Return the time by which central is asked for the time: until it was heard in this boot the wall clock's, by which the
        connection is judged, too, but none that is before what is sure.
        """
        reading = self._read()
        if self._known.heard_in == reading.boot:
            return self.now_s()
        return max(reading.wall_s, self.sure_s())

    @property
    def doubtful(self) -> bool:
        """Whether the time may be behind: the wall clock went back across a boot, or central was never reached."""
        return self._known.doubtful

    def look(self) -> ClockJump | None:
        """Compare the clocks; return the wall clock's jump since the last look, if it made one."""
        before = self._known.jumps
        self._known = looked(self._known, self._read())
        return self._known.jumps[-1] if self._known.jumps != before else None

    def hear(self, central_ms: int, asked: Reading) -> None:
        """Take central's signed clock, the answer to a question that was asked at the reading `asked`.

        Raises `Refused` ``clock.backwards``, ``clock.stale``: the machine was started again in between.
        """
        reading = self._read()
        if reading.boot != asked.boot:
            raise Refused(
                "clock.stale", "central's clock: the answer to a question of before the last start; ask again"
            )
        self._known = heard(self._known, central_ms / 1000, max(0.0, reading.boottime_s - asked.boottime_s), reading)

    def told(self, jumps: tuple[ClockJump, ...]) -> None:
        """Forget jumps that central knows of now."""
        kept = tuple(it for it in self._known.jumps if it not in jumps)
        self._known = msgspec.structs.replace(self._known, jumps=kept)
