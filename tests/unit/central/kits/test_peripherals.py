"""Where a peripheral is: the rules, and what a whole central writes down of what its kits say."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_central.kits.peripherals import RETIRED, TWICE, check_words, decided, judge, key_of
from padkit_central.store import DeviceKey, DeviceRow, DeviceState, Happened, Store, read_books
from padkit_contract.contact import CONTACT, DeviceWord
from padkit_contract.errors import Invalid
from padkit_contract.messages import Outcome

from .test_contact import said

BOX = DeviceWord("box", "card_dispenser", "CRT-591", "BX-1", "1.2")
PAD = DeviceWord("pad", "signature_pad", "STU-430")
KEY = DeviceKey("CRT-591", "BX-1")
T0, T1, LATER = "2026-11-22T08:00:00.000Z", "2026-11-22T08:01:00.000Z", "2026-11-22T09:00:00.000Z"
AT_ONE = DeviceRow(KEY, DeviceState.REGISTERED, "kit-1", T0, plugin="card_dispenser", firmware="1.2")


def heard(row: DeviceRow | None, *words: DeviceWord, kit: str = "kit-1", spoke_at: str = T0, at: str = T1) -> list[Any]:
    known = {row.key: row} if row else {}
    return judge(known, {row.kit: spoke_at} if row else {}, kit=kit, said=words, at=at)


def test_a_device_that_nobody_knew_is_found_where_it_works() -> None:
    (change,) = heard(None, BOX)
    assert (change.row.kit, change.row.state, change.event.what) == ("kit-1", DeviceState.FOUND, Happened.FOUND)
    assert heard(change.row, BOX) == []


def test_what_is_not_said_any_more_has_left_and_comes_back_without_a_line() -> None:
    (gone,) = heard(AT_ONE)
    assert (gone.row.left_at, gone.event) == (T1, None)
    (back,) = heard(gone.row, BOX)
    assert (back.row, back.event) == (AT_ONE, None)


def test_a_box_that_left_one_kit_moves_to_another() -> None:
    (change,) = heard(replace(AT_ONE, left_at=T0), BOX, kit="kit-2")
    assert (change.row.kit, change.row.since, change.row.left_at, change.case) == ("kit-2", T1, "", "")
    assert (change.event.what, change.event.before, change.event.kit) == (Happened.MOVED, "kit-1", "kit-2")


def test_a_box_moves_from_a_kit_that_has_not_spoken_for_long() -> None:
    (change,) = heard(AT_ONE, BOX, kit="kit-2", at=LATER)
    assert (change.event.what, change.row.kit) == (Happened.MOVED, "kit-2")


def test_a_box_at_two_kits_at_once_is_a_case_and_moves_nowhere() -> None:
    (change,) = heard(AT_ONE, BOX, kit="kit-2")
    assert (change.row.kit, change.row.claimed_by, change.case) == ("kit-1", "kit-2", TWICE)
    assert heard(change.row, BOX, kit="kit-2") == []  # said once
    known = {KEY: change.row}
    assert [it.row for it in judge(known, {"kit-1": T0}, kit="kit-2", said=(), at=T1)] == [AT_ONE]  # it says so no more


def test_a_retired_device_that_works_is_a_case_wherever_it_comes_up() -> None:
    retired = replace(AT_ONE, state=DeviceState.RETIRED, left_at=T0)
    assert [it.case for it in heard(retired, BOX)] == [RETIRED]
    assert [it.case for it in heard(retired, BOX, kit="kit-2")] == [RETIRED]


def test_another_firmware_is_a_line() -> None:
    (change,) = heard(AT_ONE, DeviceWord("box", "card_dispenser", "CRT-591", "BX-1", "1.3"))
    assert (change.event.what, change.event.detail, change.row.firmware) == (Happened.FIRMWARE, "1.2 to 1.3", "1.3")


def test_one_without_a_number_is_known_by_its_place() -> None:
    assert key_of("kit-1", PAD) != key_of("kit-2", PAD)
    assert key_of("kit-1", PAD).name == "STU-430 at kit-1/pad"


def test_a_person_registers_and_retires_and_nothing_twice() -> None:
    row, event = decided(None, KEY, DeviceState.REGISTERED, reason="", by="keeper", at=T0)
    assert (row.state, row.kit, event.what, event.by) == (DeviceState.REGISTERED, "", Happened.REGISTERED, "keeper")
    with pytest.raises(Invalid, match="registered already"):
        decided(row, KEY, DeviceState.REGISTERED, reason="", by="keeper", at=T0)
    row, event = decided(row, KEY, DeviceState.RETIRED, reason="lost", by="keeper", at=T1)
    assert (row.state, row.reason, event.what) == (DeviceState.RETIRED, "lost", Happened.RETIRED)


@pytest.mark.parametrize(
    "words",
    [
        [DeviceWord(f"d{number}", "p", "m") for number in range(33)],
        [DeviceWord("box", "p", "m" * 65)],
        [DeviceWord("box", "p", "m", "\x1b[31m")],
    ],
)
def test_more_than_a_kit_has_is_refused(words: list[DeviceWord]) -> None:
    with pytest.raises(Invalid) as caught:
        check_words(words)
    assert caught.value.reason == "contact.form"


@given(
    st.lists(st.tuples(st.sampled_from(["kit-1", "kit-2", "kit-3"]), st.booleans(), st.integers(0, 400)), max_size=30)
)
def test_a_device_is_at_one_kit_and_its_history_leads_there(steps: list[tuple[str, bool, int]]) -> None:
    """Whatever kits say in whatever order: the moves are one line without a gap, and end where the record says."""
    row: DeviceRow | None = None
    spoke_s: dict[str, int] = {}
    second, path = 0, []
    for kit, has, pause_s in steps:
        second += pause_s
        at = _at(second)
        spoke_at = {name: _at(then) for name, then in spoke_s.items()}
        for change in judge({KEY: row} if row else {}, spoke_at, kit=kit, said=(BOX,) if has else (), at=at):
            row = change.row
            if change.event is not None and change.event.what in (Happened.FOUND, Happened.MOVED):
                path.append((change.event.before, change.event.kit))
        spoke_s[kit] = second
    assert all(before == former for (_, former), (before, _) in itertools.pairwise(path))
    assert (path[-1][1] if path else "") == (row.kit if row else "")


def _at(second: int) -> str:
    return f"2026-11-22T{8 + second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}.000Z"


async def test_a_box_that_moves_stands_in_both_kits_histories(central: Any) -> None:
    async with central.kit() as kit:
        assert (await kit.ask(CONTACT, said(central, devices=(BOX, PAD)))).outcome is Outcome.OK
        central.clock.go(60)
        assert (await kit.ask(CONTACT, said(central, devices=(PAD,)))).outcome is Outcome.OK
    central.clock.go(60)
    async with central.kit("kit-2") as kit:
        assert (await kit.ask(CONTACT, said(central, traits=(), devices=(BOX,)))).outcome is Outcome.OK
    store = Store(central.config.database, ids=central.ids, at=lambda: central.clock.now().isoformat())
    first, second = [await store.devices.history("demo", kit=name) for name in ("kit-1", "kit-2")]
    (row,) = await store.devices.rows("demo", "kit-2")
    await store.stop()
    assert [(it.what, it.key.model) for it in first] == [
        (Happened.FOUND, "CRT-591"), (Happened.FOUND, "STU-430"), (Happened.MOVED, "CRT-591"),
    ]  # fmt: skip
    assert [(it.what, it.before, it.kit) for it in second] == [(Happened.MOVED, "kit-1", "kit-2")]
    assert (row.key, row.kit, row.left_at) == (KEY, "kit-2", "")


async def test_two_kits_with_the_same_box_open_a_case_once(central: Any) -> None:
    async with central.kit() as one, central.kit("kit-2") as two:
        for _ in range(3):
            await one.ask(CONTACT, said(central, devices=(BOX,)))
            await two.ask(CONTACT, said(central, traits=(), devices=(BOX,)))
            central.clock.go(60)
    books = await asyncio.to_thread(read_books, central.config.database)
    assert [(it.kit, it.reason, it.detail) for it in books.cases] == [
        ("kit-2", TWICE, "CRT-591 BX-1 is said to work at kit-2 and works at kit-1")
    ]
