"""The local API: one unix socket (mode 0600), one JSON shape for every refusal."""

from padkit_agent.api.server import ApiServer

__all__ = ["ApiServer"]
