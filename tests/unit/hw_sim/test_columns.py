"""Columns of a terminal."""

from __future__ import annotations

from padkit_sim.columns import padded, width


def test_a_chinese_character_takes_two_columns() -> None:
    assert (width("card"), width("读卡"), width("卡 1")) == (4, 4, 4)


def test_padding_ends_at_the_same_column_in_both_languages() -> None:
    assert width(padded("inquire", 10)) == width(padded("查证", 10)) == 10


def test_a_text_that_is_too_wide_is_left_whole() -> None:
    assert padded("inquire", 3) == "inquire"
