"""What the service says about itself: log lines."""

from padkit_central.observe.log import Log, carry_library_logs, start_log

__all__ = ["Log", "carry_library_logs", "start_log"]
