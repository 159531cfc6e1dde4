"""Settings of the agent, read once from one TOML file."""

from padkit_agent.config.settings import PageTable, Settings, load_settings

__all__ = ["PageTable", "Settings", "load_settings"]
