"""Days as they are printed, and the order of two."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_ocr.rules import dates

DAYS = st.dates(date(dates.EARLIEST_YEAR, 1, 1), date(dates.LATEST_YEAR, 12, 31))


@given(DAYS)
def test_a_day_is_read_in_each_form(day: date) -> None:
    forms = (f"{day.year}年{day.month}月{day.day}日", f"{day:%Y.%m.%d}", f"{day:%Y%m%d}", day.isoformat())
    assert {dates.read_date(it) for it in forms} == {day.isoformat()}


@given(st.text("0123456789年月日.-长期", max_size=30))
def test_any_text_is_a_day_or_nothing(text: str) -> None:
    assert dates.read_date(text) == "" or dates.is_date(dates.read_date(text))


@pytest.mark.parametrize("text", ["1990年13月1日", "1990年2月30日", "1899年1月1日", "199年1月1日", "", "19900230"])
def test_what_is_no_day_is_nothing(text: str) -> None:
    assert dates.read_date(text) == ""


@given(DAYS, DAYS)
def test_a_document_ends_after_it_began(first: date, last: date) -> None:
    assert dates.order_holds(first.isoformat(), last.isoformat()) == (first < last)


def test_long_term_has_no_last_day() -> None:
    assert dates.order_holds("2015-03-01", "长期")
    assert not dates.order_holds("长期", "2015-03-01")


@pytest.mark.parametrize(
    ("last", "holds"),
    [("2020-02-29", False), ("2021-02-28", True), ("2021-03-01", True), ("2026-02-28", True), ("2017-02-28", False)],
)
def test_a_term_is_5_10_or_20_years(last: str, holds: bool) -> None:
    assert dates.term_holds("2016-02-29", last) == holds
    assert dates.term_holds("2016-03-05", "2036-03-05")
    assert not dates.term_holds("2016-03-05", "2036-03-06")
