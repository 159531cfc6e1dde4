"""What was found in a message of another maker, what was verified and by which rule, and what was not."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from padkit_contract.foreign.layers import Layer


class Verdict(enum.Enum):
    """How a check came out, the worst first."""

    FAILS = "fails"
    OPEN = "not checked"
    HOLDS = "holds"


@dataclass(frozen=True, slots=True)
class Check:
    """One check: `what` was looked at, by which `rule`; for a failure or an open one, why and what next."""

    what: str
    verdict: Verdict
    rule: str


@dataclass(frozen=True, slots=True)
class Report:
    """A message from the outside in. `content` is None when it is not readable, or not to be believed."""

    encoding: str
    size: int
    layers: tuple[Layer, ...]
    checks: tuple[Check, ...]
    content: bytes | None = field(default=None, repr=False)

    @property
    def fails(self) -> bool:
        """Tell whether a check came out wrong."""
        return any(check.verdict is Verdict.FAILS for check in self.checks)

    @property
    def signed(self) -> bool:
        """Tell whether a signature holds, with a chain to a root that is trusted, and nothing fails."""
        holding = {check.what for check in self.checks if check.verdict is Verdict.HOLDS}
        return not self.fails and {SIGNATURE, CHAIN} <= holding


SIGNATURE, CHAIN, DIGEST = "signature", "certificate chain", "message digest"
CONTENT_TYPE, CONTENT_KEY, CONTENT = "content type", "content key", "content"
