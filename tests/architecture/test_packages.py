"""A missing Debian package leaves out the tests that need it, by name and with the command that helps; CI leaves none out.

Without the peers' packages the tests in tests/peers fail, there and here: a proof by others that is left out is none.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from programs import JARS, JDK, OPENSSL, jars, program

ROOT = Path(__file__).parents[2]
CONFTEST = ROOT / "tests" / "conftest.py"
PACKAGES = [line.partition("#")[0].strip() for line in (ROOT / "requirements" / "debian.txt").read_text().splitlines()]


def run_beside(folder: Path, library: str, environment: dict[str, str]) -> str:
    """Run one test that needs libssl3 where `library` is what the package would bring."""
    (folder / "conftest.py").write_text(CONFTEST.read_text().replace("libcrypto.so.3", library))
    (folder / "test_it.py").write_text("def test_it(libssl3): pass\n")
    command = [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", "-c", os.devnull, str(folder)]
    kept = {name: value for name, value in os.environ.items() if name != "CI" and not name.startswith("PYTEST")}
    return subprocess.run(command, env=kept | environment, cwd=folder, capture_output=True, text=True).stdout


PEERS = {JDK, OPENSSL, *JARS.values()}


@pytest.mark.parametrize("package", [package for package in PACKAGES if package not in PEERS])
def test_every_package_has_a_fixture_of_its_name(package: str) -> None:
    assert f"def {package}() -> None:" in CONFTEST.read_text()


def test_every_package_of_the_peers_is_listed() -> None:
    assert set(PACKAGES) >= PEERS


def test_without_a_peer_its_tests_fail_and_say_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(pytest.fail.Exception, match=r"package nobody; run `make setup-system`"):
        program("a-program-of-nobody", "nobody")
    monkeypatch.setitem(JARS, Path("/jar/of/nobody.jar"), "nobody")
    with pytest.raises(pytest.fail.Exception, match=r"package nobody; run `make setup-system`"):
        jars()


def test_without_the_package_the_test_is_left_out_and_says_what_to_do(tmp_path: Path) -> None:
    said = run_beside(tmp_path, "libcrypto-of-nobody.so", {})
    assert "1 skipped" in said
    assert "Debian package libssl3" in said
    assert "make setup-system" in said


@pytest.mark.parametrize(("library", "environment"), [("libc.so.6", {}), ("libcrypto-of-nobody.so", {"CI": "true"})])
def test_with_the_package_or_in_ci_nothing_is_left_out(
    tmp_path: Path, library: str, environment: dict[str, str]
) -> None:
    assert "1 passed" in run_beside(tmp_path, library, environment)
