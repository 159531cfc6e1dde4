"""The pads that are played: what each says of itself. Screens as in section 1 of the notes, units typical."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

ZLIB, MONO, COLOUR_16, COLOUR_24 = 1, 2, 4, 8  # section 5, encoding flags


@dataclass(frozen=True, slots=True)
class Model:
    """One model. `part` is how many bytes of a picture fit one block; `commit_s` how long it takes to show a whole one."""

    name: str
    wide: int
    high: int
    units_x: int
    units_y: int
    levels: int
    flags: int
    part: int
    out_pipe: bool
    commit_s: float
    rate: int = 200
    per_inch: int = 2540
    version: tuple[int, int] = (1, 3)


MODELS: Mapping[str, Model] = {
    it.name: it
    for it in (
        Model("STU-430", 320, 200, 9600, 6000, 1023, ZLIB | MONO, 253, out_pipe=False, commit_s=0.4),
        Model("STU-530", 800, 480, 8000, 4800, 1023, MONO | COLOUR_24, 253, out_pipe=True, commit_s=0.2),
        Model("STU-540", 800, 480, 8000, 4800, 1023, MONO | COLOUR_24, 2557, out_pipe=True, commit_s=0.2),
    )
}


@dataclass(frozen=True, slots=True)
class PadSettings:
    """What a kit file says of a pad. `pad_serial` is what report 0B gives, at most ten ASCII characters."""

    model: str = "STU-540"
    pad_serial: str = "SP00000001"
