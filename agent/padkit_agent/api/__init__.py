"""The local API: a unix socket (mode 0600) and the page's listener, one table of routes, one JSON shape for every refusal."""

from padkit_agent.api.handlers import Handlers
from padkit_agent.api.practice import Practice
from padkit_agent.api.room import PageRoom
from padkit_agent.api.server import ApiServer

__all__ = ["ApiServer", "Handlers", "PageRoom", "Practice"]
