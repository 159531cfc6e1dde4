"""What the agent says about itself: log events with fields, one JSON line each, on standard error."""

from padkit_agent.observe.log import Log, configure, logger, place_of
from padkit_agent.observe.ring import LogRing

__all__ = ["Log", "LogRing", "configure", "logger", "place_of"]
