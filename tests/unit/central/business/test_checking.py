"""The online checks at a whole central: asked of the bank, kept, and no more told than a kit must know."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from padkit_central.store import CheckRow, Store, read_books
from padkit_contract.checks import CHECK, DECLINED, CheckAnswer, CheckQuestion, CheckResult, Verdict
from padkit_contract.messages import Outcome, Reply

LISTS = ("fraud_list", "gray_list", "aml_screen")
ALL = ("cip", "account_count", *LISTS, "phone_match", "geo")
WELL = {
    "cip": "consistent", "account_count": "within", "phone_match": "same_person", **dict.fromkeys(LISTS, "clear"),
}  # fmt: skip
CUSTOMER = {"name": "TEST ONLY", "cert_no": "11010519491231002X", "phone": "13900000000"}


def asked(*names: str, **changed: Any) -> CheckQuestion:
    return msgspec.structs.replace(CheckQuestion("S1", "ACC-01", names, CUSTOMER), **changed)


def told(reply: Reply) -> tuple[CheckResult, ...]:
    assert reply.outcome is Outcome.OK, reply
    return msgspec.convert(reply.fields["checked"], CheckAnswer).results


async def kept(central: Any) -> dict[str, CheckRow]:
    store = Store(central.config.database, ids=central.ids, at=lambda: central.clock.now().isoformat())
    rows = await store.checks.of("demo", "S1")
    await store.stop()
    return rows


async def test_each_check_is_asked_of_the_bank_and_its_serial_kept(central: Any, core: Any) -> None:
    core.found = WELL
    async with central.kit() as kit:
        results = told(await kit.ask(CHECK, asked(*ALL)))
    assert [(it.name, it.verdict, it.code) for it in results[:2]] == [
        ("cip", Verdict.PASSED, "cip.consistent"),
        ("account_count", Verdict.PASSED, "account_count.within"),
    ]
    assert (results[-1].verdict, results[-1].code) == (Verdict.MARKED, "geo.no_position")
    rows = await kept(central)
    assert rows.keys() == set(ALL)
    assert rows["cip"].system_serial == "CHK1"
    assert [it["fields"] for it in core.calls("check")] == [CUSTOMER] * 6


@pytest.mark.parametrize(
    ("name", "finding", "verdict"),
    [
        ("cip", "no_photo", Verdict.MARKED),
        ("cip", "name_mismatch", Verdict.FAILED),
        ("cip", "no_such_number", Verdict.FAILED),
        ("cip", "what is this", Verdict.UNAVAILABLE),
        ("account_count", "over", Verdict.FAILED),
        ("phone_match", "other_person", Verdict.MARKED),
    ],
)
async def test_what_a_finding_means(central: Any, core: Any, name: str, finding: str, verdict: Verdict) -> None:
    core.found = {name: finding}
    async with central.kit() as kit:
        (result,) = told(await kit.ask(CHECK, asked(name)))
    assert result.verdict is verdict


@pytest.mark.parametrize(
    ("name", "verdict"), [("cip", "unavailable"), ("fraud_list", "unavailable"), ("gray_list", "passed")]
)
async def test_a_system_that_is_down_stops_what_the_catalogue_lets_it_stop(
    central: Any, name: str, verdict: str
) -> None:
    async with central.kit() as kit:
        (result,) = told(await kit.ask(CHECK, asked(name)))
    assert result.verdict.value == verdict


@pytest.mark.parametrize("guilty", ["fraud_list", "aml_screen"])
async def test_which_list_said_no_only_the_centre_knows(central: Any, core: Any, guilty: str) -> None:
    core.found = {**WELL, guilty: "hit"}
    async with central.kit() as kit:
        results = told(await kit.ask(CHECK, asked(*LISTS)))
    assert {(it.verdict, it.code, it.system_serial) for it in results} == {(Verdict.FAILED, DECLINED, "")}
    books = await asyncio.to_thread(read_books, central.config.database)
    assert [(it.reason, it.detail) for it in books.cases] == [("check.hit", guilty)]
    assert (await kept(central))[guilty].code == f"{guilty}.hit"


@pytest.mark.parametrize("asked_for", LISTS)
async def test_lists_that_are_asked_one_by_one_tell_no_more(central: Any, core: Any, asked_for: str) -> None:
    core.found = {**WELL, "aml_screen": "hit"}
    async with central.kit() as kit:
        (result,) = told(await kit.ask(CHECK, asked(asked_for)))
    assert (result.name, result.verdict, result.code) == (asked_for, Verdict.FAILED, DECLINED)


async def test_a_grey_list_is_the_centre_s_too(central: Any, core: Any) -> None:
    core.found = {**WELL, "gray_list": "hit"}
    async with central.kit() as kit:
        (result,) = told(await kit.ask(CHECK, asked("gray_list")))
    assert (result.verdict, result.code) == (Verdict.PASSED, "gray_list.clear")
    assert (await kept(central))["gray_list"].verdict is Verdict.MARKED


async def test_the_last_word_counts(central: Any, core: Any) -> None:
    async with central.kit() as kit:
        for finding in ("consistent", "name_mismatch"):
            core.found = {"cip": finding}
            await kit.ask(CHECK, asked("cip"))
    assert (await kept(central))["cip"].verdict is Verdict.FAILED


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (asked(), "check.names"),
        (asked("cip", "cip"), "check.names"),
        (asked("stock"), "check.names"),
        (asked("wealth_fit"), "check.names"),
        (asked("cip", serial="a b"), "serial.form"),
        (asked("cip", business="ACC-99"), "business.unknown"),
        (asked("cip", customer={"shoe_size": "43"}), "check.customer"),
        (asked("cip", customer={"name": "x" * 257}), "check.customer"),
        (asked("cip", customer={"name": ["x"]}), "check.customer"),
    ],
)
async def test_what_is_no_question_is_refused(central: Any, core: Any, question: CheckQuestion, code: str) -> None:
    async with central.kit() as kit:
        reply = await kit.ask(CHECK, question)
    assert (reply.outcome, reply.code) == (Outcome.INVALID, code)
    assert core.calls("check") == []
