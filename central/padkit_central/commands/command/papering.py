"""What signing a paper at a terminal needs: the clock, ids, and how long things last as people write it."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass

import click

from padkit_contract.ids import Uuid7

UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
LASTING = re.compile(r"([1-9][0-9]{0,5})([smhd])")


@dataclass(frozen=True, slots=True)
class Means:
    """Clock and ids of one command."""

    now_s: Callable[[], int]
    ids: Callable[[], str]


def real_means() -> Means:
    """Return the operating system's clock and chance."""
    return Means(lambda: int(time.time()), Uuid7(lambda: time.time_ns() // 1_000_000, os.urandom))


def lasting_s(text: str) -> int:
    """Return how many seconds ``90s``, ``15m``, ``24h`` or ``30d`` last; 0 for ``never``. Raises `click.BadParameter`."""
    if text == "never":
        return 0
    found = LASTING.fullmatch(text)
    if found is None:
        raise click.BadParameter(f"{text!r}: a number and s, m, h or d is wanted, such as 15m; or never")
    return int(found[1]) * UNITS_S[found[2]]
