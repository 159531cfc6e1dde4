"""Plugins: finding them, hosting one in its worker, and the frames between worker and core."""
