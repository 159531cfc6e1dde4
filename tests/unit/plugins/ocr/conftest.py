"""A reader of documents, opened as the worker does."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from document_desk import Bench

from padkit_ocr.driver import Cards


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture
async def reader(bench: Bench) -> AsyncIterator[Cards]:
    opened = await bench.open()
    yield opened
    await opened.close()
