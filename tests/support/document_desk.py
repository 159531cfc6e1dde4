"""A reader as the worker has it, and generated photos with what their labels say."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from padkit_ocr.config import DEFAULTS
from padkit_ocr.driver import Cards
from padkit_ocr.plugin import open_cards
from padkit_sdk import DriverContext
from padkit_sdk.links import DeviceEvent
from padkit_sdk.ports import Picture
from padkit_sdk.secrets import HiddenBytes
from padkit_sim.pictures.cards.card import draw
from padkit_sim.pictures.cards.photo import photo

READ_S = 120.0  # models are loaded at the first picture, on a machine that does other things too


class NoWire:
    """Counts how often it was closed."""

    closed = 0

    async def close(self) -> None:
        self.closed += 1


@dataclass(frozen=True, slots=True)
class Shot:
    """A generated photo."""

    picture: Picture
    fields: Mapping[str, str]
    turned: int


@lru_cache(maxsize=32)
def shot(kind: str, level: int = 1, seed: int = 1, defect: str | None = None) -> Shot:
    """A photo of somebody invented; the same for the same seed."""
    rng = random.Random(f"ocr {kind} {level} {seed}")
    card = draw(kind, rng)
    taken = photo(card, level, rng, defect)
    return Shot(picture(taken.jpeg), dict(card.fields), taken.turned)


def picture(data: bytes) -> Picture:
    """These bytes as a picture from a page."""
    return Picture(HiddenBytes(data), "page", 0.0)


class Bench:
    """A reader with its link and its events."""

    def __init__(self) -> None:
        self.link = NoWire()
        self.events: list[DeviceEvent] = []

    async def open(self, **settings: float | str | bool) -> Cards:
        context = DriverContext("reader", time.monotonic, self.events.append, {**DEFAULTS, **settings})
        reader = await open_cards(self.link, context)
        assert isinstance(reader, Cards)
        return reader
