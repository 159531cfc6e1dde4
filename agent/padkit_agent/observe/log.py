"""Logs are events with fields. A value whose field name says that it is personal is masked, whatever the caller meant."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.typing import FilteringBoundLogger

Log = FilteringBoundLogger

MASKED = frozenset(
    {"pan", "card_no", "cert_no", "name", "phone", "pin_block", "new_pin_block", "track2", "expiry", "address"}
)


def mask(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace the value of every personal field by a mark."""
    for key in MASKED & event.keys():
        event[key] = "***"
    return event


def configure(level: str) -> None:
    """Set up logging for this process: JSON lines on standard error from `level` (debug, info, warning, error) up."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.dict_tracebacks,
            mask,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def logger(room: str) -> Log:
    """Return the log of a room."""
    log: Log = structlog.get_logger(room=room)
    return log
