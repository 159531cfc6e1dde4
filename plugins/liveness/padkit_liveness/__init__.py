"""Looks at faces: is a living person there, and which portrait is it. Nothing leaves the kit."""
