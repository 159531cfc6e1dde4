"""Templates: the record they travel in, and the library that makes and compares them where it is installed."""

from padkit_fingerprint.templates.engine import NbisEngine, find_engine

__all__ = ["NbisEngine", "find_engine"]
