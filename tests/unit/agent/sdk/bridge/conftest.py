from __future__ import annotations

import time

import pytest
from vendor_library import FileLink, build, installed

from padkit_sdk import DriverContext
from padkit_sdk.bridge import BridgedReader
from padkit_sdk_bridge.mtx import LIBRARY


@pytest.fixture(scope="session")
def built(gcc, tmp_path_factory):
    return build(tmp_path_factory.mktemp("vendor"))


@pytest.fixture
def library(built, tmp_path):
    return installed(built, tmp_path / "libraries")


@pytest.fixture
async def reader(library):
    reader = BridgedReader(LIBRARY, FileLink(library), DriverContext("clip", time.monotonic, lambda event: None))
    yield reader
    await reader.close()
