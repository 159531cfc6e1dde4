"""Plugins: finding them, hosting one in its worker, and the frames between worker and core."""

from padkit_agent.plugins.finding import FoundPlugin, PluginSearch, find_plugins

__all__ = ["FoundPlugin", "PluginSearch", "find_plugins"]
