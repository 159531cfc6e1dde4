"""The programs and jars of Debian that the peers are made of. Without them the tests fail: a proof left out is no proof."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

OPENSSL = "openssl"
JDK = "openjdk-17-jdk-headless"
JAVA = Path("/usr/share/java")
JARS = {
    JAVA / "bcprov.jar": "libbcprov-java",
    JAVA / "bcutil.jar": "libbcutil-java",
    JAVA / "bcpkix.jar": "libbcpkix-java",
}


def program(name: str, package: str) -> str:
    """Return where a program is, or fail saying how to get it."""
    found = shutil.which(name)
    if found is None:
        pytest.fail(_lacking(name, package), pytrace=False)
    return found


def jars() -> list[Path]:
    """Return Bouncy Castle's jars, or fail saying how to get them."""
    for jar, package in JARS.items():
        if not jar.exists():
            pytest.fail(_lacking(str(jar), package), pytrace=False)
    return list(JARS)


def _lacking(what: str, package: str) -> str:
    return (
        f"{what} is not here: the independent peers need the Debian package {package}; run `make setup-system` (root)"
    )
