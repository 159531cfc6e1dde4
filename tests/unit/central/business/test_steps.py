"""Nothing is silently skipped, and a kit cannot waive."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from padkit_central.business.steps import OwnChecks, PolicyTime, When, check_late_steps, check_steps, named_versions
from padkit_central.store import CheckRow
from padkit_contract.catalogue import load_catalogue
from padkit_contract.checks import Verdict, about_mark
from padkit_contract.errors import Invalid
from padkit_contract.messages import AFTER_CORE, EvidenceItem, How, Policy, Request, Waiver

CATALOGUE = load_catalogue()
ENTRY = CATALOGUE.entry("ACC-01")
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
COVERED = tuple(name for name in ENTRY.needs if name not in ("kit_policy", "stock", "id_chip"))
WAIVER = Waiver("w", ("ACC-01",), COVERED, "no device", "TEST ONLY", "2026-11-30")
POLICY = Policy("demo", 1, {"offline_max_hours": 72}, (WAIVER,))
CURRENT = PolicyTime(POLICY, NOW - timedelta(days=30), None)

FIELDS = {"cert_type": "110001", "cert_no": "11010519491231002X", "name": "TEST ONLY", "phone": "13900000000"}


def request(**instead: EvidenceItem | None) -> Request:
    """Return a request with id_chip captured and all else waived, but for what is given by type."""
    items: dict[str, EvidenceItem | None] = {
        name: EvidenceItem(name, How.WAIVED, waiver="w@1") for name in COVERED if name not in AFTER_CORE
    }
    items |= {"id_chip": EvidenceItem("id_chip", How.CAPTURED, digest="00"), **instead}
    kept = tuple(item for item in items.values() if item is not None)
    return Request("S1", 1, "", FIELDS, kept[:5], kept[5:])


def check(
    asked: Request,
    policy: PolicyTime = CURRENT,
    *,
    made_at: datetime = NOW,
    received_at: datetime = NOW,
    own: tuple[CheckRow, ...] = (),
) -> None:
    found = OwnChecks("demo", {row.name: row for row in own})
    check_steps(CATALOGUE, ENTRY, asked, {policy.policy.version: policy}, When(made_at, received_at), found)


def reason(act: Callable[[], Any]) -> str:
    with pytest.raises(Invalid) as caught:
        act()
    return caught.value.reason


def test_captured_or_waived_is_enough() -> None:
    check(request())
    check(request(consent_pi=EvidenceItem("consent_pi", How.TEST_DATA)))


CLAIMED = EvidenceItem("cip", How.CAPTURED, note="passed cip.consistent 2026-11-22T07:59:00Z")


def found(verdict: Verdict, *, minutes_ago: float = 1) -> CheckRow:
    mark = about_mark("demo", "S1", "cip", FIELDS)
    return CheckRow("cip", verdict, "cip.consistent", (NOW - timedelta(minutes=minutes_ago)).isoformat(), mark)


@pytest.mark.parametrize("verdict", [Verdict.PASSED, Verdict.MARKED])
def test_a_check_that_was_made_here_is_believed(verdict: Verdict) -> None:
    check(request(cip=CLAIMED), own=(found(verdict),))


def test_a_check_that_a_kit_claims_is_held_against_our_own() -> None:
    assert reason(lambda: check(request(cip=CLAIMED))) == "check.unknown"
    assert reason(lambda: check(request(cip=CLAIMED), own=(found(Verdict.UNAVAILABLE),))) == "check.unknown"
    assert reason(lambda: check(request(cip=CLAIMED), own=(found(Verdict.PASSED, minutes_ago=61),))) == "check.old"
    assert reason(lambda: check(request(cip=CLAIMED), own=(found(Verdict.FAILED),))) == "check.failed"


@pytest.mark.parametrize("name", ["cert_no", "name", "cert_type"])
def test_a_check_of_another_person_says_nothing_of_this_one(name: str) -> None:
    asked = request(cip=CLAIMED)
    other = replace(asked, fields={**asked.fields, name: "OTHER"})
    assert reason(lambda: check(other, own=(found(Verdict.PASSED),))) == "check.other_person"
    check(replace(asked, fields={**asked.fields, "phone": "13911111111"}), own=(found(Verdict.PASSED),))


def test_no_waiver_stands_in_for_a_check_that_said_no() -> None:
    check(request(), own=(found(Verdict.PASSED),))
    assert reason(lambda: check(request(), own=(found(Verdict.FAILED),))) == "check.failed"


def test_an_alternative_says_why() -> None:
    asked = request(face_live=EvidenceItem("face_live", How.ALTERNATIVE))
    assert reason(lambda: check(asked)) == "evidence.alternative"


def test_only_a_face_has_an_alternative() -> None:
    check(request(face_live=EvidenceItem("face_live", How.ALTERNATIVE, note="A + B looked")))
    asked = request(sign_form=EvidenceItem("sign_form", How.ALTERNATIVE))
    assert reason(lambda: check(asked)) == "evidence.alternative"


@pytest.mark.parametrize("name", [name for name in ENTRY.needs if name not in {"kit_policy", "stock", *AFTER_CORE}])
def test_every_evidence_check_and_the_authoriser_is_missed(name: str) -> None:
    asked = request()
    left = tuple(item for item in (*asked.evidence, *asked.checks) if item.type != name)
    with pytest.raises(Invalid, match=name) as caught:
        check(replace(asked, evidence=left, checks=()))
    assert caught.value.reason == "evidence.missing"


def test_what_the_catalogue_does_not_know_is_refused() -> None:
    assert reason(lambda: check(request(selfie=EvidenceItem("selfie", How.CAPTURED)))) == "evidence.unknown"


@pytest.mark.parametrize("reference", ["", "w", "@1", "w@", "w@one", "w@-1", "w@1234567890", "w@１"])
def test_a_waiver_is_named_with_its_version(reference: str) -> None:
    asked = request(cip=EvidenceItem("cip", How.WAIVED, waiver=reference))
    assert reason(lambda: named_versions((*asked.evidence, *asked.checks))) == "waiver.form"


def test_the_versions_that_a_request_names_are_found() -> None:
    asked = request(cip=EvidenceItem("cip", How.WAIVED, waiver="x@7"))
    assert named_versions((*asked.evidence, *asked.checks)) == {1, 7}


def test_a_kit_cannot_waive() -> None:
    own = EvidenceItem("cip", How.WAIVED, waiver="mine@1")
    assert reason(lambda: check(request(cip=own))) == "waiver.unknown"
    other = EvidenceItem("cip", How.WAIVED, waiver="w@2")
    assert reason(lambda: check(request(cip=other))) == "waiver.policy"
    uncovered = EvidenceItem("id_chip", How.WAIVED, waiver="w@1")
    assert reason(lambda: check(request(id_chip=uncovered))) == "waiver.covers"


def test_a_waiver_holds_for_the_business_it_names() -> None:
    elsewhere = replace(POLICY, waivers=(replace(WAIVER, business=("ACC-02",)),))
    assert reason(lambda: check(request(), PolicyTime(elsewhere, NOW, None))) == "waiver.business"


@pytest.mark.parametrize(("day", "good"), [(30, True), (31, False)])
def test_a_waiver_holds_until_its_day_inclusive(day: int, good: bool) -> None:
    then = datetime(2026, 11, 30, 23, 59, tzinfo=UTC) + timedelta(days=day - 30)
    if good:
        check(request(), made_at=then, received_at=then)
    else:
        assert reason(lambda: check(request(), made_at=then, received_at=then)) == "waiver.expired"


def ended(hours_ago: float) -> PolicyTime:
    return PolicyTime(POLICY, NOW - timedelta(days=30), NOW - timedelta(hours=hours_ago))


def test_an_earlier_version_holds_for_what_was_made_while_it_was_current() -> None:
    check(request(), ended(2), made_at=NOW - timedelta(hours=3))
    assert reason(lambda: check(request(), ended(2), made_at=NOW - timedelta(hours=1))) == "waiver.superseded"


def test_a_kit_s_clock_is_believed_only_as_far_as_it_may_be_offline() -> None:
    check(request(), ended(71), made_at=NOW - timedelta(hours=72))
    assert reason(lambda: check(request(), ended(80), made_at=NOW - timedelta(hours=99))) == "waiver.superseded"


def test_without_an_offline_time_in_the_policy_a_kit_s_clock_is_not_believed_at_all() -> None:
    strict = PolicyTime(replace(POLICY, parameters={}), NOW, NOW - timedelta(hours=2))
    assert reason(lambda: check(request(), strict, made_at=NOW - timedelta(hours=3))) == "waiver.superseded"


def test_one_good_item_is_enough_beside_a_bad_one() -> None:
    asked = request()
    bad = EvidenceItem("id_chip", How.WAIVED, waiver="mine@1")
    check(replace(asked, evidence=(bad, *asked.evidence)))


def test_what_follows_the_core_is_asked_for_afterwards() -> None:
    late = tuple(EvidenceItem(name, How.WAIVED, waiver="w@1") for name in ENTRY.needs if name in AFTER_CORE)
    check_late_steps(ENTRY, late, {1: CURRENT}, When(NOW, NOW))
    assert reason(lambda: check_late_steps(ENTRY, late[1:], {1: CURRENT}, When(NOW, NOW))) == "evidence.missing"
