"""What the demonstration plays: three cards, one straight through, one whose answer is lost, one the customer leaves behind; then
two attempts at which no card moves: a forged identity card, and a print before the face camera.

A story says what is set up in the simulators, who answers what, and where the flow must end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

READ: Mapping[str, Any] = {"what": "document_read", "choice": "read"}
CONFIRM: Mapping[str, Any] = {"what": "confirm", "choice": "yes"}
REVERSE: Mapping[str, Any] = {"what": "not_taken", "choice": "reverse", "by": ["demo script"]}


@dataclass(frozen=True, slots=True)
class Story:
    """One card, or an attempt at one. `core_fault` is armed at the core; `take_after_s` None means that nobody takes the card.

    `front` is the picture of the identity card's front, `sits` who or what is before the face camera; "": nobody looks.
    """

    key: str
    title: Mapping[str, str]
    end: str
    core_fault: str = ""
    take_after_s: float | None = 1.0
    front: str = "front-test_a.jpg"
    sits: str = ""
    answers: tuple[Mapping[str, Any], ...] = field(default=(READ, CONFIRM))


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
        answers=(READ, CONFIRM, REVERSE),
    ),
)
ATTEMPTS: tuple[Story, ...] = (
    Story(
        "digit_swap",
        {
            "en": "An identity card whose printed number has two digits swapped (F03): refused",
            "zh": "身份证印刷号码有两位对调（F03）：拒绝",
        },
        end="REFUSED",
        front="front-test_a-swapped.jpg",
        answers=(READ, {"what": "document_differs", "choice": "stop"}),
    ),
    Story(
        "print",
        {
            "en": "A print of a face held before the camera (F05): refused",
            "zh": "以打印照片冒充人脸（F05）：拒绝",
        },
        end="REFUSED",
        sits="print",
        answers=(READ, {"what": "face_failed", "choice": "stop"}),
    ),
)
