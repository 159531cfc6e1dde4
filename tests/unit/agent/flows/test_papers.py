"""Documents of a flow: set from its fields, set again as they were, kept with the hand in them."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from msgspec.structs import replace

from padkit_agent.core import events as ev
from padkit_agent.core.clock import Clock
from padkit_agent.core.flow import Flow
from padkit_agent.core.paper import Paper
from padkit_agent.flows.papers import PDF, SERIES, Papers
from padkit_agent.store import Files, KeyVault, KitStore
from padkit_contract.crypto import sm3
from padkit_sdk.errors import Refused

from .hand import signature_for

SPOKEN = "13800000000"
FORM: dict[str, Any] = {
    "phone": SPOKEN,
    "occupation": "farmer",
    "home_addr": "虚构省样例市测试路1号",
    "open_purpose": "farming",
    "tax_residency": "cn_only",
    "acct_class": "I",
    "card_product": "DEBIT-DEMO",
    "limit_day": "5000.00",
}
CHIP = {"name": "测试甲", "sex": "1", "birth_date": "19900307", "cert_no": "999999199003071234", "cert_end": "长期"}
UNSET = Paper("sign_form", "D-APPLY-OPEN", "2026-11-22", "示例银行", 10, elder=False)


def flow_of(paper: Paper | None = UNSET, **changed: Any) -> Flow:
    return Flow("F1", "ACC-01", "S1", "R1", 3, {**FORM, **changed}, identity=CHIP, paper=paper)


@pytest_asyncio.fixture
async def files(tmp_path: Path, document_fonts: None) -> AsyncIterator[Files]:
    store = KitStore.open(tmp_path / "kit.db", KeyVault(bytes(16), secrets.token_bytes), max_mb=64)
    yield store.files
    store.close()


async def no_sleep(_: float) -> None:
    """Nothing here waits."""


@pytest.fixture
def papers(files: Files) -> Papers:
    return Papers(files, Clock(lambda: 1_795_334_400.0, lambda: 0.0, no_sleep))


async def set_in(papers: Papers, flow: Flow) -> Flow:
    event = await papers.set(flow)
    assert isinstance(event, ev.DocumentSet), event
    assert flow.paper is not None
    known = {"version": event.version, "template": event.template, "digest": event.digest}
    return replace(flow, paper=replace(flow.paper, **known))


async def test_a_document_is_set_and_set_again_as_it_was(papers: Papers) -> None:
    flow = await set_in(papers, flow_of())
    assert flow.paper is not None
    read = await papers.read(flow)
    assert (read.pdf_sm3, sm3(read.pdf).hex()) == (flow.paper.digest, flow.paper.digest)
    assert (read.document, read.version) == ("D-APPLY-OPEN", 2)
    pages = await papers.pages(flow)
    assert pages
    assert all(it.startswith(b"\x89PNG") for it in pages)
    assert (await papers.title(flow))["en"].startswith("Account opening")


async def test_a_field_that_changed_is_another_document(papers: Papers) -> None:
    flow = await set_in(papers, flow_of())
    changed = replace(flow, inputs={**flow.inputs, "phone": "13800000001"})
    for asked in (papers.read, papers.pages):
        with pytest.raises(Refused) as refused:
            await asked(changed)
        assert refused.value.reason == "document.changed"


async def test_nothing_is_shown_before_the_digest_is_in_the_journal(papers: Papers) -> None:
    for flow in (flow_of(), flow_of(None)):
        with pytest.raises(Refused) as refused:
            await papers.read(flow)
        assert refused.value.reason == "document.none"


async def test_what_a_template_does_not_take_is_told_without_its_value(papers: Papers) -> None:
    event = await papers.set(flow_of(phone=f"{SPOKEN} "))
    assert isinstance(event, ev.DocumentNotSet)
    assert event.why.startswith("document.field_character: document D-APPLY-OPEN, field phone")
    assert SPOKEN not in event.why


async def test_what_was_signed_is_kept_with_its_hand_and_found_again(papers: Papers, files: Files) -> None:
    flow = await set_in(papers, flow_of())
    assert flow.paper is not None
    assert await papers.signed(flow) is None
    signature = signature_for(flow.paper.digest)
    event = await papers.keep(flow, signature)
    assert isinstance(event, ev.DocumentSigned)
    assert (event.read, event.binding) == (flow.paper.digest, signature.binding.hex())
    assert await papers.signed(flow) == event
    series, pdf = await files.of("F1")
    assert (series.media, pdf.media, pdf.sm3) == (SERIES, PDF, event.signed)
    assert await files.read("F1", series.sm3) == signature.series.data
    kept = await files.read("F1", pdf.sm3)
    assert sm3(kept).hex() == event.signed != event.read
    assert pdf.about["read"] == event.read


async def test_a_signature_counts_for_its_document_and_its_round_alone(papers: Papers) -> None:
    flow = await set_in(papers, flow_of())
    assert flow.paper is not None
    await papers.keep(flow, signature_for(flow.paper.digest))
    assert await papers.signed(replace(flow, round=1)) is None
    assert await papers.signed(replace(flow, paper=replace(flow.paper, digest="00" * 32))) is None
    assert await papers.signed(replace(flow, paper=replace(flow.paper, item="sign_terms"))) is None


async def test_a_hand_that_cannot_be_set_is_not_kept(papers: Papers, files: Files) -> None:
    flow = await set_in(papers, flow_of())
    assert flow.paper is not None
    event = await papers.keep(flow, signature_for(flow.paper.digest, png=b"no picture"))
    assert isinstance(event, ev.DocumentNotSet)
    assert event.why.startswith("document.handwriting")
    assert await files.of("F1") == ()
