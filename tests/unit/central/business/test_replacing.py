"""A replacement at a whole central: the new card is the stock's, the old one is done with, and a lost one has its number."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from padkit_central.business import put_policy
from padkit_central.business.policies import PolicyDraft
from padkit_central.store import AccountState, StockCard, Store, read_books
from padkit_contract.catalogue import load_catalogue
from padkit_contract.checks import CHECK, CheckAnswer, CheckQuestion, CheckResult, Verdict, about_mark
from padkit_contract.messages import (
    CARD_OPEN,
    REVERSAL,
    EvidenceItem,
    How,
    Outcome,
    Reply,
    Request,
    Waiver,
)

from .test_transact import C3, reserve

REPLACE, REISSUE = "ACC-03", "ACC-04"
OLD, NEW = "6219990000000000010", "6219990000000000028"
PINS = {"pin_block": "00" * 16, "new_pin_block": "11" * 16}
WHO = {"cert_no": "11010519491231002X", "name": "测试甲"}
CATALOGUE = load_catalogue()


@pytest.fixture
async def replacing(prepared: Any) -> Any:
    """A central whose policy waives every step of a replacement."""
    store = Store(prepared.config.database, ids=prepared.ids, at=lambda: prepared.clock.now().isoformat())
    stored = await store.policy("demo")
    assert stored is not None
    old = msgspec.json.decode(stored.body)
    covers = tuple(name for name in CATALOGUE.entry(REPLACE).needs if name not in ("kit_policy", "stock"))
    waivers = tuple(msgspec.convert(it, Waiver) for it in old["waivers"])
    added = Waiver("all", (REPLACE, REISSUE), covers, "TEST ONLY", "test", "2099-12-31")
    await put_policy(store, PolicyDraft("demo", old["parameters"], (*waivers, added)), store.now())
    await store.stop()
    return prepared


def request(kit: Any, serial: str = "S2", **changed: Any) -> Request:
    entry = CATALOGUE.entry(REPLACE)
    items = tuple(EvidenceItem(name, How.WAIVED, waiver="all@2") for name in entry.needs)
    fields = {
        **WHO, "card_no": OLD, "new_card_no": NEW, "voucher_serial": "000002", "replace_reason": "damaged",
        "old_card_disposal": "cut", "pin_key_id": "K1",
    }  # fmt: skip
    return Request(serial, 1, kit.clock.now().isoformat(), {**fields, **changed}, items)


async def stock(central: Any) -> dict[str, StockCard]:
    books = read_books(central.config.database)
    return {card.card_no: card for card in books.cards}


async def opened(kit: Any, opening: Any) -> None:
    await reserve(kit)
    assert (await kit.ask(CARD_OPEN, opening(), C3)).outcome is Outcome.OK


async def test_the_new_card_lives_and_the_old_one_is_done_with(replacing: Any, core: Any, opening: Any) -> None:
    async with replacing.kit() as kit:
        await opened(kit, opening)
        await reserve(kit, "S2", NEW)
        reply: Reply = await kit.ask(REPLACE, request(kit), PINS)
    assert reply.outcome is Outcome.OK, reply
    assert reply.fields["new_card_no"] == NEW
    (sent,) = core.calls("CARD.REPLACE")
    assert sent["fields"].keys() == {
        *("card_no", "new_card_no", "voucher_serial", "replace_reason", "pin_key_id", "c3_sealed")
    }
    cards = await stock(replacing)
    assert (cards[OLD].account, cards[NEW].account) == (AccountState.REPLACED, AccountState.LIVE)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"new_card_no": OLD, "voucher_serial": "000001"}, "stock.used"),
        ({"voucher_serial": "000003"}, "stock.voucher"),
        ({"new_card_no": "6219990000000000093"}, "stock.unknown"),
    ],
)
async def test_only_a_free_card_of_the_kit_takes_another_one_s_place(
    replacing: Any, core: Any, opening: Any, changed: dict[str, str], code: str
) -> None:
    async with replacing.kit() as kit:
        await opened(kit, opening)
        await reserve(kit, "S2", NEW)
        reply = await kit.ask(REPLACE, request(kit, **changed), PINS)
    assert (reply.outcome, reply.code) == (Outcome.INVALID, code)
    assert not core.calls("CARD.REPLACE")


async def test_a_card_that_nobody_reserved_replaces_nothing(replacing: Any, core: Any, opening: Any) -> None:
    async with replacing.kit() as kit:
        await opened(kit, opening)
        reply = await kit.ask(REPLACE, request(kit), PINS)
    assert (reply.outcome, reply.code) == (Outcome.INVALID, "stock.reserved")
    assert not core.calls("CARD.REPLACE")


async def test_a_replacement_is_not_reversed(replacing: Any, core: Any, opening: Any) -> None:
    async with replacing.kit() as kit:
        await opened(kit, opening)
        await reserve(kit, "S2", NEW)
        await kit.ask(REPLACE, request(kit), PINS)
        waived = tuple(
            EvidenceItem(each, How.WAIVED, waiver="demo-authoriser@2") for each in ("fp_manager", "authoriser")
        )
        fields = {"orig_channel_serial": "S2", "remark": "not taken"}
        reply = await kit.ask(REVERSAL, Request("R2", 1, kit.clock.now().isoformat(), fields, waived))
    assert (reply.outcome, reply.code) == (Outcome.INVALID, "reversal.nothing")
    assert not core.calls("TXN.REVERSE")


def told(reply: Reply) -> CheckResult:
    assert reply.outcome is Outcome.OK, reply
    (result,) = msgspec.convert(reply.fields["checked"], CheckAnswer).results
    return result


@pytest.mark.parametrize(
    ("finding", "fields", "verdict", "code"),
    [
        ("lost", {"card_no": OLD, "loss_no": "L1", "acct_no": "8"}, Verdict.PASSED, "card_state.lost"),
        ("lost", {"card_no": OLD}, Verdict.FAILED, "card_state.no_loss_number"),
        ("normal", {"card_no": OLD, "loss_no": "L1"}, Verdict.FAILED, "card_state.not_lost"),
        ("dormant", {}, Verdict.FAILED, "card_state.not_lost"),
        ("controlled", {}, Verdict.FAILED, "card_state.controlled"),
        ("no_such_card", {}, Verdict.FAILED, "card_state.no_such_card"),
    ],
)
async def test_a_reissue_works_on_a_formal_report_of_loss_and_on_nothing_else(
    replacing: Any, core: Any, finding: str, fields: dict[str, str], verdict: Verdict, code: str
) -> None:
    core.found = {"card_state": finding}
    core.told = fields
    async with replacing.kit() as kit:
        result = told(await kit.ask(CHECK, CheckQuestion("S2", REISSUE, ("card_state",), dict(WHO))))
        again = told(await kit.ask(CHECK, CheckQuestion("S3", REPLACE, ("card_state",), {**WHO, "card_no": OLD})))
    assert (result.verdict, result.code) == (verdict, code)
    assert result.found == {name: value for name, value in fields.items() if name in ("card_no", "loss_no")}
    assert (again.verdict is Verdict.FAILED) is (finding not in ("normal", "dormant"))
    assert again.found == {}


async def test_the_check_is_about_the_card_that_it_found(replacing: Any, core: Any) -> None:
    """The request names the card, the question could not: central's own record must fit the request."""
    core.found, core.told = {"card_state": "lost"}, {"card_no": OLD, "loss_no": "L1"}
    async with replacing.kit() as kit:
        await kit.ask(CHECK, CheckQuestion("S2", REISSUE, ("card_state",), dict(WHO)))
        await kit.ask(CHECK, CheckQuestion("S3", REISSUE, ("card_state",), {**WHO, "card_no": OLD}))
    store = Store(replacing.config.database, ids=replacing.ids, at=lambda: replacing.clock.now().isoformat())
    rows = [(await store.checks.of("demo", serial))["card_state"] for serial in ("S2", "S3")]
    await store.stop()
    for serial, row in zip(("S2", "S3"), rows, strict=True):
        assert row.mark == about_mark("demo", serial, "card_state", {**WHO, "card_no": OLD})
