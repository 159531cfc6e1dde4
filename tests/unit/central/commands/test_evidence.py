"""`evidence`: packages are listed, shown without a picture, exported as they came, and verified part by part."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from package_case import PICTURE, Case, sent

from padkit_contract.evidence import PackageState

Run = Callable[..., Result]


async def handed_in(central: Any, **given: Any) -> Case:
    async with central.kit() as kit:
        case = Case(kit, **given)
        assert (await sent(case)).state is PackageState.STORED
    return case


async def test_what_came_is_listed_and_shown_without_its_pictures(run: Run, prepared: Any) -> None:
    case = await handed_in(prepared)
    async with prepared.kit() as kit:
        await Case(kit, number=2, flow="F2").tell()
    listed = await run("evidence", "list")
    assert "demo/kit-1  no. 1" in listed.output
    assert "expected by" in listed.output
    whole = json.loads((await run("evidence", "list", "--json")).output)
    assert [it["flow"] for it in whole["packages"]] == ["F1"]
    assert [it["flow"] for it in whole["expected"]] == ["F2"]
    for name in ("F1", case.manifest.package, whole["packages"][0]["seal"][:12]):
        shown = json.loads((await run("evidence", "show", name)).output)
        assert shown["items"][0]["size"] == len(PICTURE)
    unknown = await run("evidence", "show", "F9")
    assert (unknown.exit_code, "0 whole packages are called so" in unknown.output) == (1, True)


async def test_an_exported_package_is_verified_and_each_changed_part_named(
    run: Run, prepared: Any, tmp_path: Path
) -> None:
    await handed_in(prepared)
    file = tmp_path / "case.evidence"
    assert (await run("evidence", "export", "F1", str(file))).exit_code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    assert PICTURE[:50] not in file.read_bytes()
    good = await run("evidence", "verify", str(file))
    assert (good.exit_code, "every signature and hash holds" in good.output) == (0, True)
    raw = file.read_bytes()
    for at, named in ((200, "manifest.signature: manifest"), (len(raw) - 60, "item.damaged: item 1 (id_ocr_front)")):
        file.write_bytes(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
        bad = await run("evidence", "verify", str(file))
        assert (bad.exit_code, bad.output.startswith(named)) == (3, True), bad.output
    file.write_bytes(b"something else")
    checked = json.loads((await run("evidence", "verify", str(file), "--json")).output)
    assert (checked["ok"], checked["findings"][0].startswith("package.form")) == (False, True)


async def test_a_package_that_never_came_here_is_told_by_what_lacks(run: Run, prepared: Any, tmp_path: Path) -> None:
    first = await handed_in(prepared)
    file = tmp_path / "stray.evidence"
    async with prepared.kit() as kit:
        file.write_bytes(Case(kit, number=2, previous="cd" * 32, flow="F2").raw())
    checked = json.loads((await run("evidence", "verify", str(file), "--json")).output)
    codes = [it.partition(":")[0] for it in checked["findings"]]
    assert (codes, checked.get("state", "")) == (["chain.previous", "evidence.unfiled"], "")
    assert checked["number"] == first.number + 1


async def test_an_export_overwrites_nothing(run: Run, prepared: Any, tmp_path: Path) -> None:
    await handed_in(prepared)
    file = tmp_path / "there"
    file.write_text("kept")
    refused = await run("evidence", "export", "F1", str(file))
    assert (refused.exit_code, "File exists" in refused.output, file.read_text()) == (1, True, "kept")


@pytest.mark.parametrize("words", [("list",), ("list", "--json")])
async def test_nothing_is_said_as_such(run: Run, prepared: Any, words: tuple[str, ...]) -> None:
    output = (await run("evidence", *words)).output
    assert "no packages" in output or json.loads(output) == {"packages": [], "expected": []}
