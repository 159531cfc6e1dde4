"""Every function of the catalogue on the one engine: its way follows from its entry, or the kit says why it has none."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_agent.core import actions as do
from padkit_agent.core import events as ev
from padkit_agent.core.fit import check_fit
from padkit_agent.core.flow import NEEDED
from padkit_agent.core.phases import Phase
from padkit_agent.core.plan import WhichCard, plan_of
from padkit_contract.catalogue import Entry, load_catalogue
from padkit_contract.messages import CARD_OPEN, How, Outcome
from padkit_sdk.errors import Refused

from .world import World, tag_of

CATALOGUE = load_catalogue()
ABLE = tuple(NEEDED)
ENTRIES = {name: CATALOGUE.entry(name) for name in sorted(CATALOGUE.functions)}
SISTERS = ("ACC-03", "ACC-08", "ACC-09", "ACC-10", "ACC-15")
REASONS = {"evidence", "check", "input", "stock", "card", "pin", "document"}
LEFT_OUT = ("fp_manager", "gps", "face_match_online", "card_in_hand", "scene_photo")  # no device yet
ALIKE = ev.FaceChecked(live=True, signs=(), digest="ef" * 32, note="rule 1", likeness=ev.Likeness(True, "0.9"))
WAIVERS = dict.fromkeys(LEFT_OUT, "W-1@3")
NO_PHONE = WAIVERS | {"otp_phone": "W-1@3"}  # of an entry that names no telephone to send a code to


def unfit(entry: Entry, able: Collection[str], waivers: Mapping[str, str]) -> tuple[str, str] | None:
    try:
        check_fit(entry, able, waivers)
    except Refused as exc:
        return exc.reason, str(exc)
    return None


def waived(business: str) -> dict[str, str]:
    return dict(WAIVERS if "phone" in ENTRIES[business].specs else NO_PHONE)


def kit(business: str, **changed: object) -> World:
    """A kit with every device, whose policy waives what has none."""
    world = World(business=business, able=ABLE, photo=True, face=ALIKE, **changed)  # type: ignore[arg-type]
    world.waivers = waived(business)
    return world


def path(world: World) -> list[str]:
    return [line.split()[-1] for line in world.flow.history]


def tags(world: World) -> list[str]:
    return [tag_of(it) for it in world.done]


@pytest.mark.parametrize("business", sorted(ENTRIES))
def test_a_way_is_found_for_every_function_or_the_reason_is_told(business: str) -> None:
    why = unfit(ENTRIES[business], ABLE, waived(business))
    if why is not None:
        assert why[0].removeprefix("business.") in REASONS
        assert business in why[1]
        return
    world = kit(business)
    flow = world.run()
    assert (flow.phase, flow.note) == (Phase.CLOSED, "")
    way = path(world)
    assert way.index("AUTHORISED") < way.index("CORE_SENT") < way.index("CORE_OK")
    have = {it.type for it in (*flow.evidence, *flow.checks)}
    assert world.plan.needs - have == {"kit_policy", "stock"} & world.plan.needs
    assert have <= world.plan.needs, "nothing is done that nobody asked for"


def test_the_sister_flows_can_be_done_here() -> None:
    assert {CARD_OPEN, *SISTERS, "ACC-04"} <= {
        name for name in ENTRIES if unfit(ENTRIES[name], ABLE, waived(name)) is None
    }


@pytest.mark.parametrize(
    ("business", "why"),
    [
        ("ACC-13", "acct_no: must be looked up at the bank, and none of its checks tells it"),
    ],
)
def test_what_a_kit_cannot_do_is_said_in_words(business: str, why: str) -> None:
    told = unfit(ENTRIES[business], ABLE, WAIVERS)
    assert told is not None
    assert why in told[1]


@pytest.mark.parametrize("business", SISTERS)
def test_a_kit_without_reader_or_keypad_says_so_before_anything_begins(business: str) -> None:
    entry = ENTRIES[business]
    no_reader = unfit(entry, [it for it in ABLE if it != "cards"], waived(business))
    no_keypad = unfit(entry, [it for it in ABLE if it != "pins"], waived(business))
    assert no_reader is not None
    assert no_keypad is not None
    assert (no_reader[0], no_keypad[0]) == ("business.card", "business.pin")


def test_a_changed_pin_is_the_present_one_first_then_the_new_one_twice() -> None:
    world = kit("ACC-08")
    assert world.run().phase is Phase.CLOSED
    assert "check_face" not in tags(world)
    assert tags(world).index("read_card") < tags(world).index("run_checks") < tags(world).index("enter_pin")
    assert [it.field for it in world.done if isinstance(it, do.EnterPin)] == ["pin_block", "new_pin_block"]
    notes = {it.type: it.note for it in world.flow.evidence if it.type in ("pin_verify", "pin_new")}
    assert notes == {"pin_verify": "once, iso_0 under key 30", "pin_new": "twice the same, iso_0 under key 30"}
    assert world.rounds == []


@pytest.mark.parametrize(("business", "rounds"), [("ACC-08", 0), ("ACC-09", 1), ("ACC-10", 1), ("ACC-15", 1)])
def test_somebody_at_the_centre_decides_where_the_entry_says_so(business: str, rounds: int) -> None:
    world = kit(business)
    assert world.run().phase is Phase.CLOSED
    assert len(world.rounds) == rounds


def test_a_card_that_cannot_be_read_is_put_in_again_or_nothing_happens() -> None:
    world = kit("ACC-09", own_card=ev.ChipUnreadable("chip.mute"))
    world.answers["insert_card"] = ["again", "stop"]
    flow = world.run()
    assert (flow.phase, flow.note) == (Phase.CANCELLED, "insert_card: stop")
    assert tags(world).count("read_card") == 4
    assert not world.bank.done


def test_a_reader_that_stays_away_ends_the_case() -> None:
    world = kit("ACC-08", own_card=ev.DeviceAway("slot", "unplugged"))
    flow = world.run()
    assert (flow.phase, flow.note) == (Phase.CANCELLED, "slot: unplugged")


def test_without_network_only_what_may_be_captured_waits() -> None:
    world = kit("ACC-08", checks=[None])
    assert (world.run().phase, world.flow.note) == (Phase.CANCELLED, "check.silent")
    world = kit("ACC-15", checks=[None])
    assert world.run().phase is Phase.CLOSED
    assert "OFFLINE_HELD" in path(world)


def test_the_customer_is_told_what_the_bank_said_before_he_tries_again() -> None:
    world = kit("ACC-08")
    wrong = ev.Answered(Outcome.NOT_EXECUTED, "2053", "the PIN is wrong, 1 try is left")
    world.faults["submit"] = [lambda it, _: it.bank.refuse("S1", 1, wrong.outcome, wrong.code) and wrong]
    decision = world.until("ask", "request_again")
    assert "1 try is left" in decision.flow.note
    assert world.run(decision).phase is Phase.CLOSED
    assert world.attempts == [1, 2]
    assert [it.field for it in world.done if isinstance(it, do.EnterPin)] == ["pin_block", "new_pin_block"] * 2


def test_who_does_not_try_again_changes_nothing() -> None:
    world = kit("ACC-08", answers={"request_again": ["stop"]})
    world.faults["submit"] = [lambda it, _: it.bank.refuse("S1", 1, Outcome.NOT_EXECUTED, "2053")]
    assert world.run().phase is Phase.CANCELLED
    assert not world.bank.done


def test_the_banks_no_is_the_end() -> None:
    world = kit("ACC-10")
    world.faults["submit"] = [lambda it, _: it.bank.refuse("S1", 1, Outcome.REFUSED, "1403")]
    flow = world.run()
    assert (flow.phase, flow.note) == (Phase.REFUSED, "core.refuse: 1403 no")


@pytest.mark.parametrize("business", SISTERS)
@pytest.mark.parametrize("arrives", [True, False])
def test_a_lost_answer_is_inquired_and_never_guessed(business: str, arrives: bool) -> None:
    def lost(it: World, _: do.AnyAction) -> ev.AnyEvent:
        if arrives:
            it.submit(1)
        return ev.Silent("no answer")

    world = kit(business)
    world.faults["submit"] = [lost]
    assert world.run().phase is Phase.CLOSED
    assert world.attempts == ([1] if arrives else [1, 2])


@pytest.mark.parametrize("business", SISTERS)
def test_the_agent_may_die_at_every_step(business: str) -> None:
    """It wakes up, looks what became of its last step, and ends as if nothing had been."""
    whole = kit(business)
    whole.run()
    for dies_at in range(1, len(whole.done) + 1):
        for done in (False, True):
            world = kit(business)
            decision = world.begin()
            for _ in range(dies_at - 1):
                assert decision.action is not None
                decision = world.take(world.perform(decision.action))
            assert decision.action is not None
            if done:
                world.perform(decision.action)
            flow = world.run(world.take(ev.Woke(world.now_s)))
            assert flow.phase is Phase.CLOSED, (dies_at, done, flow.note)
            assert len(world.bank.done) + len(world.bank.accounts) == 1


@given(business=st.sampled_from(SISTERS), steps=st.integers(0, 25), wish=st.sampled_from(["cancel", "lock"]))
def test_whoever_stops_it_stops_it_whole_or_not_at_all(business: str, steps: int, wish: str) -> None:
    world = kit(business)
    decision = world.begin()
    for _ in range(steps):
        if decision.action is None:
            return
        decision = world.take(world.perform(decision.action))
    if decision.action is None:
        return
    from padkit_agent.core.decide import may_cancel

    if not may_cancel(world.flow):
        assert world.attempts
        return
    world.run(world.take(ev.CancelAsked("he") if wish == "cancel" else ev.LockAsked("kit.locked")))
    assert world.flow.phase is Phase.CANCELLED
    assert not world.bank.done


def test_a_waived_pin_is_a_persons_answer() -> None:
    world = World(business="ACC-08", able=("cards",))
    world.waivers |= dict.fromkeys(("pin_verify", "card_state"), "W-1@3")
    flow = world.run()
    assert flow.phase is Phase.CLOSED
    assert {it.type for it in flow.evidence if it.how is How.WAIVED} >= {"pin_verify", "pin_new"}


def test_which_card_a_function_is_about_is_read_from_its_entry() -> None:
    about = {name: plan_of(ENTRIES[name]).card for name in ("ACC-01", "ACC-08", "CUS-03")}
    assert about == {"ACC-01": WhichCard.STOCK, "ACC-08": WhichCard.OWN, "CUS-03": WhichCard.NONE}


def test_a_result_that_nobody_can_tell_is_a_case_and_stops_no_box() -> None:
    world = kit("ACC-09")
    world.faults["submit"] = [lambda _it, _action: ev.Silent("no answer")]
    world.faults["inquire"] = [lambda _it, _action: ev.Silent("no answer")] * 200
    assert world.run().phase is Phase.CASE_OPEN
    assert (world.flow.note, world.stop_box) == ("core.unknown", False)


def test_a_step_without_a_device_is_told_before_anything_begins_unless_it_is_waived() -> None:
    entry, able = ENTRIES["ACC-08"], ("cards", "pins")
    told = unfit(entry, able, {})
    assert told is not None
    assert told[0] == "business.evidence"
    assert "sign_form, for which this kit has no device" in told[1]
    assert unfit(entry, able, {"sign_form": "W-1@3"}) is None
    assert unfit(ENTRIES["ACC-09"], ABLE, {}) is not None  # fp_manager, for one, is nobody's step yet
