"""Boxes of the CRT-541 kind: they push cards out of their mouth and can do no more."""
