"""Log lines: one JSON object each, cut to a sane length."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from padkit_central.observe import Log, carry_library_logs, start_log
from padkit_central.observe.log import MAX_VALUE


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def log(stream: io.StringIO) -> Log:
    return start_log(lambda: datetime(2026, 11, 22, 8, tzinfo=UTC), stream)


@pytest.fixture
def root() -> Iterator[None]:
    kept = logging.root.handlers[:], logging.root.level
    yield
    logging.root.handlers[:], level = kept
    logging.root.setLevel(level)


def test_an_event_is_one_line_with_its_moment_first(log: Log, stream: io.StringIO) -> None:
    log.info("card.open", kit="kit-1", name="测")
    assert stream.getvalue() == (
        '{"at": "2026-11-22T08:00:00.000Z", "level": "info", "event": "card.open", "kit": "kit-1", "name": "测"}\n'
    )


def test_a_hostile_text_does_not_fill_the_disk_or_make_lines(log: Log, stream: io.StringIO) -> None:
    log.warning("x", why="a\n" * MAX_VALUE)
    (line,) = stream.getvalue().splitlines()
    assert len(json.loads(line)["why"]) == MAX_VALUE


def test_an_exception_comes_with_its_trace(log: Log, stream: io.StringIO) -> None:
    try:
        raise ValueError("here")
    except ValueError as exc:
        log.error("x", exc_info=exc)
    assert "ValueError: here" in json.loads(stream.getvalue())["exception"]


def test_libraries_speak_through_the_same_log(log: Log, stream: io.StringIO, root: None) -> None:
    carry_library_logs(log)
    logging.getLogger("some.library").warning("it %s", "creaks")
    logging.getLogger("some.library").error("it broke")
    logging.getLogger("some.library").info("unheard")
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [(line["level"], line["logger"], line["message"]) for line in lines] == [
        ("warning", "some.library", "it creaks"),
        ("error", "some.library", "it broke"),
    ]
