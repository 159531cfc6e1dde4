"""The two backends, for tests that hold for both."""

from __future__ import annotations

import pytest

from padkit_contract.crypto import NativeSuite, PureSuite, Suite


@pytest.fixture(scope="session")
def native(libssl3: None) -> NativeSuite:
    return NativeSuite.load("libcrypto.so.3")


@pytest.fixture(scope="session", params=["native", "pure"])
def suite(request: pytest.FixtureRequest) -> Suite:
    """One backend after the other."""
    return PureSuite() if request.param == "pure" else request.getfixturevalue("native")
