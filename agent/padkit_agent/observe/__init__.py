"""What the agent says about itself: log events with fields, one JSON line each, on standard error."""

from padkit_agent.observe.log import Log, configure, logger, place_of

__all__ = ["Log", "configure", "logger", "place_of"]
