"""How often somebody may guess: five tries, then a pause that doubles. On disk before each check, so a crash gives none back."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

TRIES = 5
FIRST_PAUSE_S = 60.0
LONGEST_PAUSE_S = 86_400.0


class Moment(msgspec.Struct, frozen=True):
    """A reading of the steady clock, which starts anew with each `boot` of the machine."""

    boot: str
    mono_s: float


class Throttle(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Wrong tries since the last right one, and when the last was."""

    wrong: int = 0
    boot: str = ""
    mono_s: float = 0.0

    def left(self) -> int:
        """How many tries are left before the next pause."""
        return TRIES - self.wrong % TRIES

    def pause_s(self, now: Moment) -> float:
        """How long nobody may try; after a restart of the machine the whole pause again."""
        if not self.wrong or self.wrong % TRIES:
            return 0.0
        whole_s = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(self.wrong // TRIES - 1, 20))
        gone_s = now.mono_s - self.mono_s if now.boot == self.boot else 0.0
        return max(0.0, whole_s - max(0.0, gone_s))

    def anchored(self, now: Moment) -> Throttle:
        """Return it with its pause begun anew when the machine was started since."""
        return self if self.boot == now.boot or not self.wrong else replace(self, boot=now.boot, mono_s=now.mono_s)

    def tried(self, now: Moment) -> Throttle:
        """Return it after one more try, which counts as wrong until it proves right."""
        return Throttle(self.wrong + 1, now.boot, now.mono_s)
