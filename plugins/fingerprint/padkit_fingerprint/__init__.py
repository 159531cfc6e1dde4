"""The plugin for fingerprint readers (U.are.U 4500, R30x)."""
