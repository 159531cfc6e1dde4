"""The receipt with the bank's seal: after the hand-over, waited for, shown, and never a reason to take anything back."""

from __future__ import annotations

import pytest

from padkit_agent.core import actions as do
from padkit_agent.core import events as ev
from padkit_agent.core.paper import values
from padkit_agent.core.phases import Phase
from padkit_contract.messages import How, Outcome

from .test_functions import kit, tags
from .world import World

OPEN, CHANGE = "ACC-01", "ACC-03"


def line(world: World) -> tuple[How, str]:
    (found,) = [it for it in world.flow.evidence if it.type == "voucher_seal"]
    return found.how, found.note


def test_the_receipt_says_what_the_bank_answered_and_comes_after_the_card_is_taken() -> None:
    world = kit(OPEN)
    world.until("seal_document")
    paper = world.flow.paper
    assert paper is not None
    told = values(paper, OPEN, "S1", world.flow.inputs, world.flow.identity)
    assert (told["core_serial"], told["result"], told["business"]) == ("C-S1", "done", "个人开卡")
    assert (told["card_last4"], told["manager"]) == ("0001", "A")
    assert str(told["completed_at"]).endswith("+08:00")
    assert world.flow.phase is Phase.CONFIRMED
    world = kit(OPEN)
    assert world.run().phase is Phase.CLOSED
    did = tags(world)
    assert did.index("await_taken") < did.index("seal_document") < did.index("upload")
    how, note = line(world)
    assert (how, note.split()[0], "by Bank at" in note) == (How.CAPTURED, "D-RECEIPT", True)
    assert world.flow.paper is None


def test_where_no_card_leaves_the_box_it_is_the_customers_own() -> None:
    world = kit(CHANGE)
    world.until("seal_document")
    assert world.flow.paper is not None
    assert world.flow.card is not None
    assert world.flow.paper.facts["card_last4"] == world.flow.card.card_no[-4:]


def test_silence_waits_on_and_nothing_is_taken_back() -> None:
    world = kit(OPEN)
    world.faults["seal_document"] = [lambda *_: ev.Silent("voucher.waits")] * 3
    assert world.run().phase is Phase.CLOSED
    assert tags(world).count("seal_document") == 4


@pytest.mark.parametrize(
    ("action", "event", "why"),
    [
        ("seal_document", ev.Answered(Outcome.INVALID, "voucher.no_seal", "none"), "voucher.no_seal"),
        ("seal_document", ev.DocumentNotSet("document.changed: it"), "document.changed"),
    ],
)
def test_what_cannot_be_sealed_is_noted_and_the_case_closes(action: str, event: ev.AnyEvent, why: str) -> None:
    world = kit(OPEN)
    world.faults[action] = [lambda *_: event]
    assert world.run().phase is Phase.CLOSED
    how, note = line(world)
    assert (how, why in note, "to be supplemented" in note) == (How.WAIVED, True, True)
    assert "receipt" not in [getattr(it, "what", "") for it in world.done]


def test_a_receipt_that_cannot_be_set_is_no_reason_to_stop() -> None:
    world = kit(OPEN)
    world.until("await_taken")

    def unset(world: World, action: do.AnyAction) -> ev.AnyEvent | None:
        assert isinstance(action, do.SetDocument)
        return ev.DocumentNotSet("document.field: manager")

    world.faults["set_document"] = [unset]
    assert world.flow.pending is not None
    assert world.run(world.take(world.perform(world.flow.pending))).phase is Phase.CLOSED
    assert line(world)[0] is How.WAIVED


def test_a_waiver_and_a_bank_without_a_name_make_none() -> None:
    waived = kit(OPEN)
    waived.waivers["voucher_seal"] = "W-9@3"
    nameless = kit(OPEN)
    nameless.parameters.pop("bank_name")
    nameless.waivers |= dict.fromkeys(("consent_pi", "sign_form", "sign_terms", "copy_statement"), "W-9@3")
    for world in (waived, nameless):
        assert world.run().phase is Phase.CLOSED
        assert "seal_document" not in tags(world)
