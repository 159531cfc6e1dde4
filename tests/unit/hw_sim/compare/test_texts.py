from __future__ import annotations

import enum

import pytest

from padkit_contract.messages import CardState
from padkit_sim.compare.equations import Sum
from padkit_sim.compare.rules import Core, Place, Problem, Remark
from padkit_sim.compare.texts import PHRASES, Language, phrase, problem, word


@pytest.mark.parametrize("kind", [Place, CardState, Core, Remark, Sum])
@pytest.mark.parametrize("language", Language)
def test_every_word_of_the_rules_has_a_text(kind: type[enum.Enum], language: Language) -> None:
    assert all(word(value, language) for value in kind)


@pytest.mark.parametrize("language", Language)
def test_every_problem_says_what_is_wrong_and_what_next(language: Language) -> None:
    assert all(all(problem(value, language)) for value in Problem)


def test_chinese_and_english_differ_everywhere() -> None:
    values = [*Place, *CardState, *Core, *Remark, *Sum]
    assert all(word(value, Language.EN) != word(value, Language.ZH) for value in values)
    assert all(problem(value, Language.EN) != problem(value, Language.ZH) for value in Problem)
    assert all(english != chinese for english, chinese in PHRASES.values())


def test_nothing_is_a_dash() -> None:
    assert word(None, Language.ZH) == "-"


def test_a_phrase_takes_its_values() -> None:
    assert phrase("all_agree", Language.EN, cards=3) == "all four agree on 3 card(s)"
