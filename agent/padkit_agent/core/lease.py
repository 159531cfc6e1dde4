"""How long the kit may work without a word from central. Time the machine was on always counts, off-time by trusted clock."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace


class Lease(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What was left when it was last written down. `whole_s` 0: central has not granted one yet, nothing runs out."""

    whole_s: float = 0.0
    left_s: float = 0.0
    saved_s: float = 0.0  # trusted time, seconds since 1970

    def granted(self, whole_s: float, now_s: float) -> Lease:
        """Central was reached: it runs from now on."""
        return Lease(whole_s, whole_s, now_s)

    def spent(self, on_s: float, now_s: float) -> Lease:
        """Return it after `on_s` seconds on the steady clock; a trusted clock that went further counts further."""
        gone_s = max(on_s, now_s - self.saved_s)
        return replace(self, left_s=max(0.0, self.left_s - max(0.0, gone_s)), saved_s=now_s)

    def woken(self, now_s: float) -> Lease:
        """Return it after a time in which the agent did not run; a clock that was set back ends it."""
        if now_s < self.saved_s:
            return self.ended()
        return self.spent(0.0, now_s)

    def ended(self) -> Lease:
        """Return it run out: nobody knows how long the kit was off."""
        return replace(self, left_s=0.0)

    @property
    def over(self) -> bool:
        """Whether the kit must lock itself."""
        return self.whole_s > 0 and self.left_s <= 0
