"""The peers and the two talk, once for each worker of the test session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from bouncy_castle import BouncyCastle, bouncy_castle
from openssl import OpenSsl
from pki import make_pki
from talk import Talk, make_talk

from padkit_contract.crypto import NativeSuite


@pytest.fixture(scope="session")
def talk() -> Talk:
    return make_talk(make_pki(NativeSuite.load("libcrypto.so.3")))


@pytest.fixture(scope="session")
def bouncy(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[BouncyCastle]:
    base = tmp_path_factory.getbasetemp()
    with bouncy_castle(base if worker_id == "master" else base.parent) as peer:
        yield peer


@pytest.fixture
def openssl(tmp_path: Path) -> OpenSsl:
    return OpenSsl(tmp_path)
