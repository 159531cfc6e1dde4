"""Pen reports become points: lost and repeated ones are counted, wrapped times unwound, points out of range not invented.

Pure: no I/O, no clock. A pad that does not number its reports gets its times from its rate.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from padkit_sdk.signature import MAX_POINTS, PenPoint, PenState
from padkit_signature_pad.layout import Area, Layout
from padkit_signature_pad.protocol import Geometry, PenRecord

WRAP = 0x1_0000
BACK = 64  # a number up to so many behind is an old report, one further behind is no order at all


class OutOfStep(Exception):
    """The pad's numbers jumped back: nobody can say what was lost."""


class Touch(enum.Enum):
    """What the person did that somebody waits for."""

    WRITE = "write"  # a stroke began in the ink area
    CANCEL = "cancel"
    REDO = "redo"
    CONFIRM = "confirm"
    FULL = "full"  # more was written than a series holds


_PRESSED = {Area.CANCEL: Touch.CANCEL, Area.REDO: Touch.REDO, Area.CONFIRM: Touch.CONFIRM}


@dataclass(slots=True)
class Counter:
    """Which reports are new, by their numbers. `lost` stays 0 when the pad does not number them."""

    last: int | None = None
    lost: int = 0
    repeated: int = 0
    numbered: bool = False

    def is_new(self, sequence: int | None) -> bool:
        """Whether this report was not seen before. Raises `OutOfStep`."""
        if sequence is None:
            return True
        self.numbered = True
        if self.last is None:
            self.last = sequence
            return True
        ahead = (sequence - self.last) % WRAP
        if ahead == 0 or ahead >= WRAP - BACK:
            self.repeated += 1
            return False
        if ahead >= WRAP // 2:
            raise OutOfStep
        self.lost += ahead - 1
        self.last = sequence
        return True


@dataclass(slots=True)
class Writing:
    """What was written so far, in the order it came. A stroke belongs to the area it began in.

    Between the strokes of the ink area the points above the pad are kept too; touches of the buttons are not.
    """

    geometry: Geometry
    layout: Layout
    counter: Counter = field(default_factory=Counter)
    points: list[PenPoint] = field(default_factory=list)
    strokes: int = 0
    _time_ms: int = 0
    _raw_ms: int | None = None
    _seen: int = 0
    _stroke_in: Area | None = None
    _down: bool = False
    _kept: int = 0  # points up to the end of the last stroke
    _last: tuple[int, int] | None = None
    _was_in_range: bool = False

    def take(self, record: PenRecord) -> Touch | None:
        """Take one report. Raises `OutOfStep`."""
        if not self.counter.is_new(record.sequence):
            return None
        self._pass_time(record)
        if not record.in_range:
            return self._left()
        x, y = min(record.x, self.geometry.max_x), min(record.y, self.geometry.max_y)
        self._last, self._was_in_range = (x, y), True
        touch = self._moved(x, y, tip=record.tip)
        self._keep(x, y, min(record.pressure, self.geometry.max_pressure), tip=record.tip)
        return Touch.FULL if len(self.points) >= MAX_POINTS else touch

    def signature(self) -> list[PenPoint]:
        """The points from the first touch of the ink area to the last lift, times from 0."""
        kept = self.points[: self._kept]
        start_ms = kept[0].time_ms if kept else 0
        return [point._replace(time_ms=point.time_ms - start_ms) for point in kept]

    def _pass_time(self, record: PenRecord) -> None:
        if record.time_ms is None:
            self._time_ms = self._seen * 1000 // self.geometry.rate_hz
        elif self._raw_ms is not None:
            self._time_ms += (record.time_ms - self._raw_ms) % WRAP
        self._raw_ms = record.time_ms
        self._seen += 1

    def _left(self) -> Touch | None:
        """The pen is out of range: a stroke ends where it was seen last, and one such point is kept."""
        touch = self._lifted(*self._last) if self._last and self._down else None
        if self._was_in_range and self._last and self.points:
            self._append(PenPoint(*self._last, 0, self._time_ms, PenState(0)))
        self._was_in_range = self._down = False
        self._stroke_in = None
        return touch

    def _moved(self, x: int, y: int, *, tip: bool) -> Touch | None:
        touch = None
        if tip and not self._down:
            self._stroke_in = self.layout.at(x, y)
            if self._stroke_in is Area.INK:
                self.strokes += 1
                touch = Touch.WRITE
        elif self._down and not tip:
            touch = self._lifted(x, y)
        self._down = tip
        return touch

    def _lifted(self, x: int, y: int) -> Touch | None:
        """A button counts when the pen goes down and up in it."""
        began, self._stroke_in = self._stroke_in, None
        if began is Area.INK:
            self._kept = len(self.points) + 1
        pressed = _PRESSED.get(began) if began else None
        return pressed if pressed and self.layout.at(x, y) is began else None

    def _keep(self, x: int, y: int, pressure: int, *, tip: bool) -> None:
        if tip and self._stroke_in is not Area.INK:
            return
        if not tip and not self.points:
            return
        state = PenState.IN_RANGE | (PenState.TIP_DOWN if tip else PenState(0))
        self._append(PenPoint(x, y, pressure, self._time_ms, state))

    def _append(self, point: PenPoint) -> None:
        if len(self.points) < MAX_POINTS:
            self.points.append(point)
