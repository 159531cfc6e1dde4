"""The page of the local API against the table of routes: each route has a row that says who may call it and what refuses it."""

from __future__ import annotations

from typing import Any

import pytest
import reference as ref

from padkit_agent.api.refusing import STATUS
from padkit_agent.api.routes import ROUTES, Route


@pytest.mark.parametrize("route", ROUTES, ids=lambda it: it.name)
def test_each_route_has_a_row_with_its_callers_and_refusals(route: Route[Any, Any]) -> None:
    begins = f"| `{route.name}` | {route.page.value} |"
    row = next((it for it in ref.page("local-api.md").splitlines() if it.startswith(begins)), "")
    assert row, f"docs/reference/local-api.md, Routes: add a row that begins with {begins}"
    lacking = [f"`{it}`" for it in route.refuses if f"`{it}`" not in row]
    assert not lacking, f"docs/reference/local-api.md, {route.name}: name the refusals {', '.join(lacking)}"


def test_the_page_has_no_route_that_the_table_has_not() -> None:
    rows = (it for it in ref.page("local-api.md").splitlines() if it.startswith(("| `GET /", "| `POST /")))
    shown = {row.split("`")[1] for row in rows}
    assert shown == {route.name for route in ROUTES}


def test_each_status_of_its_own_is_shown_with_its_code() -> None:
    rows = [it for it in ref.page("local-api.md").splitlines() if it.startswith("| ")]
    for code, status in STATUS.items():
        told = f"docs/reference/local-api.md: a row that begins with | {status} must name `{code}`"
        assert any(it.startswith(f"| {status} |") and f"`{code}`" in it for it in rows), told
