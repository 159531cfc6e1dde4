"""The three cards of the demonstration: one straight through, one whose answer is lost, one the customer leaves behind.

A story says what is set up in the simulators, who answers what, and where the flow must end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from padkit_sim.demo.files import PIN_ANSWER

CONFIRM: Mapping[str, Any] = {"what": "confirm", "choice": "yes"}
REVERSE: Mapping[str, Any] = {"what": "not_taken", "choice": "reverse", "by": ["demo script"]}


@dataclass(frozen=True, slots=True)
class Story:
    """One card. `core_fault` is armed at the core; `take_after_s` None means that nobody takes the card."""

    key: str
    title: Mapping[str, str]
    end: str
    core_fault: str = ""
    take_after_s: float | None = 1.0
    answers: tuple[Mapping[str, Any], ...] = field(default=(PIN_ANSWER, CONFIRM))


STORIES: tuple[Story, ...] = (
    Story(
        "straight",
        {"en": "Card 1: straight through", "zh": "第一张卡：一路顺利"},
        end="CLOSED",
    ),
    Story(
        "answer_lost",
        {
            "en": "Card 2: the core's answer is lost (F17): unknown, inquiry, success",
            "zh": "第二张卡：核心应答丢失（F17）：未知、查证、成功",
        },
        end="CLOSED",
        core_fault="core.drop_reply",
    ),
    Story(
        "not_taken",
        {
            "en": "Card 3: the customer does not take the card (F20): retract, reversal",
            "zh": "第三张卡：客户未取卡（F20）：收回、冲正",
        },
        end="REVERSED",
        take_after_s=None,
        answers=(PIN_ANSWER, CONFIRM, REVERSE),
    ),
)
