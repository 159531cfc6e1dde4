"""What all tests share: how hypothesis works for us, compiled modules, and what a test asks for that needs a Debian package.

Hypothesis has no deadline on a shared machine, and few examples where every run is paid for. The programs that tests start keep
what they compiled, as on a kit, also where the environment forbids it, and read no CAs of the system, for loopback needs none:
hundreds of them are started, and either takes longer than the rest of a start.
"""

from __future__ import annotations

import ctypes
import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import settings

FEW = 25
ROOT_OF_FONTS = Path("/usr/share/fonts")
FONTS = {
    "fonts-wqy-zenhei": "truetype/wqy/wqy-zenhei.ttc",
    "fonts-wqy-microhei": "truetype/wqy/wqy-microhei.ttc",
    "fonts-noto-cjk": "opentype/noto/NotoSansCJK-Regular.ttc",
    "fonts-ocr-b": "opentype/ocr-b/OCRB.otf",
}
DOCUMENT_FONTS = {
    "fonts-noto-cjk": "opentype/noto/NotoSansCJK-Regular.ttc",
    "fonts-hanazono": "truetype/hanazono/HanaMinB.ttf",
}

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ["SSL_CERT_FILE"] = os.devnull

settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, max_examples=FEW, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(scope="session")
def libssl3() -> None:
    """For tests that need SM2 at its real speed."""
    _need("libssl3", "libcrypto.so.3")


@pytest.fixture(scope="session")
def libumockdev() -> None:
    """For tests that give a program of its own simulated USB devices."""
    _need("umockdev", "libumockdev-preload.so.0")


@pytest.fixture(scope="session")
def fonts() -> None:
    """For tests that draw documents: the fonts that they are printed in."""
    for package, file in FONTS.items():
        if not (ROOT_OF_FONTS / file).is_file():
            _fail(package, file)


@pytest.fixture(scope="session")
def document_fonts() -> None:
    """For tests that set customer documents: their fonts."""
    for package, file in DOCUMENT_FONTS.items():
        if not (ROOT_OF_FONTS / file).is_file():
            _fail(package, file)


@pytest.fixture(scope="session")
def poppler() -> None:
    """For tests that read PDFs."""
    for program in ("pdftotext", "pdffonts", "pdfimages", "pdfinfo"):
        if shutil.which(program) is None:
            _fail("poppler-utils", program)


@pytest.fixture(scope="session")
def gcc() -> None:
    """For tests that build a vendor's library: the compiler."""
    if shutil.which("gcc") is None:
        _fail("gcc", "gcc")


def _need(package: str, library: str) -> None:
    """Fail, saying how to get what the test lacks, when `library` of the Debian `package` is not here. Nothing is left out."""
    try:
        ctypes.CDLL(library)
    except OSError:
        _fail(package, library)


def _fail(package: str, thing: str) -> NoReturn:
    pytest.fail(
        f"{thing} is not here: this test needs the Debian package {package}; run `make setup-system` (root)",
        pytrace=False,
    )
