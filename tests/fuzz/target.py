"""What one fuzz target is: something that reads bytes from outside, what it may refuse with, and what to begin from."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """`reads` may raise `refuses` and nothing else. `seeds` are good inputs; behind their first `head` bytes stands DER
    if `der`."""

    reads: Callable[[bytes], object]
    refuses: tuple[type[Exception], ...]
    seeds: Sequence[bytes]
    der: bool = False
    head: int = 0

    def __call__(self, raw: bytes) -> None:
        try:
            self.reads(raw)
        except self.refuses:
            return
        except BaseException:
            sys.stderr.write(f"finding: {raw.hex()}\n")
            raise
