"""What screens are told of a flow."""

from __future__ import annotations

from msgspec.structs import replace

from padkit_agent.core.flow import Flow, with_evidence
from padkit_agent.core.phases import Phase
from padkit_agent.flows.telling import ComparedField, view
from padkit_contract.messages import EvidenceItem, Field, How, Result

FLOW = Flow("f1", "ACC-01", "S1", "R1", 1, {}, Phase.ID_READ)


def picture(side: str, *fields: Field) -> EvidenceItem:
    return EvidenceItem(f"id_ocr_{side}", How.CAPTURED, "00", result=Result(True, "ocr", "chip", (), fields=fields))


def test_each_side_is_told_by_its_last_picture_and_without_a_text() -> None:
    flow = with_evidence(
        FLOW,
        picture("front", Field("number", "checked", "different", "text")),
        picture("back", Field("valid_to", "read", "unsure", "confidence")),
        picture("front", Field("name", "read", "same"), Field("number", "checked", "same")),
    )
    assert view(flow, None).compared == (
        ComparedField("id_front", "name", "same", ""),
        ComparedField("id_front", "number", "same", ""),
        ComparedField("id_back", "valid_to", "unsure", "confidence"),
    )


def test_a_waived_side_is_no_comparison() -> None:
    waived = replace(FLOW, evidence=(EvidenceItem("id_ocr_front", How.WAIVED, waiver="demo@1"),))
    assert view(waived, None).compared == ()
