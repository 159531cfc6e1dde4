"""`padkit-central policy`: what it prints, what it changes, how it ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from click.testing import Result

import padkit_sim

POLICY = Path(padkit_sim.__file__).parent / "demo" / "policy.toml"

Run = Callable[..., Result]


async def test_a_policy_is_put_once_and_listed(run: Run) -> None:
    first = await run("policy", "put", str(POLICY))
    again = await run("policy", "put", str(POLICY))
    listed = await run("policy", "list")
    whole = await run("policy", "list", "--json")
    assert (first.exit_code, first.output) == (0, "policy of demo: version 1\n")
    assert again.output == "policy of demo: version 1, unchanged\n"
    assert listed.output.startswith("version 1: ")
    assert json.loads(whole.output)[0]["entity"] == "demo"


async def test_a_policy_that_cannot_hold_is_refused_with_its_file(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "p.toml"
    file.write_text('entity = "demo"\nwaivers = []\n[parameters]\ncolour = 1\n', encoding="utf-8")
    result = await run("policy", "put", str(file))
    assert result.exit_code == 1
    assert str(file) in result.output
    assert "colour" in result.output


async def test_files_that_are_no_text_are_named(run: Run, tmp_path: Path) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xf9\x00")
    for words in (
        ("policy", "put", str(binary)),
        ("stock", "check-out", "--kit", "kit-1", "--slip", str(binary)),
        ("kit", "holder", "kit-1", "--name", "Li", "--passcode-file", str(binary)),
    ):
        result = await run(*words)
        assert (result.exit_code in (1, 2), "binary" in result.output, "Error: " in result.output) == (True, True, True)


async def test_a_policy_of_another_entity_is_refused(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "p.toml"
    file.write_text('entity = "other"\nwaivers = []\n[parameters]\n', encoding="utf-8")
    assert (await run("policy", "put", str(file))).exit_code == 2
