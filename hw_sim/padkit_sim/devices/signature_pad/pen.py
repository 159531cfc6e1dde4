"""The pen over the pad: what a hand wants to do, moment by moment, and the reports that come of it, with their mishaps."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from padkit_sim.devices.signature_pad.models import Model
from padkit_sim.devices.signature_pad.strokes import STEP_S, Touch
from padkit_sim.devices.signature_pad.wire import Area, Pen, plain, timed, with_sequence
from padkit_sim.faults import Dial


class Hand:
    """The pen's way that is still to come; times are mechanical."""

    def __init__(self) -> None:
        self._coming: deque[tuple[float, Touch]] = deque()
        self._last: Touch | None = None

    @property
    def moving(self) -> bool:
        return bool(self._coming)

    @property
    def next_s(self) -> float | None:
        """When the pen is seen next."""
        return self._coming[0][0] if self._coming else None

    def will(self, moments: Iterable[Touch], now_s: float) -> None:
        """Do this after what it does already."""
        at_s = max(now_s, self._coming[-1][0] if self._coming else now_s)
        for moment in moments:
            at_s += STEP_S
            self._coming.append((at_s, moment))

    def lift(self, now_s: float) -> None:
        """Leave the pad at once."""
        self._coming.clear()
        if self._last is not None and self._last.near:
            self._coming.append((now_s, self._last._replace(force=0.0, near=False)))

    def until(self, now_s: float) -> Iterator[tuple[float, Touch]]:
        """Yield what happens up to `now_s`."""
        while self._coming and self._coming[0][0] <= now_s:
            at_s, moment = self._coming.popleft()
            self._last = moment
            yield at_s, moment


class Reporter:
    """Makes reports of moments; counts them as the pad does."""

    def __init__(self, model: Model, dial: Dial) -> None:
        self._model = model
        self._dial = dial
        self._blind = 0
        self.number = 0
        self.sent = 0

    def restart(self) -> None:
        """Count anew, as after power-on."""
        self.number = self._blind = 0

    def of(self, at_s: float, moment: Touch, mode: int) -> list[bytes]:
        """The reports of one moment: one, or none or two with a mishap."""
        self.number += 1
        pen = self._seen(moment)
        match mode:
            case 3:
                report = timed(pen, round(at_s * 1000), self.number)
            case 2:
                report = with_sequence(pen, self.number)
            case _:
                report = plain(pen)
        if self._dial.strike("pad.drop_report"):
            return []
        reports = [report] * (2 if self._dial.strike("pad.repeat_sequence") else 1)
        self.sent += len(reports)
        return reports

    def _seen(self, moment: Touch) -> Pen:
        model = self._model
        touches = moment.near and moment.force > 0
        if touches and not self._blind and (struck := self._dial.strike("pad.out_of_range")):
            self._blind = struck.whole("count")
        if self._blind:
            self._blind -= 1
            return Pen(near=False, touches=False, force=0, x=0, y=0)
        force = round(moment.force * model.levels)
        if touches:
            if self._dial.standing("pad.saturated"):
                force = model.levels
            self._dial.passed("pad.saturated")
        x, y = min(int(moment.x * model.units_x), model.units_x), min(int(moment.y * model.units_y), model.units_y)
        if not moment.near:
            return Pen(near=False, touches=False, force=0, x=0, y=0)
        return Pen(near=True, touches=touches, force=force if touches else 0, x=x, y=y)


def into(place: Area, wide: int, high: int, moments: Iterable[Touch]) -> list[Touch]:
    """Moments of the unit square, laid into a piece of the screen; they are then parts of the whole screen."""
    left, top = place.left / wide, place.top / high
    across, down = (place.right + 1 - place.left) / wide, (place.bottom + 1 - place.top) / high
    return [m._replace(x=left + m.x * across, y=top + m.y * down) for m in moments]
