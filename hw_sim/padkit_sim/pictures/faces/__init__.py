"""Sittings before the face camera, and pairs of faces, of invented people. `plan`, `attacks` and `sitting` are the way in."""
