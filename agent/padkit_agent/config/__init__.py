"""Settings of the agent, read once from one TOML file."""

from padkit_agent.config.settings import Settings, load_settings

__all__ = ["Settings", "load_settings"]
