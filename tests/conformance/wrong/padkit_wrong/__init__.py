"""Drivers that break one promise each, so that the kit can be seen to notice."""
