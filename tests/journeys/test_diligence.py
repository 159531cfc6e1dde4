"""Questions and form over the whole agent: who is looked at closely with services besides, and who pays taxes elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from journey import Journey
from office import LI, Office
from test_authorise import WAIT, Authorisers
from test_signing import Customer, journey_in, kept_of

from padkit_sim.demo.world import POLICY

pytestmark = [pytest.mark.timeout(600), pytest.mark.usefixtures("document_fonts")]
START = {"phone": "13800000000", "acct_class": "I"}
ANSWERS = {
    "purpose": "crop sales",
    "coached": False,
    "asked_to_lend": False,
    "income": "3000",
    "source": "the dealer",
    "own_phone": True,
    "aware": True,
}
FORM = {
    "home_addr": "虚构省样例市测试路1号",
    "acct_class": "I",
    "card_product": "DEBIT-DEMO",
    "limit_day": "900.00",
    "tax_residency": "cn_only",
}
DETAILS = {
    "surname": "Ceshi",
    "given_name": "Jia",
    "birth_place": "中国吉林省",
    "birth_place_latin": "Jilin, China",
    "address_latin": "1 Test Road",
    "country_1": "乌托邦",
    "tin_1": "none is issued",
}


def sheet(**changed: Any) -> dict[str, Any]:
    fields = {"open_purpose": "farming", "occupation": "farmer", "cdd_answers": {**ANSWERS, **changed}}
    return {"what": "cdd_questions", "choice": "answered", "by": ["Li Hua"], "fields": fields}


def form(**changed: Any) -> dict[str, Any]:
    return {"what": "form", "choice": "filled", "by": ["Li Hua"], "fields": {**FORM, **changed}}


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def standing(tmp_path_factory) -> AsyncIterator[Journey]:
    played = journey_in(tmp_path_factory.mktemp("diligence"), POLICY.read_text(encoding="utf-8"))
    async with played.world:
        await Office(played).open()
        yield played


@pytest_asyncio.fixture(loop_scope="session")
async def asked(standing: Journey) -> AsyncIterator[Journey]:
    await standing.begin()
    standing.hands = Customer(standing)
    yield standing
    await standing.clean_up()


def documents(journey: Journey) -> list[str]:
    return [it["note"].split()[0] for it in journey.seen("document_signed")]


async def test_who_is_looked_at_closely_needs_two_whatever_is_waived_and_signs_for_his_services(asked: Journey) -> None:
    desk = Authorisers(asked)
    answers = sheet(asked_to_lend=True), form(products_chosen=["mobile"]), WAIT
    opening = asyncio.create_task(asked.open(*answers, form=START))
    name = await desk.waiting()
    await desk.decide("approve", name=name)
    await desk.do("take", name, by=LI)
    told = await desk.do("approve", name, "--yes", by=LI)
    assert (await opening)["phase"] == "CLOSED"
    assert told["line"]["needs"] == 2
    assert documents(asked)[-2:] == ["D-APPLY-EBANK", "D-EBANK-TERMS"]
    inputs = kept_of(asked).flow.inputs
    assert (inputs["cdd_level"], inputs["cdd_answers"]["asked_by"]) == ("enhanced", "Li Hua")
    await asked.compare()


async def test_who_pays_taxes_elsewhere_declares_it_and_gets_a_card(asked: Journey) -> None:
    answers = sheet(), form(tax_residency="both", tax_details=DETAILS)
    assert (await asked.open(*answers, form=START))["phase"] == "CLOSED"
    assert documents(asked)[-1] == "D-CRS"
    assert kept_of(asked).flow.inputs["cdd_level"] == "simplified"
    await asked.compare()
