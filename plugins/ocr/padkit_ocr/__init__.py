"""Reads documents from pictures: outline, layout, recogniser, rules. Nothing leaves the kit."""
