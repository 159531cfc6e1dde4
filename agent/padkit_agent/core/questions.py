"""The question sheet (尽职调查): what is asked of a customer before an account is opened, in our own words, as data.

The manager asks naturally, writes down the answer, and notes where the customer hesitated or would not answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from padkit_agent.core.asked import Choice, Field, Kind, choices, text
from padkit_contract.diligence import DECLINED, HESITATED

PURPOSES: tuple[Choice, ...] = choices(
    farming=text("农业生产经营、涉农补贴", "Farming and farming subsidies"),
    salary=text("工资收入", "Salary"),
    pension=text("养老金、社会保障待遇", "Pension or social benefits"),
    study=text("求学", "Study"),
    medical=text("医疗", "Medical care"),
    other=text("其他", "Other"),
)
OCCUPATIONS = choices(
    farmer=text("农民", "Farmer"),
    worker=text("工人", "Worker"),
    employee=text("职员", "Employee"),
    student=text("学生", "Student"),
    retired=text("退休人员", "Retired"),
    self_employed=text("个体经营者", "Self-employed"),
)
NOTED: tuple[Choice, ...] = choices(
    hesitated=text("客户有迟疑", "The customer hesitated"),
    declined=text("客户拒绝回答", "The customer would not answer"),
)
SHEET: tuple[Field, ...] = (
    Field(
        *("open_purpose", Kind.CHOICE, text("这张卡主要做什么用？", "What will you use the card for, mainly?")),
        choices=PURPOSES,
        question=1,
    ),
    Field("cdd_answers:purpose", Kind.TEXT, text("用客户自己的话", "In the customer's words"), question=1),
    Field(
        "cdd_answers:coached",
        Kind.YES_NO,
        text(
            "有没有人让您来开卡、给您好处，或者陪您来并教您怎么说？",
            "Did anybody ask or pay you to open it, or come with you and tell you what to say?",
        ),
        question=2,
    ),
    Field(
        "cdd_answers:asked_to_lend",
        Kind.YES_NO,
        text(
            "有没有人要借、租或者买您的银行卡、手机或电话卡？",
            "Has anybody asked to borrow, rent or buy your card, phone or SIM?",
        ),
        question=3,
    ),
    Field(
        *("occupation", Kind.CHOICE, text("您做什么工作？", "What work do you do?")),
        choices=OCCUPATIONS,
        question=4,
    ),
    Field("employer", Kind.TEXT, text("在哪里工作", "Where"), required=False, question=4),
    Field("cdd_answers:income", Kind.TEXT, text("大概收入多少", "Roughly what income"), question=4),
    Field(
        "cdd_answers:local_reason",
        Kind.TEXT,
        text("身份证是外地的：为什么在本地开户", "Identity card of another area: why here"),
        required=False,
        question=4,
    ),
    Field(
        "cdd_answers:source",
        Kind.TEXT,
        text("以后主要是谁往这个账户打钱，钱从哪里来？", "Who will mostly pay into it, and from where?"),
        question=5,
    ),
    Field(
        "cdd_answers:own_phone",
        Kind.YES_NO,
        text("这个手机号是您本人的、手机在您手里吗？", "Is the phone yours and in your hand?"),
        question=6,
    ),
    Field(
        "cdd_answers:aware",
        Kind.YES_NO,
        text(
            "您知道出借、出售账户违法，会有什么后果吗？",
            "Do you know that lending or selling the account is an offence, and what follows?",
        ),
        question=7,
    ),
)
HELPER = Field(
    "cdd_answers:helper", Kind.TEXT, text("平时谁帮您管钱？", "Who helps you with money matters?"), question=8
)
YOUNG, OLD = 18, 60  # years; the latter is the catalogue's parameter elder_age


def sheet(identity: Mapping[str, Any], today: str, elder_age: float = OLD) -> tuple[Field, ...]:
    """Return what is asked of this customer: the last question of the young and the old alone."""
    years = age(identity, today)
    return (*SHEET, HELPER) if years is not None and not YOUNG <= years < elder_age else SHEET


def age(identity: Mapping[str, Any], today: str) -> int | None:
    """Return the age on the day `today`, None where the chip does not say."""
    try:
        born, now = date.fromisoformat(str(identity.get("birth_date", ""))), date.fromisoformat(today)
    except ValueError:
        return None
    return now.year - born.year - ((now.month, now.day) < (born.month, born.day))


def unanswered(fields: tuple[Field, ...], given: Mapping[str, Any]) -> tuple[Field, ...]:
    """Return `fields` without those of questions that the customer would not answer."""
    answers = given.get("cdd_answers")
    declined = answers.get(DECLINED) if isinstance(answers, Mapping) else None
    refused = declined if isinstance(declined, list) else []
    return tuple(it for it in fields if it.question not in refused)


def noted_well(given: Mapping[str, Any]) -> bool:
    """Tell whether what was noted beside the questions names questions."""
    answers = given.get("cdd_answers")
    if not isinstance(answers, Mapping):
        return True
    lists = [answers.get(it, []) for it in (HESITATED, DECLINED)]
    return all(isinstance(it, list) and all(n in range(1, HELPER.question + 1) for n in it) for it in lists)
