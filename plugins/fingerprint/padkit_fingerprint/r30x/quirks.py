"""What differs between the models of EF01 modules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quirks:
    """Size of a picture in pixels; `handshake`: it can be asked whether it is well."""

    width: int
    rows: int
    handshake: bool = False

    @property
    def picture_bytes(self) -> int:
        """How many bytes it sends, four bits a pixel."""
        return self.width * self.rows // 2


QUIRKS: Mapping[str, Quirks] = {"R30x": Quirks(256, 288), "R503": Quirks(192, 192, handshake=True)}  # manual 5
PICTURE_SIZES = tuple(quirks.picture_bytes for quirks in QUIRKS.values())
