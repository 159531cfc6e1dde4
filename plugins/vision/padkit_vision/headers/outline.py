"""What the three formats have in common: the outline of a picture, and what is wrong with a file that has none."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outline:
    """Read from the file's structure; no pixel was made.

    `width` and `height` are those of the file, before turning. `orientation` is that of EXIF, 1..8, 1 when it says nothing.
    `passes` counts how often a decoder goes over all pixels. `bare` is the file with all left out that makes no pixels: texts,
    colour profiles, previews, whatever follows its end.
    """

    width: int
    height: int
    orientation: int
    passes: int
    bare: bytes


class Unfit(Exception):
    """The file gives no picture; the text says what is wrong where."""


class Broken(Unfit):
    """It is cut off, damaged, or contradicts itself."""


class Strange(Unfit):
    """It is no JPEG, PNG or WebP, or one written in a way that we do not read."""
