"""The models of the EF01 family that can be played, and what a kit file says of a module."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Model:
    """What differs. `newer` ones say 55 when the power has come, answer a handshake, and have a ring of light."""

    wide: int
    high: int
    newer: bool = False


MODELS: Mapping[str, Model] = {"R30x": Model(256, 288), "R503": Model(192, 192, newer=True)}


@dataclass(frozen=True, slots=True)
class ModuleSettings:
    """What a kit file says of a module; `address` and `password` are four bytes each, `model` is a key of `MODELS`."""

    address: bytes = b"\xff\xff\xff\xff"
    password: bytes = field(default=b"\0\0\0\0", repr=False)
    capacity: int = 200
    model: str = "R30x"
