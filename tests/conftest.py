"""What all tests share: how hypothesis works for us, and what a test asks for that needs a Debian package.

Hypothesis has no deadline on a shared machine, and few examples where every run is paid for.
"""

from __future__ import annotations

import ctypes
import os

import pytest
from hypothesis import settings

FEW = 25

settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, max_examples=FEW, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(scope="session")
def libssl3() -> None:
    """For tests that need SM2 at its real speed. In CI nothing is left out: there they fail by themselves."""
    _need("libssl3", "libcrypto.so.3")


def _need(package: str, library: str) -> None:
    """Leave the test out, saying how to get what it lacks, when `library` of the Debian `package` is not here."""
    try:
        ctypes.CDLL(library)
    except OSError:
        if not os.environ.get("CI"):
            pytest.skip(f"needs the Debian package {package} ({library}); install it with `make setup-system`")
