"""A reader of documents, opened as the worker does."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from document_desk import Bench

import padkit_ocr
from padkit_ocr.driver import Cards
from padkit_ocr.recogniser import Recogniser
from padkit_vision.engine import Engine
from padkit_vision.shelf import read_shelf


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture
async def reader(bench: Bench) -> AsyncIterator[Cards]:
    opened = await bench.open()
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def recogniser() -> Recogniser:
    return Recogniser(Engine(read_shelf(Path(padkit_ocr.__file__).parent / "models", None), time.monotonic))
