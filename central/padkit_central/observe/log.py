"""Log lines: one JSON object each on the error stream, events with fields. The only place where a true reason stands."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol, TextIO, cast

import structlog

MAX_VALUE = 500  # characters of one field; a hostile message must not fill the disk


class Log(Protocol):
    """Where events go. Fields never hold secrets, full card numbers or bodies."""

    def info(self, event: str, /, **fields: object) -> object: ...

    def warning(self, event: str, /, **fields: object) -> object: ...

    def error(self, event: str, /, **fields: object) -> object: ...


def start_log(now: Callable[[], datetime], stream: TextIO | None = None) -> Log:
    """Return the log of this process; `now` is the wall clock (aware, UTC)."""

    def stamp(logger: object, name: str, event: Mapping[str, Any]) -> dict[str, Any]:
        fields = {key: value[:MAX_VALUE] if isinstance(value, str) else value for key, value in event.items()}
        at = now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return {"at": at, "level": name, "event": fields.pop("event"), **fields}

    processors: list[Any] = [
        stamp,
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
    logger = structlog.wrap_logger(structlog.PrintLogger(stream or sys.stderr), processors=processors)
    return cast(Log, logger)


def carry_library_logs(log: Log) -> None:
    """Let warnings of libraries come out as our lines, too."""
    logging.basicConfig(handlers=[_Carrier(log)], level=logging.WARNING, force=True)


class _Carrier(logging.Handler):
    def __init__(self, log: Log) -> None:
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Hand one record on."""
        say = self._log.error if record.levelno >= logging.ERROR else self._log.warning
        say("library", logger=record.name, message=record.getMessage(), exc_info=record.exc_info or None)
