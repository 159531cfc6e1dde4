from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import structlog

from padkit_agent.observe import LogRing, configure, logger


@pytest.fixture(autouse=True)
def defaults() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def test_the_oldest_lines_go_when_it_is_full() -> None:
    ring = LogRing(10)
    for line in ("one", "two", "three", "four"):
        ring.keep(line)
    assert ring.lines() == ("three", "four")


def test_a_line_that_is_too_long_by_itself_is_cut() -> None:
    ring = LogRing(4)
    ring.keep("before")
    ring.keep("测试")
    assert ring.lines() == ("测\N{REPLACEMENT CHARACTER}",)


def test_it_holds_what_was_written_masked_as_it_was_written(capsys: pytest.CaptureFixture[str]) -> None:
    ring = LogRing()
    configure("info", ring)
    logger("flows").info("card.read", card_no="6212345678901234", place="gate")
    logger("flows").debug("quiet")
    (line,) = ring.lines()
    assert json.loads(line).items() >= {"event": "card.read", "card_no": "***", "place": "gate"}.items()
    assert capsys.readouterr().err == line + "\n"
