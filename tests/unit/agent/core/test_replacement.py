"""A card of the stock takes another one's place: old card in, its PIN, old card out, and no way back once the bank said yes."""

from __future__ import annotations

import pytest
from msgspec import structs

from padkit_agent.core import actions as do
from padkit_agent.core import events as ev
from padkit_agent.core.fit import check_fit
from padkit_agent.core.phases import Phase
from padkit_agent.core.request import bound, business
from padkit_contract.catalogue import load_catalogue
from padkit_contract.messages import CardState, Outcome
from padkit_sdk.errors import Refused

from .test_functions import ABLE, kit, path, tags, waived
from .world import World, iso

REPLACE, REISSUE = "ACC-03", "ACC-04"
OLD = "6299990000000017"


def booked(world: World) -> list[CardState]:
    return [it for it in world.states.values() if it is not CardState.LOADED]


def wrong_pin(world: World, action: do.AnyAction) -> ev.AnyEvent:
    assert isinstance(action, do.Submit)
    return world.bank.refuse("S1", action.attempt, Outcome.NOT_EXECUTED, "2053")


def test_the_old_card_is_read_first_and_out_of_hand_before_the_new_one_is_there() -> None:
    world = kit(REPLACE)
    assert world.run().phase is Phase.CLOSED
    did = tags(world)
    assert (
        did.index("read_card")
        < len(did) - did[::-1].index("run_checks")
        <= did.index("stage_card")
        < did.index("read_chip")
    )
    assert [it.field for it in world.done if isinstance(it, do.EnterPin)] == ["pin_block", "new_pin_block"]
    asked = [it for it in world.done if isinstance(it, do.AskPerson) and it.what == "old_card"]
    assert [it.people for it in asked] == [2]
    assert did.index("submit") < world.done.index(asked[0]) < did.index("move_card")
    notes = {it.type: it.note for it in world.flow.evidence}
    assert (notes["card_read"], notes["old_card"]) == ("chip, ends 0017", "captured, say A + B")
    assert booked(world) == [CardState.HANDED_OVER]


def test_the_request_names_both_cards_and_the_ticket_holds_from_before_the_card_is_known() -> None:
    world = kit(REPLACE)
    world.until("stage_card")
    before = bound(world.flow, world.plan)
    world = kit(REPLACE)
    world.until("submit")
    assert bound(world.flow, world.plan) == before
    assert world.flow.card is not None
    fields = business(world.flow, world.plan, made_at=iso(world.now_s)).fields
    assert (fields["card_no"], fields["new_card_no"]) == (OLD, world.flow.card.card_no)
    assert fields["voucher_serial"] == world.flow.card.voucher


def test_a_lost_card_is_not_shown_and_nobody_asks_for_its_pin_or_for_it() -> None:
    world = kit(REISSUE)
    assert world.run().phase is Phase.CLOSED
    assert "read_card" not in tags(world)
    assert [it.field for it in world.done if isinstance(it, do.EnterPin)] == ["new_pin_block"]
    assert "old_card" not in {it.type for it in world.flow.evidence}
    assert "old_card" not in [getattr(it, "what", "") for it in world.done]


def test_what_the_bank_knows_of_a_lost_card_goes_into_the_request() -> None:
    plan = kit(REISSUE).plan
    assert plan.looked_up == ("card_no", "loss_no")


def test_a_customer_who_keeps_the_old_card_gets_the_new_one_from_people_only() -> None:
    world = kit(REPLACE)
    world.answers["old_card"] = ["refused"]
    flow = world.run()
    assert (flow.phase, flow.note) == (Phase.CASE_OPEN, "replacement.not_taken: old_card: refused")
    assert booked(world) == [CardState.CAPTURED_LIVE]
    assert not world.stop_box  # another replacement may be made at once


def test_a_new_card_that_is_not_taken_is_no_card_to_reverse() -> None:
    world = kit(REPLACE, takes=False)
    flow = world.run()
    assert (flow.phase, flow.note) == (Phase.CASE_OPEN, "replacement.not_taken: box.not_taken")
    assert "reverse" not in tags(world)
    assert path(world)[-2:] == ["CARD_NOT_TAKEN", "CASE_OPEN"]


def test_a_wrong_pin_of_the_old_card_is_asked_for_again_and_then_the_new_one() -> None:
    world = kit(REPLACE)
    world.faults["submit"] = [wrong_pin]
    assert world.run().phase is Phase.CLOSED
    assert [it.field for it in world.done if isinstance(it, do.EnterPin)] == ["pin_block", "new_pin_block"] * 2
    assert world.attempts == [1, 2]


def test_the_old_card_is_asked_for_again_after_a_restart_and_the_box_looked_at_before_it_moves() -> None:
    world = kit(REPLACE)
    world.until("ask", "old_card")
    again = world.take(ev.Woke(world.now_s))
    assert isinstance(again.action, do.AskPerson)
    assert again.action.what == "old_card"
    since = len(world.done)
    assert world.run(again).phase is Phase.CLOSED
    assert tags(world)[since : since + 2] == ["ask", "look_at_box"]


def test_a_policy_may_waive_the_old_card_and_says_so_in_the_evidence() -> None:
    world = kit(REPLACE)
    world.waivers["old_card"] = "W-2@3"
    assert world.run().phase is Phase.CLOSED
    assert [it.waiver for it in world.flow.evidence if it.type == "old_card"] == ["W-2@3"]
    assert "old_card" not in [getattr(it, "what", "") for it in world.done]


def test_a_person_enters_both_pins_under_waivers_of_both() -> None:
    for names, end in ((("pin_new",), Phase.CANCELLED), (("pin_new", "pin_verify"), Phase.CLOSED)):
        world = kit(REPLACE)
        world.able = tuple(it for it in ABLE if it != "pins")
        world.waivers |= dict.fromkeys(names, "W-3@3")
        assert world.run().phase is end
        assert (world.flow.note == "waiver.missing: pin_verify") is (end is Phase.CANCELLED)


def test_the_account_of_another_card_stops_everything() -> None:
    world = kit(REPLACE)

    def other(world: World, action: do.AnyAction) -> ev.AnyEvent:
        world.do(action)
        return ev.Answered(Outcome.OK, "0000", fields={"card_no": OLD, "new_card_no": OLD})

    world.faults["submit"] = [other]
    world.begin()
    decision = world.until("submit")
    assert decision.action is not None
    assert world.take(world.perform(decision.action)).case == "core.other_card: the account is not this card's"


def test_a_card_leaves_the_stock_only_as_its_books_can_follow() -> None:
    entry = load_catalogue().entry(REISSUE)
    strange = structs.replace(entry, core=structs.replace(entry.core, service="CARD.GIVE"))
    with pytest.raises(Refused, match=r"only with a new PIN and through one of CARD\.OPEN, CARD\.REISSUE"):
        check_fit(strange, ABLE, waived(REISSUE))


def test_a_code_needs_a_telephone_that_the_entry_names() -> None:
    without = waived(REISSUE)
    del without["otp_phone"]
    with pytest.raises(Refused, match="wants otp_phone, sent to a telephone that it does not name"):
        check_fit(load_catalogue().entry(REISSUE), ABLE, without)


@pytest.mark.parametrize(
    ("business", "able", "reason"), [(REPLACE, "cards", "business.card"), (REISSUE, "pins", "business.pin")]
)
def test_a_kit_without_reader_or_keypad_says_so(business: str, able: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        check_fit(load_catalogue().entry(business), [it for it in ABLE if it != able], waived(business))
    assert refused.value.reason == reason
