"""A window of a layout: where a value is expected on the card, in millimetres, and what it may be made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

CARD_MM = (85.6, 53.98)  # ISO/IEC 7810 ID-1
CARD_PX = (1000, 630)  # of a warped card


@dataclass(frozen=True, slots=True)
class Window:
    """One value, or several lines of one, right of and between the labels.

    `left`, `top`, `right`, `bottom` are the borders in mm from the card's top left; a line's ink lies inside them also when the
    card was found some pixels off. `height` is that of its characters. `alphabet` limits them, empty does not. `lines` is how
    many lines it may have; with more than one, `pitch` is their distance and `first` the middle of the first, from `top`.
    `density` is how many columns of the recogniser's input a pixel of the warped card gets. `slashes` are signs that a short
    line needs room for; `light` says that the print may be lighter than its ground.
    """

    name: str
    left: float
    top: float
    right: float
    bottom: float
    height: float
    alphabet: str = ""
    lines: int = 1
    pitch: float = 0.0
    first: float = 0.0
    density: float = 0.85
    slashes: bool = False
    light: bool = False

    ACROSS: ClassVar[float] = CARD_PX[0] / CARD_MM[0]
    DOWN: ClassVar[float] = CARD_PX[1] / CARD_MM[1]

    def pixels(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom on a warped card."""
        across, down = self.ACROSS, self.DOWN
        return round(self.left * across), round(self.top * down), round(self.right * across), round(self.bottom * down)

    @property
    def height_px(self) -> float:
        """The height of its characters on a warped card."""
        return self.height * self.DOWN
