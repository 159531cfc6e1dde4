"""Logs are events with fields. A value whose field name says that it is personal is masked, whatever the caller meant."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any

import structlog
from structlog.typing import FilteringBoundLogger

from padkit_agent.observe.ring import LogRing

Log = FilteringBoundLogger

MASKED = frozenset(
    {"pan", "card_no", "cert_no", "name", "phone", "pin_block", "new_pin_block", "track2", "expiry", "address"}
)


TRACEBACKS = structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False))


def mask(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace the value of every personal field by a mark, however deep it lies."""
    return {key: "***" if key in MASKED else _masked(value) for key, value in event.items()}


def _masked(value: object) -> object:
    match value:
        case Mapping():
            return {key: "***" if key in MASKED else _masked(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_masked(inner) for inner in value]
    return value


class _Keeper:
    """Passes rendered lines on, and into a ring."""

    def __init__(self, ring: LogRing) -> None:
        self._ring = ring

    def __call__(self, _: object, __: str, line: Any) -> Any:
        self._ring.keep(line)
        return line


def configure(level: str, ring: LogRing | None = None) -> None:
    """Set up logging for this process: JSON lines on standard error from `level` (debug, info, warning, error) up.

    `ring` keeps the last of them.
    """
    kept = (_Keeper(ring),) if ring is not None else ()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            TRACEBACKS,
            mask,
            structlog.processors.JSONRenderer(ensure_ascii=False),
            *kept,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def place_of(exc: BaseException) -> str:
    """Return where an error was raised, its last three frames. Its text is left out: it may hold what must not be seen."""
    frames = traceback.extract_tb(exc.__traceback__)[-3:]
    return " > ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames)


def logger(room: str) -> Log:
    """Return the log of a room."""
    log: Log = structlog.get_logger(room=room)
    return log
