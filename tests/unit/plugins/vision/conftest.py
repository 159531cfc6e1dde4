"""Models small enough for tests, on shelves made for one test."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from tiny_onnx import adds

from padkit_vision.shelf import ModelFile


@pytest.fixture
def make_model(tmp_path: Path) -> Callable[..., ModelFile]:
    """Put a model that adds `number` into a file and describe it."""

    def make(name: str, number: float = 1.0, size: int = 4, notes: dict[str, str] | None = None) -> ModelFile:
        data = adds(number, size, notes)
        path = tmp_path / f"{name}.onnx"
        path.write_bytes(data)
        return ModelFile(name, path, hashlib.sha256(data).hexdigest())

    return make
