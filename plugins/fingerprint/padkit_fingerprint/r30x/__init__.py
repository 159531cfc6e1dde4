"""Modules that speak EF01 packets: ZFM-20, R30x, R503 and relatives."""
