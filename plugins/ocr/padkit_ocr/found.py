"""A value as it was read from one place in one way, and all that was read for a field. No pixels here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from padkit_sdk.ports import Point


@dataclass(frozen=True, slots=True)
class Found:
    """One reading of one field: its text as labels have it, the least confidence of its characters, where it stands.

    `quad` are four corners in the pixels that were read, clockwise from the text's top left. Its text is a person's: no `repr`.
    """

    text: str = field(repr=False)
    confidence: float
    quad: tuple[Point, ...] = ()


Readings = Mapping[str, Sequence[Found]]
"""All readings of each field, in the order they were made; the first is the plain one."""


def distinct(readings: Sequence[Found]) -> list[str]:
    """The different texts among `readings`, those that came first first."""
    return list(dict.fromkeys(it.text for it in readings if it.text))


def count(readings: Sequence[Found], text: str) -> int:
    """How many readings gave `text`."""
    return sum(it.text == text for it in readings)


def surest(readings: Sequence[Found], text: str | None = None) -> Found | None:
    """The most confident reading, of `text` when that is given; None when nothing was read."""
    wanted = [it for it in readings if it.text and text in (None, it.text)]
    return max(wanted, key=lambda it: it.confidence, default=None)
