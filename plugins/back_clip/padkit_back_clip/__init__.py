"""Placeholder docstring, to be replaced by the plugin."""
