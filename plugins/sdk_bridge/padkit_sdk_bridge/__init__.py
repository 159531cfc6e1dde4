"""The plugin for devices whose maker ships a library only."""
