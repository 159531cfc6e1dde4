"""Recorded days against rules: the same answer each time, what two sets judge differently, and the command."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from padkit_central.cli import main
from padkit_central.risk import DEFAULT_RULES, differences, read_days, read_rules, replay
from padkit_contract.errors import Invalid
from padkit_contract.risk import Counts, Fix, Observation

DEFAULT = DEFAULT_RULES.read_text(encoding="utf-8")
NOON = 1_798_732_800 + 12 * 3600


def write_day(folder: Path, kits: int = 8) -> None:
    lines = []
    for step in range(20):
        for kit in range(kits):
            counts = Counts(openings=3, issues=3) if kit == 0 else Counts()
            facts = ("clone",) if kit and step == 5 + kit else ()
            at = NOON + 300 * step
            fix = (Fix(at, 30.5, 110.5, 8),)
            lines.append(msgspec.json.encode(Observation("E001", f"K{kit}", at, fix, counts, facts)))
    (folder / "2027-01-01.jsonl").write_bytes(b"\n".join(lines) + b"\n")


def test_the_same_days_give_the_same_answer_and_the_cap_holds(tmp_path: Path) -> None:
    write_day(tmp_path)
    rules = read_rules(DEFAULT)
    one, two = (replay(read_days(tmp_path), rules) for _ in range(2))
    assert one == two
    assert one.seen == 160
    assert [kit for _, kit in one.locked] == ["K1", "K2", "K3", "K4", "K5"]
    assert [kit for _, kit in one.proposed] == ["K6", "K7"]
    assert one.highest["E001", "K0"] >= 2


def test_two_sets_and_what_they_judge_differently(tmp_path: Path) -> None:
    write_day(tmp_path)
    strict = read_rules(DEFAULT)
    lax = read_rules(DEFAULT.replace("openings_hour > 14", "openings_hour > 1400"))
    found = differences(replay(read_days(tmp_path), lax), replay(read_days(tmp_path), strict))
    assert [(it.kit, it.old) for it in found] == [("K0", 0)]


@pytest.mark.parametrize(
    "line",
    [
        "{",
        '{"entity":"E001","kit":"K1","at":-1}',
        '{"entity":"E001","kit":"K1","at":1,"facts":["luck"]}',
        "x" * 300_000,
        "[]",
    ],
)
def test_a_line_that_is_none_is_named(tmp_path: Path, line: str) -> None:
    good = msgspec.json.encode(Observation("E001", "K1", NOON)).decode()
    (tmp_path / "day.jsonl").write_text(f"{good}\n{line}\n")
    with pytest.raises(Invalid, match=r"day\.jsonl:2"):
        list(read_days(tmp_path))


def test_the_command_shows_what_would_change(tmp_path: Path) -> None:
    write_day(tmp_path)
    lax = tmp_path / "lax.yaml"
    lax.write_text(DEFAULT.replace("openings_hour > 14", "openings_hour > 1400"), encoding="utf-8")
    told = CliRunner().invoke(main, ["risk", "replay", str(tmp_path), "--against", str(lax), "--json"])
    assert told.exit_code == 0, told.output
    answer = json.loads(told.output)
    assert (
        answer["differences"] == [{"entity": "E001", "kit": "K0", "old": 0, "new": 2}]
        or answer["differences"][0]["new"] > 2
    )
    plain = CliRunner().invoke(main, ["risk", "replay", str(tmp_path)])
    assert "7 kits" in plain.output or "locked" in plain.output
    assert "K1: R0 to R4" in plain.output


def test_the_command_says_where_a_set_is_wrong(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(DEFAULT.replace("jumps_day >= 4", "jumps_day => 4"), encoding="utf-8")
    told = CliRunner().invoke(main, ["risk", "rules", "check", str(wrong)])
    assert told.exit_code == 1
    line = DEFAULT[: DEFAULT.index("jumps_day >= 4")].count("\n") + 1
    assert f"wrong.yaml:{line}:" in told.output
    assert CliRunner().invoke(main, ["risk", "rules", "check"]).exit_code == 0


def test_no_days_are_no_answer(tmp_path: Path) -> None:
    told = CliRunner().invoke(main, ["risk", "replay", str(tmp_path)])
    assert told.exit_code == 1
    assert "no *.jsonl" in told.output
