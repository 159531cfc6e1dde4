"""Vectors, and small makers of pen records."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from padkit_signature_pad.protocol import Flag, Geometry, PenRecord

VECTORS = tomllib.loads(
    (Path(__file__).parents[3] / "vectors" / "signature_pad" / "reports.toml").read_text(encoding="utf-8")
)
STU_540 = Geometry(8000, 4800, 1023, 800, 480, 200, 2540, Flag.BIT_1 | Flag.BIT_24)


def pytest_generate_tests(metafunc):
    """Give each test the vectors whose kind it names as its argument ``<kind>_vector``."""
    for name in metafunc.fixturenames:
        kind = name.removesuffix("_vector")
        if kind != name:
            metafunc.parametrize(name, VECTORS[kind], ids=[vector["name"] for vector in VECTORS[kind]])


@pytest.fixture
def geometry():
    return STU_540


@pytest.fixture
def record():
    """A pen record by screen pixel; `n` numbers it and gives it its time."""

    def make(x=400, y=200, *, tip=True, near=True, n=None, pressure=300):
        timed = {} if n is None else {"time_ms": n * 5 % 0x10000, "sequence": n % 0x10000}
        return PenRecord(near, tip, pressure if tip else 0, x * 10, y * 10, **timed)

    return make
