"""A promise: one test of the kit, its sentence, and what it needs to be asked at all."""

from __future__ import annotations

import asyncio
import enum
import functools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Concatenate, ParamSpec

import pytest

from padkit_sdk.conformance.bench import Bench
from padkit_sdk.conformance.hands import Power
from padkit_sdk.ports import Capability

P = ParamSpec("P")
Body = Callable[Concatenate[Bench, P], Awaitable[None]]
EVERY_PORT = "device"


class Kind(enum.Enum):
    """What a promise is about; the rules of the tiers are told by it."""

    LIFE = "life"  # needs neither trouble nor patience
    TROUBLE = "trouble"  # a power cut or a fault
    ENDURANCE = "endurance"  # bad input, memory


TROUBLES = frozenset({Power.CUT_POWER, Power.ARM_FAULTS})


@dataclass(frozen=True, slots=True)
class Promise:
    """What a test holds a driver to: `port` is a key of `PORTS` or `EVERY_PORT`."""

    port: str
    sentence: str
    moves_cards: bool
    needs: frozenset[Power]
    capabilities: frozenset[Capability]
    endurance: bool = False

    @property
    def kind(self) -> Kind:
        """Follows from what it needs."""
        if self.endurance:
            return Kind.ENDURANCE
        return Kind.TROUBLE if self.needs & TROUBLES else Kind.LIFE


PROMISES: dict[object, Promise] = {}  # by test function


def promise(
    port: str,
    *needs: Power,
    moves_cards: bool = False,
    capabilities: tuple[Capability, ...] = (),
    endurance: bool = False,
) -> Callable[[Body[P]], Callable[..., None]]:
    """Make a test of a coroutine function whose docstring is the promise and whose first argument is the bench."""

    def decorate(body: Body[P]) -> Callable[..., None]:
        sentence = (body.__doc__ or "").partition("\n")[0]
        assert sentence, f"{body.__name__} promises nothing: give it a docstring"

        @functools.wraps(body)
        def test(bench: Bench, *args: P.args, **kwargs: P.kwargs) -> None:
            broken = asyncio.run(bench.try_out(sentence, lambda: body(bench, *args, **kwargs)))
            if broken:
                pytest.fail(broken, pytrace=False)

        PROMISES[test] = Promise(port, sentence, moves_cards, frozenset(needs), frozenset(capabilities), endurance)
        return test

    return decorate
