"""Who may lead a request for authorisation from one state to the other, and until when."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from padkit_central.business import authorising_rules as rules
from padkit_central.store import Authorisation
from padkit_contract.authorise import AuthRequest, AuthState, bound_digest
from padkit_contract.catalogue import load_catalogue
from padkit_contract.errors import Invalid
from padkit_contract.messages import EvidenceItem, How, Request

S = AuthState
ENTRY = load_catalogue().entry("ACC-01")
AT = "2026-11-22T08:00:00.000Z"
CHIP = EvidenceItem("id_chip", How.CAPTURED, digest="ab")


def after(seconds: float) -> str:
    return rules.later(AT, rules.timedelta(seconds=seconds))


def request(**changed: Any) -> AuthRequest:
    return replace(AuthRequest("S1", 1, AT, "ACC-01", {"phone": "13800000000"}, (CHIP,), ()), **changed)


def asked(needs: int = 1, **changed: Any) -> Authorisation:
    new = Authorisation("demo", "kit-1", "A1", request(), ("Li Hua", "wu"), needs, AT, rules.later(AT, rules.WAITS))
    return replace(new, **changed)


def approved(at: str = AT) -> Authorisation:
    return rules.approve(rules.take(asked(), "ann", at), "ann", at)


def why(act: Any) -> str:
    with pytest.raises(Invalid) as caught:
        act()
    return caught.value.reason


def test_one_takes_looks_and_approves_and_the_ticket_has_a_life() -> None:
    it = approved()
    assert (it.state, it.until, it.taken_by) == (S.APPROVED, after(900), "")
    assert it.answer.ticket is not None
    assert (it.answer.ticket.id, it.answer.ticket.bound, it.answer.by) == ("A1", request().bound, ("ann",))


@pytest.mark.parametrize("name", ["Li Hua", "li.hua", "LI-HUA", "wu"])
def test_nobody_who_took_part_may_take_a_case(name: str) -> None:
    assert why(lambda: rules.take(asked(), name, AT)) == "auth.own_case"


def test_a_lease_keeps_others_out_is_renewed_and_ends() -> None:
    it = rules.take(asked(), "ann", AT)
    assert why(lambda: rules.take(it, "bob", after(119))) == "auth.taken"
    renewed = rules.take(it, "ann", after(100))
    assert rules.as_of(renewed, after(219)).state is S.TAKEN
    assert rules.as_of(renewed, after(220)).state is S.QUEUED
    assert why(lambda: rules.approve(it, "ann", after(120))) == "auth.not_taken"
    assert rules.take(it, "bob", after(120)).taken_by == "bob"


def test_only_who_took_it_decides() -> None:
    assert why(lambda: rules.approve(asked(), "ann", AT)) == "auth.not_taken"
    assert why(lambda: rules.refuse(rules.take(asked(), "ann", AT), "bob", AT, "no")) == "auth.not_taken"


def test_two_in_series_are_two_people_and_the_first_yes_makes_no_ticket() -> None:
    it = asked(needs=2)
    it = rules.approve(rules.take(it, "ann", AT), "ann", AT)
    assert (it.state, it.answer.ticket, it.answer.by) == (S.QUEUED, None, ())
    assert why(lambda: rules.take(it, "ann", AT)) == "auth.same_person"
    it = rules.take(it, "bob", AT)
    assert rules.refuse(it, "bob", AT, "unclear").state is S.REFUSED
    it = rules.approve(it, "bob", AT)
    assert (it.state, it.answer.by) == (S.APPROVED, ("ann", "bob"))


def test_return_and_refuse_want_a_reason_and_a_return_what_can_be_mended() -> None:
    it = rules.take(asked(), "ann", AT)
    assert why(lambda: rules.refuse(it, "ann", AT, " ")) == "auth.reason"
    assert why(lambda: rules.give_back(it, "ann", AT, "", ("phone",), ENTRY)) == "auth.reason"
    for parts in ((), ("cert_no",), ("id_chip",), ("phone", "nothing")):
        assert why(lambda parts=parts: rules.give_back(it, "ann", AT, "vague", parts, ENTRY)) == "auth.parts"
    back = rules.give_back(it, "ann", AT, "vague", ("open_purpose", "sign_form"), ENTRY)
    assert (back.state, back.answer.parts, back.answer.reason) == (S.RETURNED, ("open_purpose", "sign_form"), "vague")


def test_what_nobody_decides_expires_and_what_ended_stays() -> None:
    assert rules.as_of(asked(), after(1799)).state is S.QUEUED
    assert rules.as_of(asked(), after(1800)).state is S.EXPIRED
    assert why(lambda: rules.take(asked(), "ann", after(1800))) == "auth.ended"
    refused = rules.refuse(rules.take(asked(), "ann", AT), "ann", AT, "no")
    for it in (refused, approved(), rules.withdraw(asked(), AT)):
        assert why(lambda it=it: rules.take(it, "bob", AT)) == "auth.ended"
    assert rules.withdraw(refused, AT) == refused
    assert rules.withdraw(approved(), AT).state is S.WITHDRAWN


def sent(ticket: str = "A1", **changed: Any) -> Request:
    fields = {"phone": "13800000000", "card_no": "62", "voucher_serial": "1", "pin_key_id": "30"}
    evidence = (CHIP, EvidenceItem("card_read", How.CAPTURED), EvidenceItem("authoriser", How.CAPTURED, digest="x"))
    return replace(Request("S1", 1, AT, fields, evidence, ticket=ticket), **changed)


def test_a_ticket_holds_for_what_was_approved_until_its_end_and_for_nothing_else() -> None:
    rules.check_ticket(approved(), "ACC-01", sent(), after(899))
    assert why(lambda: rules.check_ticket(approved(), "ACC-01", sent(), after(900))) == "ticket.expired"
    assert why(lambda: rules.check_ticket(None, "ACC-01", sent(), AT)) == "ticket.none"
    for ticket in ("", "A2"):
        assert why(lambda ticket=ticket: rules.check_ticket(approved(), "ACC-01", sent(ticket), AT)) == "ticket.none"
    for it in (asked(), rules.withdraw(approved(), AT)):
        assert why(lambda it=it: rules.check_ticket(it, "ACC-01", sent(), AT)) == "ticket.state"


@pytest.mark.parametrize(
    "changed",
    [
        {"fields": {"phone": "13900000000"}},
        {"fields": {"phone": "13800000000", "limit_day": "9"}},
        {"evidence": ()},
        {"evidence": (replace(CHIP, digest="cd"),)},
        {"checks": (EvidenceItem("cip", How.WAIVED, waiver="w@1"),)},
    ],
)
def test_any_change_of_what_is_bound_voids_the_ticket(changed: Any) -> None:
    assert why(lambda: rules.check_ticket(approved(), "ACC-01", sent(**changed), AT)) == "ticket.bound"


def test_the_digest_knows_business_and_serial_and_not_the_order_of_fields() -> None:
    one = bound_digest("ACC-01", "S1", {"a": 1, "b": {"x": 1, "y": 2}}, (CHIP,))
    assert one == bound_digest("ACC-01", "S1", {"b": {"y": 2, "x": 1}, "a": 1}, [CHIP])
    assert one != bound_digest("ACC-02", "S1", {"a": 1, "b": {"x": 1, "y": 2}}, (CHIP,))
    assert one != bound_digest("ACC-01", "S2", {"a": 1, "b": {"x": 1, "y": 2}}, (CHIP,))


def test_how_many_must_approve_is_the_catalogues_word() -> None:
    modes = {"remote_single": 1, "onsite_second_and_remote": 1, "remote_double": 2}
    entries = [load_catalogue().entry(name) for name in load_catalogue().ids]
    found = {it.authorisation: rules.needed(it) for it in entries if it.authorisation in modes}
    assert found == modes
    assert why(lambda: rules.needed(load_catalogue().entry("CUS-01"))) == "auth.mode"
