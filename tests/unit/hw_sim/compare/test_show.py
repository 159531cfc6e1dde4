from __future__ import annotations

import re
import unicodedata
from typing import Any

import pytest

from padkit_sim.compare.show import summary, table
from padkit_sim.compare.texts import Language

World = Any  # the helper of conftest.py


def columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in line)


def test_the_table_tells_each_card_once_and_ends_with_the_summary(world: World) -> None:
    lines = table(world.compared(), Language.EN).splitlines()
    assert lines[0].split() == ["voucher", "ends", "with", "box", "kit", "central", "core", "verdict"]
    assert lines[1].split() == ["000001", "0001", "hand", "handed", "over", "handed", "over", "live", "agree"]
    assert lines[3].split() == [
        "000003",
        "0003",
        "bin",
        "to",
        "be",
        "voided",
        "to",
        "be",
        "voided",
        "reversed",
        "agree",
    ]
    assert lines[-1] == "all four agree on 6 card(s)"
    assert len(lines) == 9


def test_the_chinese_table_is_aligned_on_a_terminal(world: World) -> None:
    lines = table(world.compared(), Language.ZH).splitlines()
    starts = {columns(line[: line.rindex("一致")]) for line in lines[1:7]}
    assert len(starts) == 1
    assert lines[-1] == "四方一致，共 6 张卡"


def test_many_cards_that_never_left_the_hopper_are_one_line(world: World) -> None:
    for number in range(7, 41):
        world.add(f"{number:06d}", "hopper", "loaded")
    world.core["accounts"].append({"card_no": "6200000000000000020", "state": "live", "serial": "S", "attempt": 1})
    lines = table(world.compared(), Language.EN).splitlines()
    assert lines[5].split()[:4] == ["000005…000019", "15", "cards", "hopper"]
    assert lines[6].split()[0] == "000020"
    assert lines[7].split()[:3] == ["000021…000040", "20", "cards"]


@pytest.mark.parametrize("language", Language)
def test_a_difference_names_the_card_the_witnesses_and_what_next(world: World, language: Language) -> None:
    world.core["accounts"][0]["state"] = "reversed"
    told = table(world.compared(), language)
    expected = {
        Language.EN: r"card 000001 \(…0001\): the core's account .*box: hand, kit: handed over, .*core: reversed; next: ",
        Language.ZH: r"卡 000001 \(…0001\): 核心账户状态.*卡箱: 客户手中, 设备: 已交客户, .*核心: 已冲正; 下一步: ",
    }
    assert re.search(expected[language], told)


def test_the_summary_counts_cards_and_sums(world: World) -> None:
    world.core["accounts"][0]["state"] = "reversed"
    report = world.compared()
    assert summary(report, Language.EN) == "1 of 6 card(s) differ, 1 count(s) do not come out even"
    assert "count: live accounts = handed over + captured live + issued: counted 1, booked 2" in table(
        report, Language.EN
    )


def test_a_batch_is_named_when_there_is_one(world: World) -> None:
    for card in world.kit["cards"]:
        card["batch"] = "B7"
    world.box_cards[5]["place"] = "out"
    assert "count (batch B7): cards in the hopper = loaded: counted 1, booked 2" in table(world.compared(), Language.EN)


def test_a_remark_stands_beside_the_verdict(empty: World) -> None:
    empty.add("000001", "out", "missing", blocked=True, case=True)
    assert "agree (found and blocked)" in table(empty.compared(), Language.EN)


def test_a_lost_case_and_a_full_outbox_are_told(empty: World) -> None:
    empty.add("000001", "path", "staged", case=True)
    empty.central["cases"].clear()
    empty.kit["cases"][0]["reason"] = "jam of 6200000000000000001"
    empty.kit["outbox"]["unsent"] = 2
    told = table(empty.compared(), Language.EN)
    assert "case case-000001 (voucher 000001): the kit has a case that central has not; jam of …0001; next: let" in told
    assert "2 record(s) of the kit are not at central yet" in told


@pytest.mark.parametrize("language", Language)
def test_no_card_number_is_shown(world: World, language: Language) -> None:
    world.box_cards.append({"pan": "6288888888888888888", "serial": "6288888888888888888", "place": "bin"})
    world.core["accounts"].append({"card_no": "6277777777777777777", "state": "live"})
    told = table(world.compared(), language)
    assert not re.search(r"\d{12}", told)
    assert "…8888" in told
