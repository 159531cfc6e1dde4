"""The head of a template: what makes sense, and what is refused with the place to mend."""

from __future__ import annotations

import pytest

from padkit_agent.documents.template import Kind, read_template
from padkit_sdk.errors import Refused

HEAD = """
id = "D-TEST"
version = 3
layout = "house-1.typ"
signed_by = "customer"
title = { zh-CN = "试", en = "Test" }
"""
DATE = """
[[fields]]
name = "date"
kind = "date"
label = { zh-CN = "日期", en = "Date" }
"""
LABEL = 'label = { zh-CN = "名", en = "Name" }'


def field(rest: str, label: str = LABEL) -> str:
    return f'{HEAD}{DATE}\n[[fields]]\nname = "name"\n{label}\n{rest}\n'


def test_a_template_says_its_languages_and_its_fields() -> None:
    template = read_template(field('kind = "text"\nmax_length = 10\nrequired = false'), "D-TEST/3")
    assert template.languages == ("zh-CN", "en")
    assert [(it.name, it.kind, it.required) for it in template.fields] == [
        ("date", Kind.DATE, True),
        ("name", Kind.TEXT, False),
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("id = [", "Invalid value"),
        (HEAD, "fields"),
        (HEAD + "fields = []", "a required field date"),
        (HEAD + DATE + "required = false", "a required field date"),
        (HEAD + DATE + DATE, "field date twice"),
        (field('kind = "text"'), "max_length is for text and digits, 1 to 500"),
        (field('kind = "text"\nmax_length = 501'), "max_length is for text and digits"),
        (field('kind = "flag"\nmax_length = 1'), "max_length is for text and digits"),
        (field('kind = "choice"'), "choices are for the kind choice"),
        (field('kind = "flag"\nchoices.a = { zh-CN = "甲", en = "A" }'), "choices are for the kind choice"),
        (field('kind = "choice"\nchoices.a = { en = "A" }'), "not in exactly en, zh-CN"),
        (field('kind = "flag"', label='label = { en = "Name" }'), "not in exactly en, zh-CN"),
        (field('kind = "flag"\nwhen = { field = "later" }'), "depends on later"),
        (field('kind = "flag"\nfont = "Comic"'), "font"),
        (field('kind = "picture"'), "picture"),
    ],
)
def test_a_template_that_makes_no_sense_is_refused_with_the_place(text: str, told: str) -> None:
    with pytest.raises(Refused) as refused:
        read_template(text, "D-TEST/3")
    assert refused.value.reason == "document.template"
    assert "D-TEST/3" in str(refused.value)
    assert told in str(refused.value)
