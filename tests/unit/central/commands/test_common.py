"""What all commands share."""

from __future__ import annotations

from click.testing import CliRunner

from padkit_central.cli import main


def test_settings_that_are_not_there_are_one_line() -> None:
    result = CliRunner().invoke(main, ["serve", "--config", "/nowhere/central.toml"])
    assert result.exit_code == 1
    assert "Traceback" not in result.output
