"""The fonts and templates that all tests of documents share; opening them takes longer than setting a document."""

from __future__ import annotations

import pytest

from padkit_agent.documents import Fonts, Shelf, open_fonts, open_shelf


@pytest.fixture(scope="session")
def kit_fonts(document_fonts: None) -> Fonts:
    return open_fonts()


@pytest.fixture(scope="session")
def shelf() -> Shelf:
    return open_shelf()
