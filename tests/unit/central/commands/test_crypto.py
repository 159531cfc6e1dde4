"""`padkit-central crypto`: each example with its source, which library, what policy says, fit or not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from padkit_central.cli import main
from padkit_contract.crypto import selftest

SETTINGS = """entities = ["demo"]
database = "central.db"
party = "central"
password_file = "password"
[core]
url = "http://127.0.0.1:1"
[crypto]
library = "{library}"
allow_pure = {allow_pure}
"""


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["crypto", "selftest", *words])


@pytest.mark.usefixtures("libssl3")
def test_the_self_test_names_each_example_its_source_and_the_library() -> None:
    result = run()
    assert result.exit_code == 0
    assert "ok    SM2 verify               GM/T 0003.5-2012" in result.output
    assert "in use: libcrypto (OpenSSL 3" in result.output
    assert "forbidden by policy, not tried" in result.output
    assert "SM3 and SM4: cryptography " in result.output


@pytest.mark.usefixtures("libssl3")
def test_the_fallback_is_tried_when_asked_for() -> None:
    told = json.loads(run("--pure", "--json").output)
    assert told["allow_pure"] is True
    assert len(told["backends"]) == 2
    for backend in told["backends"]:
        assert backend["examples"]
        assert all(example["ok"] and example["source"] for example in backend["examples"])


def test_a_library_that_is_not_there_is_unfit() -> None:
    result = run("--libcrypto", "libnothing.so")
    assert (result.exit_code, "in use: none" in result.output) == (1, True)


@pytest.mark.parametrize(("allow_pure", "code"), [("true", 0), ("false", 1)])
def test_library_and_policy_come_from_the_settings(tmp_path: Path, allow_pure: str, code: int) -> None:
    path = tmp_path / "central.toml"
    path.write_text(SETTINGS.format(library="libnothing.so", allow_pure=allow_pure))
    result = run("--config", str(path))
    assert result.exit_code == code
    assert "libnothing.so" in result.output


@pytest.mark.usefixtures("libssl3")
def test_a_wrong_example_is_shown_by_name_and_is_unfit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selftest, "SM3_DIGEST", bytes(32))
    result = run()
    assert result.exit_code == 1
    assert "FAIL  SM3                      GM/T 0004-2012 appendix A" in result.output
