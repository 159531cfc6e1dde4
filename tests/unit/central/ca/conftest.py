"""A CA in a temporary folder, TEST ONLY, with a clock that tests set."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from padkit_central.ca.authority import Authority
from padkit_central.ca.shelf import Means, Shelf
from padkit_contract.crypto import NativeSuite, Suite
from padkit_contract.party import Party, load_party

PASSWORD = b"TEST ONLY password"


@dataclass
class Ca:
    """What a test does with a CA: go on in time, issue, read a folder."""

    place: Path
    suite: Suite
    now: datetime = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)

    @property
    def means(self) -> Means:
        return Means(self.suite, PASSWORD, self.now, os.urandom)

    @property
    def shelf(self) -> Shelf:
        return Shelf(self.place / "ca", self.means)

    @property
    def authority(self) -> Authority:
        return Authority(self.place / "ca", self.means)

    def go(self, **spans: float) -> None:
        self.now += timedelta(**spans)

    def party(self, name: str) -> Party:
        return load_party(self.place / name, self.suite, PASSWORD)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, libssl3: None) -> Ca:
    """A CA with the service ``central`` and the kit ``KIT-1`` of ``bank``; tests work on a copy."""
    ca = Ca(tmp_path_factory.mktemp("template"), NativeSuite.load("libcrypto.so.3"))
    ca.authority.init("bank")
    ca.authority.issue_service("central", ca.place / "central", hosts=["127.0.0.1"], password=PASSWORD)
    ca.authority.issue_kit(
        "KIT-1", "bank", ca.place / "kit", service="central", password=PASSWORD, register=ca.place / "central"
    )
    return ca


@pytest.fixture
def new_ca(template: Ca, tmp_path: Path) -> Ca:
    """A CA of the test's own."""
    shutil.copytree(template.place, tmp_path / "place")
    return Ca(tmp_path / "place", template.suite)
