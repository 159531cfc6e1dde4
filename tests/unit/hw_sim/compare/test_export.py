from __future__ import annotations

import json
import re
from typing import Any

from padkit_sim.compare.export import as_json
from padkit_sim.compare.texts import Language

World = Any  # the helper of conftest.py


def test_agreement_is_told_with_every_card_and_every_count(world: World) -> None:
    told = json.loads(as_json(world.compared(), Language.EN))
    assert told["agree"] is True
    assert told["cards"][0] == {
        "voucher": "000001",
        "ends_with": "0001",
        "box": "hand",
        "kit": "handed_over",
        "central": "handed_over",
        "core": "live",
        "agree": True,
        "remarks": [],
        "problems": [],
    }
    assert [it["name"] for it in told["counts"]] == ["hopper", "live", "bin", "order"]
    assert all(it["holds"] for it in told["counts"])


def test_a_difference_has_a_stable_name_and_a_sentence_in_the_language(world: World) -> None:
    world.central["cards"].pop(0)
    told = json.loads(as_json(world.compared(), Language.ZH))
    assert told["agree"] is False
    assert told["cards"][0]["central"] is None
    assert told["cards"][0]["problems"] == [
        {"name": "central", "text": "中心账与设备账不符", "next": "待设备上送后按设备账修复中心"}
    ]


def test_lost_cases_are_listed(empty: World) -> None:
    empty.add("000001", "path", "staged", case=True)
    empty.central["cases"].clear()
    told = json.loads(as_json(empty.compared(), Language.EN))
    assert told["lost_cases"] == [{"id": "case-000001", "voucher": "000001"}]


def test_no_card_number_is_in_the_json(world: World) -> None:
    world.box_cards.append({"pan": "6288888888888888888", "serial": "6288888888888888888", "place": "bin"})
    assert not re.search(rb"\d{12}", as_json(world.compared(), Language.EN))
