"""Codes on telephones at a whole central: sent, judged, kept as digests."""

from __future__ import annotations

import re
import sqlite3
from typing import Any

from padkit_central.store import Store
from padkit_contract.checks import Verdict, about_mark
from padkit_contract.messages import Outcome
from padkit_contract.phone import JUDGE, SEND, CodeTyped, CodeWanted

PHONE = "13900000000"
WANTED = CodeWanted("S1", PHONE)


def read(core: Any) -> str:
    """Return the code of the last short message."""
    return re.search(r"[0-9]{6}", core.messages[-1]["text"]).group()  # type: ignore[union-attr]


async def judged(kit: Any, code: str) -> tuple[bool, int]:
    reply = await kit.ask(JUDGE, CodeTyped("S1", code))
    assert reply.outcome is Outcome.OK, reply
    return reply.fields["judged"]["right"], reply.fields["judged"]["left"]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


async def test_the_right_code_is_kept_as_a_check_of_that_telephone(central: Any, core: Any) -> None:
    async with central.kit() as kit:
        reply = await kit.ask(SEND, WANTED)
        assert (reply.outcome, reply.fields["sent"]["seconds"]) == (Outcome.OK, 300)
        assert core.messages[-1]["number"] == PHONE
        assert await judged(kit, read(core)) == (True, 0)
        again = await kit.ask(JUDGE, CodeTyped("S1", read(core)))
    assert again.code == "phone.none"  # it was used
    store = Store(central.config.database, ids=central.ids, at=lambda: central.clock.now().isoformat())
    row = (await store.checks.of("demo", "S1"))["otp_phone"]
    await store.stop()
    assert (row.verdict, row.mark) == (Verdict.PASSED, about_mark("demo", "S1", "otp_phone", {"phone": PHONE}))


async def test_three_tries_and_it_has_ended(central: Any, core: Any) -> None:
    async with central.kit() as kit:
        await kit.ask(SEND, WANTED)
        code = read(core)
        assert [await judged(kit, wrong(code)) for _ in range(3)] == [(False, 2), (False, 1), (False, 0)]
        assert (await kit.ask(JUDGE, CodeTyped("S1", code))).code == "phone.none"
        central.clock.go(31)
        await kit.ask(SEND, WANTED)
        assert await judged(kit, read(core)) == (True, 0)


async def test_it_ends_after_five_minutes(central: Any, core: Any) -> None:
    async with central.kit() as kit:
        await kit.ask(SEND, WANTED)
        central.clock.go(301)
        assert (await kit.ask(JUDGE, CodeTyped("S1", read(core)))).code == "phone.none"


async def test_they_are_sent_at_a_pace_and_not_without_end(central: Any, core: Any) -> None:
    async with central.kit() as kit:
        await kit.ask(SEND, WANTED)
        assert (await kit.ask(SEND, WANTED)).code == "phone.too_soon"
        for _ in range(4):
            central.clock.go(31)
            assert (await kit.ask(SEND, WANTED)).outcome is Outcome.OK
        central.clock.go(31)
        assert (await kit.ask(SEND, WANTED)).code == "phone.too_many"
    assert len(core.messages) == 5


async def test_what_is_no_number_or_no_code_is_refused(central: Any, core: Any) -> None:
    async with central.kit() as kit:
        for number in ("", "2390000000", "139000000000", "1390000000a"):
            assert (await kit.ask(SEND, CodeWanted("S1", number))).code == "phone.form"
        assert (await kit.ask(SEND, CodeWanted("a b", PHONE))).code == "serial.form"
        assert (await kit.ask(JUDGE, CodeTyped("S1", "12345"))).code == "phone.form"
        assert (await kit.ask(JUDGE, CodeTyped("S1", "123456"))).code == "phone.none"
    assert core.messages == []


async def test_one_that_nobody_sent_is_told(central: Any, core: Any) -> None:
    core.faults.append("no_sms")
    async with central.kit() as kit:
        reply = await kit.ask(SEND, WANTED)
    assert (reply.outcome, reply.code) == (Outcome.REFUSED, "phone.not_sent")


async def test_neither_code_nor_number_is_in_the_database_or_the_log(central: Any, core: Any, log: Any) -> None:
    async with central.kit() as kit:
        await kit.ask(SEND, WANTED)
    code = read(core)
    with sqlite3.connect(central.config.database) as connection:
        dumped = "\n".join(connection.iterdump())
    connection.close()
    assert PHONE not in dumped
    assert f"'{code}'" not in dumped
    assert PHONE not in str(log.lines)
    assert code not in str([line for line in log.lines if line["event"] == "phone.sent"])
