from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import structlog

from padkit_agent.observe import configure, logger, place_of
from padkit_agent.observe.log import MASKED
from padkit_sdk.secrets import HiddenText, Pan


@pytest.fixture(autouse=True)
def defaults() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    output = capsys.readouterr()
    assert output.out == ""
    return [json.loads(line) for line in output.err.splitlines()]


def test_an_event_is_one_json_line_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info")
    logger("flows").warning("card.jam", slot="gate", what="卡住")
    (line,) = lines(capsys)
    assert line.items() >= {"event": "card.jam", "level": "warning", "room": "flows", "slot": "gate"}.items()
    assert line["what"] == "卡住"
    assert str(line["timestamp"]).endswith("Z")


def test_below_the_level_nothing_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    configure("warning")
    logger("flows").info("quiet")
    assert lines(capsys) == []


@pytest.mark.parametrize("field", sorted(MASKED))
def test_a_personal_field_is_masked_whatever_is_in_it(capsys: pytest.CaptureFixture[str], field: str) -> None:
    configure("info")
    logger("flows").info("e", **{field: "6212345678901234"})
    (line,) = lines(capsys)
    assert line[field] == "***"


def test_a_personal_field_inside_another_value_is_masked_too(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info")
    logger("flows").info("e", request={"fields": [{"card_no": "6212345678901234", "kind": "x"}]})
    (line,) = lines(capsys)
    assert line["request"] == {"fields": [{"card_no": "***", "kind": "x"}]}


def test_hidden_types_stay_hidden(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info")
    logger("flows").info("e", card=Pan("6212345678901234"), who=HiddenText("欧阳"))
    (line,) = lines(capsys)
    assert (line["card"], line["who"]) == ("Pan(…1234)", "HiddenText(…)")


def test_a_traceback_shows_no_local_values(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info")

    def fails(pin_block: str) -> None:
        raise ValueError("no")

    try:
        fails("SECRET-PIN-BLOCK")
    except ValueError:
        logger("flows").exception("broken")
    text = capsys.readouterr().err
    assert "ValueError" in text
    assert "SECRET-PIN-BLOCK" not in text


def test_where_an_error_was_raised_is_told_without_its_text() -> None:
    try:
        raise KeyError("11010519491231002X")
    except KeyError as exc:
        place = place_of(exc)
    assert place.startswith("test_log.py:")
    assert "110105" not in place
