"""The plugin for signature pads (Wacom STU)."""
