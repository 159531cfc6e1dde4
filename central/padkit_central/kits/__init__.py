"""Kits as central governs them: what they are ordered to do, and what became of it."""
