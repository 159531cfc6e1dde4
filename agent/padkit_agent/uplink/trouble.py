"""Why something could not be brought to central, by who can help: the network, central, the kit's keys, its disk.

A trouble of one row lets the others pass and grows that row's own pause; a trouble of the way is shared by all.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from padkit_agent.core.queue import Why
from padkit_contract.errors import ContractError
from padkit_sdk.errors import LinkLost

PAUSE_S = (0.2, 60.0)  # of one row
PATIENCE = 20  # receipts without an answer, after which a row rests as if central had failed
OWN = frozenset({Why.CENTRAL, Why.BUG})
CLOCK = frozenset({"reply.expired", "signed.time", "context.expired"})
KITS = ("party.", "certificate.", "context.recipient", "context.key", "context.roles")


class Stuck(LinkLost):
    """It did not go, and it is known why. `code` is stable; central's own where central said it."""

    def __init__(self, why: Why, code: str, told: str) -> None:
        super().__init__(told)
        self.why = why
        self.code = code


@dataclass(frozen=True, slots=True)
class Trouble:
    """The last trouble with one row: `tries` failed in a row; central had answered `answered` others when it came."""

    why: Why
    code: str
    tries: int
    answered: int = 0

    @property
    def own(self) -> bool:
        """Whether it is the row's own: others may go meanwhile."""
        return self.why in OWN


class Troubles:
    """The troubles of all that waits, by its name; in memory, for each start begins with a try."""

    def __init__(self) -> None:
        self.by_name: dict[str, Trouble] = {}
        self.answered = 0
        self._receipts: dict[str, int] = {}

    def note(self, name: str, why: Why, code: str = "") -> Trouble:
        """Remember one more trouble with `name`."""
        known = self.by_name.get(name)
        trouble = Trouble(why, code, known.tries + 1 if known else 1, self.answered)
        self.by_name[name] = trouble
        return trouble

    def alone(self, name: str) -> bool:
        """Tell whether central has answered others since the last trouble with `name`: then it is not central that is away."""
        known = self.by_name.get(name)
        return known is not None and known.answered != self.answered

    def patient(self, name: str) -> bool:
        """Count a receipt; False when there were too many without an answer."""
        self._receipts[name] = self._receipts.get(name, 0) + 1
        return self._receipts[name] <= PATIENCE

    def over(self, name: str) -> None:
        """Forget what has its end."""
        self.by_name.pop(name, None)
        self._receipts.pop(name, None)

    def pause_s(self, trouble: Trouble, chance: random.Random) -> float:
        """Return the pause of a row with a trouble of its own: it doubles with each try, up to a ceiling."""
        low, high = PAUSE_S
        return chance.uniform(low, max(low, min(high, low * 2 ** min(trouble.tries, 16))))


def why_of(exc: Exception) -> tuple[Why, str]:
    """Return why a try failed with `exc`, and the code."""
    if isinstance(exc, Stuck):
        return exc.why, exc.code
    return Why.NETWORK, ""


def of_contract(exc: ContractError) -> Stuck | None:
    """Return what hinders the kit and not the message; None when the message itself will never do."""
    if exc.reason in CLOCK:
        return Stuck(Why.CLOCK, exc.reason, str(exc))
    if exc.reason.startswith(KITS):
        return Stuck(Why.CERTIFICATE, exc.reason, str(exc))
    return None
