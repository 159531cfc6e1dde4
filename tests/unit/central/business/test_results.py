"""What a machine found is believed only with a result that says yes throughout; a forged or missing one is refused."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from padkit_central.business.results import check_result
from padkit_contract.errors import Invalid
from padkit_contract.messages import EvidenceItem, Field, How, Model, Result

from .test_steps import check, reason, request

MODELS = (Model("m", "ab" * 32, "ort 1"),)
LIVE = Result(passed=True, by="liveness", rule="rule 1", models=MODELS, score=0.9, threshold=0.85)
FRONT = (
    Field("name", "read", "same"),
    Field("number", "checked", "same"),
    Field("address", "read", "unsure", "similar"),
)
BACK = (Field("valid_from", "checked", "same"), Field("valid_to", "checked", "same"))
READ = Result(passed=True, by="ocr", rule="windows", models=MODELS, fields=FRONT)


def captured(name: str, result: Result | None, how: How = How.CAPTURED) -> EvidenceItem:
    return EvidenceItem(name, how, digest="00", result=result)


def refused(name: str, result: Result | None) -> str:
    with pytest.raises(Invalid) as caught:
        check_result("ACC-01", captured(name, result))
    return caught.value.reason


@pytest.mark.parametrize("name", ["face_live", "face_match_chip", "face_match_online"])
def test_a_face_passes_with_its_score(name: str) -> None:
    check(request(**{name: captured(name, LIVE)}))


def test_both_sides_of_a_document_pass_with_their_fields() -> None:
    both = {"id_ocr_front": READ, "id_ocr_back": replace(READ, fields=BACK)}
    check(request(**{name: captured(name, result) for name, result in both.items()}))
    rare = (Field("name", "read", "not_compared", "rare"), FRONT[1])
    check(request(id_ocr_front=captured("id_ocr_front", replace(READ, fields=rare))))


@pytest.mark.parametrize("how", [How.CAPTURED, How.TEST_DATA])
@pytest.mark.parametrize("name", ["face_live", "face_match_chip", "face_match_online", "id_ocr_front", "id_ocr_back"])
def test_without_a_result_nothing_is_believed(name: str, how: How) -> None:
    assert reason(lambda: check(request(**{name: captured(name, None, how)}))) == "evidence.result"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"passed": False}, "evidence.failed"),
        ({"score": 0.84}, "evidence.failed"),
        ({"score": 0.0, "threshold": 0.0}, "evidence.result"),
        ({"threshold": -1.0}, "evidence.result"),
        ({"score": float("inf")}, "evidence.result"),
        ({"models": ()}, "evidence.result"),
        ({"models": (Model("m", "ab", "ort 1"),)}, "evidence.result"),
        ({"models": (Model("m", "ab" * 32, ""),)}, "evidence.result"),
        ({"by": ""}, "evidence.result"),
        ({"rule": ""}, "evidence.result"),
    ],
)
def test_a_face_s_result_that_says_no_or_cannot_be_is_refused(change: dict[str, Any], why: str) -> None:
    assert refused("face_match_chip", replace(LIVE, **change)) == why


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ((), "evidence.result"),
        (FRONT[:1], "evidence.result"),
        ((*FRONT, FRONT[1]), "evidence.result"),
        ((FRONT[0], Field("number", "read", "same")), "evidence.failed"),
        ((FRONT[0], Field("number", "doubtful", "same")), "evidence.failed"),
        ((FRONT[0], Field("number", "checked", "different", "text")), "evidence.failed"),
        ((FRONT[0], Field("number", "checked", "unsure", "rare")), "evidence.failed"),
        ((FRONT[1], Field("name", "missing", "not_read", "missing")), "evidence.failed"),
        ((*FRONT[:2], Field("birth", "read", "different", "text")), "evidence.failed"),
    ],
)
def test_a_front_that_does_not_agree_with_the_chip_is_refused(fields: tuple[Field, ...], why: str) -> None:
    assert refused("id_ocr_front", replace(READ, fields=fields)) == why


def test_a_back_without_its_dates_is_refused() -> None:
    assert refused("id_ocr_back", replace(READ, fields=BACK[:1])) == "evidence.result"


def test_another_sitting_or_two_people_stand_in_for_what_failed_a_waiver_does_not() -> None:
    asked = request()
    unlike = captured("face_match_chip", replace(LIVE, passed=False, score=0.1))
    waived = replace(asked, evidence=(unlike, *asked.evidence))
    assert reason(lambda: check(waived)) == "evidence.failed"
    assert reason(lambda: check(replace(asked, evidence=(*asked.evidence, unlike)))) == "evidence.failed"
    for good in (captured("face_match_chip", LIVE), EvidenceItem("face_match_chip", How.ALTERNATIVE, note="A + B")):
        check(replace(waived, evidence=(*waived.evidence, good)))
