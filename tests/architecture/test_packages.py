"""Without a Debian package the tests that need it fail, by its name and with the command that helps: a proof left out is none."""

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


def run_beside(folder: Path, library: str) -> str:
    """Run one test that needs libssl3 where `library` is what the package would bring."""
    (folder / "conftest.py").write_text(CONFTEST.read_text().replace("libcrypto.so.3", library))
    (folder / "test_it.py").write_text("def test_it(libssl3): pass\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, str(folder)]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    return subprocess.run(command, env=kept, cwd=folder, capture_output=True, text=True).stdout


PEERS = {JDK, OPENSSL, *JARS.values()}


NAMED_BY = (
    CONFTEST,
    ROOT / "Makefile",
    *sorted((ROOT / "hw_sim" / "padkit_sim" / "stacks").glob("*.py")),
    *sorted((ROOT / "agent" / "padkit_agent" / "links").glob("*.py")),
)  # what is run first without a package


@pytest.mark.parametrize("package", [package for package in PACKAGES if package not in PEERS])
def test_who_lacks_a_package_is_told_its_name(package: str) -> None:
    assert any(package in file.read_text() for file in NAMED_BY)


def test_every_package_of_the_peers_is_listed() -> None:
    assert set(PACKAGES) >= PEERS


def test_without_a_peer_its_tests_fail_and_say_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(pytest.fail.Exception, match=r"package nobody; run `make setup-system`"):
        program("a-program-of-nobody", "nobody")
    monkeypatch.setitem(JARS, Path("/jar/of/nobody.jar"), "nobody")
    with pytest.raises(pytest.fail.Exception, match=r"package nobody; run `make setup-system`"):
        jars()


def test_without_the_package_the_test_fails_and_says_what_to_do(tmp_path: Path) -> None:
    said = run_beside(tmp_path, "libcrypto-of-nobody.so")
    assert "1 error" in said
    assert "skipped" not in said
    assert "Debian package libssl3; run `make setup-system`" in said


def test_with_the_package_the_test_runs(tmp_path: Path) -> None:
    assert "1 passed" in run_beside(tmp_path, "libc.so.6")
