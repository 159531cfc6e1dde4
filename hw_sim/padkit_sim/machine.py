"""The tablet that a simulated kit is plugged into: serial numbers of a machine that does not exist. No I/O here.

They follow from the kit's name and seed, so that the same kit is the same machine at the next start, and another is not.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from typing import Protocol

from padkit_sim.errors import SimRefused

LOCAL_AND_GROUP = 0b11  # the bits of a MAC address by which a program sees that no maker gave it
MAX_VALUE = 64


class Board(Protocol):
    """Where a machine's traits can be read."""

    def show(self, trait: str, value: str) -> None:
        """Let `trait` have `value` from now on; an empty one is not there."""
        ...


class Machine:
    """Its parts by trait; `swap` changes one."""

    def __init__(self, name: str, seed: int) -> None:
        self._boards: list[Board] = []
        self._parts = {
            "product_uuid": str(uuid.UUID(bytes=_chance(name, seed, "product_uuid")[:16], version=4)),
            "product_serial": _serial("TAB", name, seed, "product_serial"),
            "board_serial": _serial("MB", name, seed, "board_serial"),
            "chassis_serial": _serial("CH", name, seed, "chassis_serial"),
            "nic": _address(_chance(name, seed, "nic")),
            "disk": _serial("SSD", name, seed, "disk"),
        }

    @property
    def parts(self) -> Mapping[str, str]:
        """Every trait and its value."""
        return dict(self._parts)

    def seen_by(self, board: Board) -> None:
        """Show every trait to `board`, now and whenever one changes."""
        self._boards.append(board)
        for trait, value in self._parts.items():
            board.show(trait, value)

    def swap(self, trait: str, value: str) -> None:
        """Put another part in, or none. Raises `SimRefused`."""
        if trait not in self._parts:
            raise SimRefused(f"hardware: trait {trait!r} is unknown; it is one of {', '.join(self._parts)}")
        if len(value) > MAX_VALUE or not value.isprintable():
            raise SimRefused(f"hardware: value has {len(value)} characters; give at most {MAX_VALUE} printable ones")
        self._parts[trait] = value
        for board in self._boards:
            board.show(trait, value)


def _chance(name: str, seed: int, part: str) -> bytes:
    return hashlib.sha256(f"{name}/{seed}/{part}".encode()).digest()


def _serial(prefix: str, name: str, seed: int, part: str) -> str:
    return f"{prefix}-SIM-{_chance(name, seed, part)[:6].hex().upper()}"


def _address(chance: bytes) -> str:
    first = chance[0] & ~LOCAL_AND_GROUP
    return ":".join(f"{byte:02x}" for byte in (first, *chance[1:6]))
