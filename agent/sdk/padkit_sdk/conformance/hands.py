"""The hands at the bench: what a test needs somebody to do to the device, and who can do which of it."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import NoReturn, Protocol

from padkit_sdk.errors import Refused

FaultArgument = str | int | float | bool


class Power(enum.Enum):
    """One thing that hands may be able to do; the value says it in the report."""

    TAKE_CARD = "somebody takes a presented card"
    LAY_IDENTITY_CARD = "somebody lays an identity card on the reader"
    SEAT_BANK_CARD = "somebody puts a bank card into the chip reader"
    TOUCH_FINGER = "somebody puts a finger on the fingerprint reader"
    PRESS_KEYS = "somebody enters PINs that are given to them on the keypad"
    SIGN = "somebody signs on the pad and touches its buttons"
    CUT_POWER = "somebody switches the device off and on"
    ARM_FAULTS = "faults are armed in the device and on its wire (simulator)"
    SPOIL_LINE = "every answer on the device's line is spoiled (simulator)"
    SEE_CARDS = "the place of every card is known (simulator)"


class Spoilt(enum.Enum):
    """What a bad line does to every answer; USB checks its own packets, so there they are refused or late instead."""

    NOISE = "noise before it"
    CUT = "cut off"
    WRONG = "with wrong check bytes"
    TWICE = "twice"


class BenchHands(Protocol):
    """Somebody, or something, beside the device. Calls block until it is done; all raise `Refused` ``hands.*``."""

    name: str
    powers: frozenset[Power]

    def tidy(self) -> None:
        """Put the bench back in order: no fault armed, every card that can be put back in the hopper, reader empty."""
        ...

    def take_card(self) -> None:
        """Take the card that is held at the gate."""
        ...

    def identity_cards(self) -> Sequence[str]:
        """The names of the identity cards at hand, at least one."""
        ...

    def lay_identity_card(self, name: str) -> None:
        """Lay that card on the reader; one that lies there is lifted first."""
        ...

    def lift_identity_card(self) -> None:
        """Take away the identity card, if one lies there."""
        ...

    def seat_bank_card(self) -> None:
        """Put a bank card into the chip reader."""
        ...

    def unseat_bank_card(self) -> None:
        """Take the bank card out of the chip reader, if one is in."""
        ...

    def fingers(self) -> Sequence[str]:
        """The names of the fingers at hand, at least two of different fingers."""
        ...

    def touch_finger(self, name: str) -> None:
        """Put that finger on the reader, until the reader has its picture."""
        ...

    def press_keys(self, keys: str) -> None:
        """Press keys of a PIN keypad: digits, ``E`` for Enter, ``L`` for Clear, ``C`` for Cancel."""
        ...

    def write_signature(self) -> None:
        """Write into the ink area of a pad that waits for it; returns when the pen is lifted."""
        ...

    def touch_pad(self, button: str) -> None:
        """Touch ``cancel``, ``redo`` or ``confirm`` on a pad that waits for it."""
        ...

    def cut_power(self) -> None:
        """Switch the device off and on; cards stay where they are."""
        ...

    def arm(self, fault: str, args: Mapping[str, FaultArgument], *, nth: int = 1, times: int = 1) -> None:
        """Let `fault` strike at its nth occasion from now, `times` times (0: for ever)."""
        ...

    def spoil(self, how: Spoilt) -> None:
        """Spoil every answer that way until `clear_faults`."""
        ...

    def clear_faults(self) -> None:
        """Disarm every fault and lift what it left behind."""
        ...

    def cards(self) -> Mapping[str, str]:
        """Card serial number to its true place: hopper, path, gate, hand, bin or out; empty when nobody knows."""
        ...

    def is_moving(self) -> bool:
        """Whether motors run now; True when nobody knows."""
        ...

    def slowly(self) -> AbstractContextManager[None]:
        """Let motions take long enough to be met half way."""
        ...


class NoHands(BenchHands):
    """Nobody is there: tests that need hands are not asked."""

    name = "nobody"
    powers: frozenset[Power] = frozenset()

    def tidy(self) -> None:
        """Nobody tidies up; the tests look before they touch anything."""

    def take_card(self) -> None:
        self._cannot("take a card")

    def identity_cards(self) -> Sequence[str]:
        return ()

    def lay_identity_card(self, name: str) -> None:
        self._cannot(f"lay identity card {name}")

    def lift_identity_card(self) -> None:
        """Nobody laid one."""

    def seat_bank_card(self) -> None:
        self._cannot("seat a bank card")

    def unseat_bank_card(self) -> None:
        """Nobody seated one."""

    def fingers(self) -> Sequence[str]:
        return ()

    def touch_finger(self, name: str) -> None:
        self._cannot(f"touch with {name}")

    def press_keys(self, keys: str) -> None:
        self._cannot("press keys")

    def write_signature(self) -> None:
        self._cannot("sign")

    def touch_pad(self, button: str) -> None:
        self._cannot(f"touch {button}")

    def cut_power(self) -> None:
        self._cannot("cut the power")

    def arm(self, fault: str, args: Mapping[str, FaultArgument], *, nth: int = 1, times: int = 1) -> None:
        self._cannot(f"arm {fault}")

    def spoil(self, how: Spoilt) -> None:
        self._cannot(f"spoil the line: {how.value}")

    def clear_faults(self) -> None:
        """None is armed."""

    def cards(self) -> Mapping[str, str]:
        return {}

    def is_moving(self) -> bool:
        return True

    def slowly(self) -> AbstractContextManager[None]:
        return nullcontext()

    def _cannot(self, what: str) -> NoReturn:
        raise Refused("hands.missing", f"bench: {self.name} cannot {what}; the test says which hands it needs")
