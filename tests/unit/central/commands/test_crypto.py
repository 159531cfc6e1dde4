"""`padkit-central crypto`: fit or not."""

from __future__ import annotations

import json

from click.testing import CliRunner

from padkit_central.cli import main


def test_the_self_test_reproduces_the_examples() -> None:
    result = CliRunner().invoke(main, ["crypto", "selftest", "--pure"])
    assert result.exit_code == 0
    assert "examples reproduced" in result.output
    told = json.loads(CliRunner().invoke(main, ["crypto", "selftest", "--pure", "--json"]).output)
    assert all(example["ok"] and example["source"] for example in told["examples"])


def test_a_library_that_is_not_there_is_unfit() -> None:
    result = CliRunner().invoke(main, ["crypto", "selftest", "--libcrypto", "libnothing.so"])
    assert result.exit_code == 1
