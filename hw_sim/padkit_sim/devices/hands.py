"""What a person can do to a device, as data: the control page draws its buttons from this. What happens is in the device."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass


class Field(enum.StrEnum):
    """The fields of `HandAction` besides its action."""

    PERSON = "person"
    PAN = "pan"
    ITEM = "item"


@dataclass(frozen=True, slots=True)
class HandField:
    """One thing that an action is done with. `choices`: the values, when they are few and always the same.

    `choices_in` names the list of the device's state that holds the values, when the kit file decides them. Neither: any
    text, of the kind that `help` describes. `needed`: the action is refused without it.
    """

    name: Field
    choices: tuple[str, ...] = ()
    choices_in: str = ""
    help: str = ""
    needed: bool = True


@dataclass(frozen=True, slots=True)
class Hand:
    """One action. `does` says in one sentence what it means to a person beside the device."""

    action: str
    does: str
    fields: tuple[HandField, ...] = ()


def in_words(hands: Iterable[Hand]) -> str:
    """Their names, for a refusal."""
    return ", ".join(hand.action for hand in hands)
