"""The group of commands as a stranger meets it."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from padkit_central.cli import COMMANDS, main


@pytest.mark.parametrize("words", [[], *([name] for name in COMMANDS), ["policy", "put"], ["stock", "check-out"]])
def test_every_command_has_a_help_text(words: list[str]) -> None:
    result = CliRunner().invoke(main, [*words, "--help"])
    assert result.exit_code == 0
    assert "Usage:" in result.output
    assert len(result.output.splitlines()) > 4


def test_an_unknown_command_is_wrong_use() -> None:
    assert CliRunner().invoke(main, ["colour"]).exit_code == 2
