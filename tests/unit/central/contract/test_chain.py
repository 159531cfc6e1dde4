from __future__ import annotations

import pytest

from padkit_contract import chain

GIVEN = {"previous": chain.START, "sequence": 1, "envelope": "e1", "business": "ACC-01", "body": b"body"}


def test_a_link_is_sm3_over_what_it_covers() -> None:
    """The expected value was computed with `openssl dgst -sm3` over the text that the module describes."""
    assert chain.link_of(chain.START, 1, "e1", "ACC-01", b"body") == EXPECTED


EXPECTED = "bb2b7664bdadc0331512baf832cadb1d3147135c3e74b436e5ad315e2dea5b6e"


@pytest.mark.parametrize(
    "change",
    [
        {"previous": "1" * 64},
        {"sequence": 2},
        {"envelope": "e2"},
        {"business": "ACC-02"},
        {"body": b"bodY"},
        {"body": b""},
    ],
)
def test_whatever_a_link_covers_changes_it(change: dict[str, object]) -> None:
    assert chain.link_of(**{**GIVEN, **change}) != chain.link_of(**GIVEN)  # type: ignore[arg-type]  # mixed on purpose
