from __future__ import annotations

from typing import Any

import pytest

from padkit_contract.messages import CardState
from padkit_sim.card_number import CardNumber
from padkit_sim.compare.match import bring_together
from padkit_sim.compare.rules import Core, Place

World = Any  # the helper of conftest.py


def test_one_card_is_one_meeting_of_all_four(empty: World) -> None:
    empty.add("000001", "hand", "handed_over", "live")
    (met,) = bring_together(empty.told())
    assert (met.voucher, met.card_no) == ("000001", CardNumber("6200000000000000001"))
    assert (met.place, met.kit, met.central, met.core) == (
        Place.HAND,
        CardState.HANDED_OVER,
        CardState.HANDED_OVER,
        Core.LIVE,
    )
    assert met.account is not None
    assert [it.serial for it in met.submissions] == ["S000001"]


def test_meetings_come_in_voucher_order_and_the_unlisted_last(empty: World) -> None:
    empty.add("10", "hopper", "loaded").add("9", "hopper", "loaded")
    empty.box_cards.append({"pan": "6288888888888888888", "serial": "1", "place": "bin"})
    assert [met.voucher for met in bring_together(empty.told())] == ["9", "10", "1"]


def test_a_card_the_box_does_not_have_is_absent(empty: World) -> None:
    empty.add("000001", "hopper", "loaded").box_cards.clear()
    assert bring_together(empty.told())[0].place is Place.ABSENT


def test_a_spoilt_chip_is_known_by_its_slip_and_its_number_is_kept(empty: World) -> None:
    empty.add("000001", "bin", "captured").box_cards[0]["pan"] = "9999110000000000000"
    (met,) = bring_together(empty.told())
    assert (met.place, met.foreign) == (Place.BIN, CardNumber("9999110000000000000"))


def test_a_simulator_without_slip_numbers_is_matched_by_the_chip(empty: World) -> None:
    del empty.add("000001", "bin", "captured").box_cards[0]["slip_pan"]
    (met,) = bring_together(empty.told())
    assert (met.place, met.foreign) == (Place.BIN, None)


def test_two_numbers_under_one_voucher_are_one_meeting(empty: World) -> None:
    empty.add("000001", "hopper", "loaded").central["cards"][0]["card_no"] = "6299999999999999999"
    empty.box_cards.append({"pan": "6299999999999999999", "serial": "x", "place": "bin"})
    met, stranger = bring_together(empty.told())
    assert met.central_no == CardNumber("6299999999999999999")
    assert (stranger.kit, stranger.place) == (None, Place.BIN)


@pytest.mark.parametrize(
    ("account", "core"),
    [(None, Core.BLOCKED), ("live", Core.BLOCKED_LIVE), ("reversed", Core.BLOCKED_DEAD), ("closed", Core.BLOCKED_DEAD)],
)
def test_a_block_is_told_together_with_the_account(empty: World, account: str | None, core: Core) -> None:
    empty.add("000001", "bin", "captured", account, blocked=True)
    assert bring_together(empty.told())[0].core is core


@pytest.mark.parametrize(("flow", "case"), [(True, False), (False, True)])
def test_a_card_is_excused_by_its_flow_or_its_case(empty: World, *, flow: bool, case: bool) -> None:
    empty.add("000001", "path", "staged", flow=flow, case=case)
    (met,) = bring_together(empty.told())
    assert (met.in_flow, met.in_case) == (flow, case)


def test_a_case_without_a_voucher_excuses_the_cards_of_its_flow_only(empty: World) -> None:
    empty.add("000001", "path", "staged", case=True).add("000002", "path", "staged")
    empty.kit["cases"][0]["voucher"] = ""
    assert [met.in_case for met in bring_together(empty.told())] == [True, False]


def test_an_empty_flow_id_excuses_nothing(empty: World) -> None:
    empty.add("000001", "path", "staged")
    empty.kit["cards"][0]["flow"] = ""
    empty.kit["open_flows"].append({"flow": "", "state": "STARTED"})
    empty.kit["cases"].append({"id": "c", "flow": "", "voucher": ""})
    (met,) = bring_together(empty.told())
    assert (met.in_flow, met.in_case) == (False, False)
