"""A small public key infrastructure, TEST ONLY, made once for the tests of certificates and envelopes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pki import Pki, certify, make_pki
from talk import Talk, make_talk

from padkit_contract.crypto import NativeSuite, Suite
from padkit_contract.x509 import Certificate


@pytest.fixture(scope="session")
def suite(libssl3: None) -> Suite:
    return NativeSuite.load("libcrypto.so.3")


@pytest.fixture(scope="session")
def pki(suite: Suite) -> Pki:
    return make_pki(suite)


@pytest.fixture(scope="session")
def other_pki(suite: Suite) -> Pki:
    """Another root with the same names."""
    return make_pki(suite)


@pytest.fixture(scope="session")
def make_certificate_of() -> Callable[..., Certificate]:
    return certify


@pytest.fixture(scope="session")
def ends(pki: Pki) -> Talk:
    return make_talk(pki)
