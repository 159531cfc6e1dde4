"""Mechanical time: runs `speed` times as fast as the clock on the wall, so that waits for motors shorten and time-outs do not."""

from __future__ import annotations

from collections.abc import Callable

from padkit_sim.devices.device import Moment


class MechanicalTime:
    """Reads both scales at once. `now_mono_s` is the steady clock."""

    def __init__(self, now_mono_s: Callable[[], float], speed: float) -> None:
        self._now_mono_s = now_mono_s
        self._speed = speed
        self._since_line_s = now_mono_s()
        self._since_mech_s = 0.0

    @property
    def speed(self) -> float:
        """How many mechanical seconds pass in one second."""
        return self._speed

    def now(self) -> Moment:
        """This moment."""
        line_s = self._now_mono_s()
        return Moment(line_s, self._since_mech_s + (line_s - self._since_line_s) * self._speed)

    def set_speed(self, speed: float) -> None:
        """Go on at another speed from now; motions under way change theirs too."""
        self._since_line_s, self._since_mech_s = self.now()
        self._speed = speed

    def delay_s(self, mech_s: float) -> float:
        """How long to wait on the wall clock until `mech_s`."""
        return max(0.0, (mech_s - self.now().mech_s) / self._speed)
