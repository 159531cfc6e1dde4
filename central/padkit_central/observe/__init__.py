"""What the service says about itself: log lines."""

from padkit_central.observe.log import Log, start_log

__all__ = ["Log", "start_log"]
