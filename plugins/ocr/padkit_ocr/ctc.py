"""Greedy CTC: what the recogniser says at each place of a line, as characters with their confidence and position.

A field whose alphabet is known asks a narrower question: other characters are left out of the choice. Their share is not given
to the others, so that a digit that looked like a letter stays unsure.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

BLANK = 0  # the class between two characters

Floats = NDArray[np.float32]
Classes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Char:
    """One character, the model's share for it (0 to 1), and its place: 0 the left end of what was read, 1 the right."""

    text: str
    confidence: float
    at: float


@dataclass(frozen=True, slots=True)
class Line:
    """What one crop gave, from left to right."""

    chars: tuple[Char, ...] = ()

    @property
    def text(self) -> str:
        return "".join(char.text for char in self.chars)

    @property
    def confidence(self) -> float:
        """The least of its characters, 0 for none. Blanks do not count: how wide one must be is a matter of taste."""
        return min((char.confidence for char in self.chars if not char.text.isspace()), default=0.0)

    def part(self, start: int, end: int) -> Line:
        """The characters from `start` up to `end`."""
        return Line(self.chars[start:end])


def decode(shares: Floats, characters: str, allowed: Classes | None = None) -> Line:
    """Read `shares`, steps x classes, each row a distribution; class n is character n-1 of `characters`, class 0 the blank.

    `allowed` are the classes that may be chosen besides the blank, None for all.
    """
    if allowed is None:
        best = shares.argmax(axis=1)
        sure = shares[np.arange(len(shares)), best]
    else:
        classes = np.concatenate(([BLANK], allowed))
        asked = shares[:, classes]
        choice = asked.argmax(axis=1)
        best, sure = classes[choice], asked[np.arange(len(shares)), choice]
    return Line(tuple(_chars(best, sure, characters)))


def _chars(best: Classes, sure: Floats, characters: str) -> list[Char]:
    """Runs of the same class are one character, as sure as the surest step of its run and standing there."""
    edges = np.flatnonzero(np.diff(best, prepend=-1, append=-1))
    found = []
    for start, end in pairwise(edges):
        if best[start] != BLANK:
            peak = int(start + sure[start:end].argmax())
            char = characters[int(best[start]) - 1]
            found.append(Char(char, float(sure[peak]), (peak + 0.5) / len(best)))
    return found


def classes_of(alphabet: str, characters: str) -> Classes:
    """The classes of `alphabet`'s characters, in rising order; those the model does not know are left out."""
    return np.array(sorted(characters.index(it) + 1 for it in set(alphabet) if it in characters), dtype=np.int64)
