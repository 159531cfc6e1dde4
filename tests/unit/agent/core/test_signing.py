"""What the customer reads and signs on a kit with a pad: the order of things, what drops a signature, how it ends."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from padkit_agent.core import actions as do
from padkit_agent.core import events as ev
from padkit_agent.core import signing
from padkit_agent.core.decide import decide
from padkit_agent.core.flow import FACES, SIGNATURES, Decision, FlowRefused
from padkit_agent.core.phases import Phase
from padkit_contract.authorise import AuthState
from padkit_contract.messages import How

from . import faults as f
from .world import Fault, World, tag_of

SIGNED = (
    ("consent_pi", "D-PI-CONSENT"),
    ("sign_form", "D-APPLY-OPEN"),
    ("sign_terms", "D-ACCT-TERMS"),
    ("copy_statement", "D-LIABILITY"),
    ("sign_terms", "D-CRS"),
)
ITEMS = sorted({item for item, _ in SIGNED})
NAMES = [document for _, document in SIGNED]


def pad(**more: object) -> World:
    world = World(able=(SIGNATURES,), **more)  # type: ignore[arg-type]
    for name in ITEMS:
        del world.waivers[name]
    return world


def woe(event: ev.AnyEvent) -> Fault:
    return lambda _world, _action: event


def signings(world: World) -> list[do.SignDocument]:
    return [it for it in world.done if isinstance(it, do.SignDocument)]


def test_each_document_is_set_shown_and_signed_in_its_order_and_needs_no_waiver() -> None:
    world = pad()
    flow = world.run()
    assert flow.phase is Phase.CLOSED
    steps = [
        tag_of(it) for it in world.done if tag_of(it).endswith("_document") and not isinstance(it, do.ReadDocument)
    ]
    assert steps == ["set_document", "show_document", "sign_document"] * len(SIGNED)
    assert [it.document for it in signings(world)] == NAMES
    lines = {(it.type, it.note.split(" ")[0]): it for it in flow.evidence if it.type in ITEMS}
    assert {it.how for it in lines.values()} == {How.CAPTURED}
    for action in signings(world):
        (item,) = [it for it in SIGNED if it[1] == action.document]
        assert lines[item].digest == f"5{action.digest[1:]}"
        assert f"{action.document} 2 zh-CN; read {action.digest}" in lines[item].note
    assert flow.paper is None


def test_what_is_shown_and_signed_is_in_the_journal_with_its_digest_before_anybody_sees_it() -> None:
    world = pad()
    world.until("show_document")
    shown = world.flow.pending
    assert isinstance(shown, do.ShowDocument)
    assert world.flow.paper is not None
    assert (shown.document, shown.version, shown.digest) == ("D-PI-CONSENT", 2, world.flow.paper.digest)
    assert shown.choices == ("read", "refused")
    assert len(shown.digest) == 64


def test_consent_comes_before_the_identity_card() -> None:
    world = pad()
    world.until("read_identity")
    assert [it.document for it in signings(world)] == ["D-PI-CONSENT"]


@pytest.mark.parametrize("without", ["pad", "bank"])
def test_without_a_pad_or_the_banks_name_the_steps_need_their_waivers(without: str) -> None:
    world = World() if without == "pad" else World(able=(SIGNATURES,), parameters={"pin_key_id": "30"})
    flow = world.run()
    assert (flow.phase, signings(world)) == (Phase.CLOSED, [])
    assert {it.how for it in flow.evidence if it.type in ITEMS} == {How.WAIVED}


@pytest.mark.parametrize("at", [0, 2])
def test_a_customer_who_will_not_sign_ends_the_flow_with_the_document_named(at: int) -> None:
    world = pad(answers={"document_read": ["read"] * at + ["refused"]})
    flow = world.run()
    assert (flow.phase, flow.note) == (Phase.CANCELLED, f"document.refused: {NAMES[at]}")
    assert len(signings(world)) == at


@pytest.mark.parametrize("hint", ["signature.timeout", "signature.cancelled", "pad.image"])
def test_a_signature_that_failed_is_asked_for_again_three_times_at_most(hint: str) -> None:
    world = pad()
    world.faults["sign_document"] = [woe(ev.TryAgain(hint))] * 2
    assert world.run().phase is Phase.CLOSED
    assert len(signings(world)) == len(SIGNED) + 2

    world = pad()
    world.faults["sign_document"] = [woe(ev.TryAgain(hint))] * 3
    flow = world.run()
    assert (flow.phase, flow.note, len(signings(world))) == (Phase.CANCELLED, f"signature.failed: {hint}", 3)


def test_a_person_may_stop_instead_of_trying_again() -> None:
    world = pad(answers={"sign_failed": ["stop"]})
    world.faults["sign_document"] = [woe(ev.TryAgain("signature.cancelled"))]
    flow = world.run()
    assert (flow.phase, flow.note) == (Phase.CANCELLED, "signature.failed: signature.cancelled")


def test_a_pad_that_fell_off_is_waited_for_and_the_same_document_signed() -> None:
    world = pad()
    world.faults["sign_document"] = [woe(ev.DeviceAway("pad", "unplugged"))]
    assert world.run().phase is Phase.CLOSED
    assert do.WaitDevice("pad", 300.0) in world.done
    assert signings(world)[0] == signings(world)[1]

    world = pad()
    world.faults["sign_document"] = [woe(ev.DeviceAway("pad", "unplugged"))]
    world.faults["wait_device"] = [woe(ev.DeviceAway("pad", "absent"))]
    flow = world.run()
    assert (flow.phase, flow.note) == (Phase.CANCELLED, "pad: absent")


def test_a_document_that_cannot_be_set_ends_the_flow_and_says_why() -> None:
    world = pad()
    world.faults["set_document"] = [None, woe(ev.DocumentNotSet("document.glyph: document D-APPLY-OPEN, field phone"))]
    flow = world.run()
    assert (flow.phase, flow.note) == (Phase.CANCELLED, "document.glyph: document D-APPLY-OPEN, field phone")


def test_a_document_that_is_not_what_was_read_any_more_is_set_and_read_anew_three_times_at_most() -> None:
    changed = woe(ev.DocumentNotSet("document.changed: D-PI-CONSENT"))
    world = pad()
    world.faults["sign_document"] = [changed]
    assert world.run().phase is Phase.CLOSED
    assert sum(isinstance(it, do.ShowDocument) for it in world.done) == len(SIGNED) + 1

    world = pad()
    world.faults["sign_document"] = [changed] * 3
    flow = world.run()
    assert (flow.phase, flow.note) == (Phase.CANCELLED, "document.changed: D-PI-CONSENT")


def test_what_an_authoriser_returns_is_read_and_signed_anew_but_not_the_consent() -> None:
    world = pad(authoriser=[AuthState.RETURNED])
    del world.waivers["authoriser"]
    flow = world.run()
    assert flow.phase is Phase.CLOSED
    assert [it.document for it in signings(world)] == [*NAMES, *NAMES[1:]]
    assert sorted(it.type for it in flow.evidence if it.type in ITEMS) == sorted(item for item, _ in SIGNED)


def test_a_changed_field_changes_what_is_signed() -> None:
    world = pad(authoriser=[AuthState.RETURNED])
    del world.waivers["authoriser"]
    decision = world.until("ask", "mend")
    assert not [it for it in decision.flow.evidence if it.type in {*ITEMS} - {"consent_pi"}]
    decision = world.take(ev.PersonSaid("mend", "mended", ("A",), {"phone": "13900000001"}))
    world.run(decision)
    forms = [it.digest for it in signings(world) if it.document == "D-APPLY-OPEN"]
    assert len(set(forms)) == 2


@pytest.mark.parametrize("tag", ["set_document", "show_document", "sign_document"])
@pytest.mark.parametrize("done", [True, False])
def test_a_restart_goes_on_with_the_same_document(tag: str, done: bool) -> None:
    world = pad()
    world.faults[tag] = [f.restart(done=done)]
    assert world.run().phase is Phase.CLOSED
    assert len({it.digest for it in signings(world)}) == len(SIGNED)


def test_a_signature_under_another_digest_than_was_read_is_refused() -> None:
    world = pad()
    world.until("sign_document")
    other = ev.DocumentSigned("D-PI-CONSENT", 2, "zh-CN", "00" * 32, "11" * 32, "s", "22")
    with pytest.raises(FlowRefused, match="was signed"):
        decide(world.flow, other, world.rules())


def test_the_size_and_the_years_come_from_form_and_policy() -> None:
    world = pad(parameters={"bank_name": "Bank", "retention_years": 15})
    world.until("show_document")
    assert world.flow.paper is not None
    assert (world.flow.paper.keep_years, world.flow.paper.elder, world.flow.paper.bank) == (15, False, "Bank")
    elder = replace(world.flow, inputs={**world.flow.inputs, "elder_flag": True})
    decision = signing.next_paper(elder, world.rules())
    assert isinstance(decision, Decision)
    assert decision.flow.paper is not None
    assert decision.flow.paper.elder


def facing(**more: object) -> World:
    world = pad(**more)
    world.able = (SIGNATURES, FACES)
    return world


def test_the_face_has_a_consent_of_its_own_before_the_first_look() -> None:
    world = facing()
    world.until("check_face")
    assert [it.document for it in signings(world)] == ["D-PI-CONSENT", "D-BIO-CONSENT"]
    assert world.run(world.take(world.perform(world.flow.pending))).phase is Phase.CLOSED  # type: ignore[arg-type]


def test_who_wants_no_picture_of_his_face_is_looked_at_by_two_people_instead() -> None:
    world = facing(answers={"document_read": ["read", "refused"]})
    flow = world.run()
    assert flow.phase is Phase.CLOSED
    assert not [it for it in world.done if isinstance(it, do.CheckFace)]
    lines = [it for it in flow.evidence if it.type.startswith("face_") and it.how is How.ALTERNATIVE]
    assert lines
    assert all(it.note == "A + B looked, after 0: face.no_consent" for it in lines)


def test_a_policy_without_another_way_ends_the_flow_when_the_face_is_refused() -> None:
    world = facing(answers={"document_read": ["read", "refused"]})
    world.parameters["face_alternative"] = False
    flow = world.run()
    assert (flow.phase, flow.note) == (Phase.CANCELLED, "document.refused: D-BIO-CONSENT")


def test_services_that_were_chosen_have_papers_of_their_own() -> None:
    world = pad()
    world.inputs["products_chosen"] = ["mobile"]
    assert world.run().phase is Phase.CLOSED
    assert [it.document for it in signings(world)] == [*NAMES, "D-APPLY-EBANK", "D-EBANK-TERMS"]
