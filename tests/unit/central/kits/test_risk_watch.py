"""Risk at a whole central on loopback: what a kit says is judged, and what its level asks for is ordered."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result
from ordered_kit import OrderedKit

from padkit_central.cli import main
from padkit_central.config import Risk
from padkit_central.risk import DEFAULT_RULES
from padkit_central.store import first_break
from padkit_contract.commands import Lock, Progress, Standing
from padkit_contract.contact import CONTACT, ChainHead, Contact, trait_mark
from padkit_contract.messages import Outcome
from padkit_contract.risk import MAX_FIXES, Counts, Fix

MARKS = tuple(trait_mark("kit-1", "disk", f"serial-{number}") for number in range(5))
AREAS = "\nareas:\n  demo: [[30, 110], [30, 111], [31, 111], [31, 110]]\n"
RULES = DEFAULT_RULES.read_text(encoding="utf-8") + AREAS
TWO_AT_NIGHT = 18 * 3600  # UTC, for a province at UTC+8


def said(central: Any, lat: float = 30.5, **changed: Any) -> Contact:
    now = central.clock.now()
    fix = Fix(int(now.timestamp()), lat, 110.5, 10.0)
    contact = Contact(
        "1.0", now.isoformat(), "boot-1", MARKS, ChainHead(0, ""), Standing(), has_escrow=True, fixes=(fix,)
    )
    return msgspec.structs.replace(contact, **changed)


def go_to_two_at_night(central: Any) -> None:
    second = int(central.clock.now().timestamp())
    central.clock.go((TWO_AT_NIGHT - second) % 86_400)


async def drive_out(central: Any, kit: Any, steps: int = 12) -> None:
    for step in range(steps):
        reply = await kit.ask(CONTACT, said(central, 30.9 + 0.03 * step))
        assert reply.outcome is Outcome.OK, reply
        central.clock.go(300)


@pytest.fixture
def signed(parties: Path, tmp_path: Path) -> Risk:
    """Settings by which ann signs for the engine."""
    folder = tmp_path / "operators"
    folder.mkdir()
    (folder / "demo").symlink_to(parties / "ann")
    return Risk(str(folder), str(parties / "password"))


@pytest.fixture
def told(config: Any, tmp_path: Path) -> Callable[..., Any]:
    """Return a runner of `padkit-central risk`, in a thread of its own."""
    file, rules = tmp_path / "central.toml", tmp_path / "rules.yaml"
    rules.write_text(RULES, encoding="utf-8")
    file.write_text(
        f'entities = ["demo"]\ndatabase = "central.db"\nparty = "{config.party}"\n'
        f'password_file = "{config.password_file}"\n[core]\nurl = "{config.core.url}"\n',
        encoding="utf-8",
    )

    async def invoke(*words: str, ends: int = 0) -> str:
        given = [str(rules) if word == "RULES" else word for word in words]
        result: Result = await asyncio.to_thread(CliRunner().invoke, main, ["risk", *given, "--config", str(file)])
        assert result.exit_code == ends, result.output
        return result.output

    return invoke


BY = ("--by", "li.wei", "--reason", "a test")


async def activate(told: Callable[..., Any]) -> None:
    await told("rules", "shadow", "RULES", *BY)
    await told("rules", "put", "RULES", *BY)


async def test_a_kit_that_drives_out_of_its_county_at_two_at_night_is_locked(
    start: Any, office_of: Any, signed: Risk, told: Any, store: Any
) -> None:
    async with start(risk=signed) as central, office_of(central) as office, central.kit() as speaker:
        await activate(told)
        go_to_two_at_night(central)
        await drive_out(central, speaker)
        async with OrderedKit(speaker, central.clock.now) as kit:
            command = await kit.next()
            while not isinstance(command.order, Lock):
                await kit.apply(command)
                command = await kit.next()
            assert command.asked_by == "ann"
            assert "outside-at-night" in command.reason
            await kit.say(command, Progress.RECEIVED)
            await kit.apply(command)
        assert await office.state(command.id) == "applied"
        shown = json.loads(await told("show", "kit-1", "--json"))
    assert shown["stands"][0]["level"] == "R4"
    last = shown["changes"][0]
    assert (last["after"], last["action"]) == ("R4", "ordered")
    values = {it["rule"]: it["values"] for it in last["why"]}["outside-at-night"]
    assert values["night"] == 1
    assert values["outside_km"] > 5
    trail = await store.orders.trail("demo", 0, 1000)
    assert first_break(trail) is None
    assert {"risk.rules", "risk.level", "order.asked"} <= {row.what for row in trail}


async def test_in_shadow_nothing_follows(start: Any, signed: Risk, told: Any, store: Any) -> None:
    async with start(risk=signed) as central, central.kit() as kit:
        await told("rules", "shadow", "RULES", *BY)
        go_to_two_at_night(central)
        await drive_out(central, kit)
        assert "in shadow: outside-at-night" in await told("show", "kit-1")
    assert await store.orders.listed("demo", "", only_open=False) == []


async def test_what_was_found_in_shadow_is_found_again_when_the_set_acts(
    start: Any, signed: Risk, told: Any, store: Any
) -> None:
    async with start(risk=signed) as central, central.kit() as kit:
        await told("rules", "shadow", "RULES", *BY)
        go_to_two_at_night(central)
        await drive_out(central, kit)
        await told("rules", "put", "RULES", *BY)
        for _ in range(10):
            await kit.ask(CONTACT, said(central, 31.3))
            central.clock.go(300)
    found = await store.risks.changes("demo", "kit-1")
    assert {it.action.value for it in found if not it.shadow} == {"ordered"}
    assert max(it.after for it in found if not it.shadow) == max(it.after for it in found if it.shadow)


async def test_without_somebody_who_signs_measures_are_proposed(central: Any, told: Any, store: Any) -> None:
    await activate(told)
    go_to_two_at_night(central)
    async with central.kit() as kit:
        await drive_out(central, kit)
    found = await store.risks.changes("demo", "kit-1")
    assert {it.action.value for it in found} == {"proposed"}
    assert await store.orders.listed("demo", "", only_open=False) == []


async def test_an_override_holds_what_would_follow_and_an_objection_is_kept(
    start: Any, signed: Risk, told: Any, store: Any
) -> None:
    async with start(risk=signed) as central, central.kit() as kit:
        await activate(told)
        await kit.ask(CONTACT, said(central))
        await told("object", "kit-1", *BY)
        word = await told("override", "kit-1", "--level", "R0", "--hours", "72", "--dry-run", *BY)
        assert "nothing was written" in word
        assert len(await store.risks.words("demo", "kit-1")) == 1
        await told("override", "kit-1", "--level", "R0", "--hours", "72", *BY)
        go_to_two_at_night(central)
        await drive_out(central, kit)
        shown = await told("show", "kit-1")
    assert "li.wei objects: a test" in shown
    assert "overrides to R0" in shown
    found = await store.risks.changes("demo", "kit-1")
    assert {it.action.value for it in found} == {"held"}
    assert await store.orders.listed("demo", "", only_open=False) == []
    assert "nothing was judged" in await told("object", "kit-9", *BY, ends=1)


async def test_another_machine_is_a_hard_fact(start: Any, signed: Risk, told: Any, store: Any) -> None:
    async with start(risk=signed) as central, central.kit() as kit:
        await activate(told)
        await kit.ask(CONTACT, said(central))
        central.clock.go(60)
        assert (await kit.ask(CONTACT, said(central, traits=("f" * 64,)))).code == "clone.hardware"
    (change,) = await store.risks.changes("demo", "kit-1")
    assert (change.after, change.fact, change.measures) == (4, True, ("lock",))


async def test_a_cap_leaves_locks_to_people(start: Any, signed: Risk, told: Any, store: Any, tmp_path: Path) -> None:
    none = tmp_path / "none.yaml"
    none.write_text(RULES.replace("locks_per_hour: 5", "locks_per_hour: 0"), encoding="utf-8")
    async with start(risk=signed) as central, central.kit() as kit:
        await told("rules", "shadow", str(none), *BY)
        await told("rules", "put", str(none), *BY)
        await kit.ask(CONTACT, said(central))
        central.clock.go(60)
        await kit.ask(CONTACT, said(central, traits=("f" * 64,)))
    (change,) = await store.risks.changes("demo", "kit-1")
    assert (change.after, change.action.value) == (4, "proposed")


async def test_a_set_is_tried_in_shadow_first_and_counts_at_the_next_word(central: Any, told: Any, store: Any) -> None:
    assert "never in shadow" in await told("rules", "put", "RULES", *BY, ends=1)
    assert "no sets yet" in await told("rules", "list")
    assert "nothing was written" in await told("rules", "shadow", "RULES", "--dry-run", *BY)
    assert await store.risks.sets("demo") == []
    async with central.kit() as kit:
        await kit.ask(CONTACT, said(central))
        assert await store.risks.states("demo", "kit-1") == {}
        await activate(told)
        central.clock.go(60)
        await kit.ask(CONTACT, said(central))
    assert [it.state.value for it in await store.risks.sets("demo")] == ["past", "active"]
    assert len(await store.risks.states("demo", "kit-1")) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"fixes": (Fix(1, 30.0, 110.0, 5.0),) * (MAX_FIXES + 1)},
        {"fixes": (Fix(1, 91.0, 110.0, 5.0),)},
        {"counts": Counts(openings=-1)},
        {"counts": Counts(openings=10**9)},
    ],
)
async def test_a_word_that_is_too_large_is_refused(central: Any, wrong: dict[str, Any]) -> None:
    async with central.kit() as kit:
        reply = await kit.ask(CONTACT, said(central, **wrong))
    assert (reply.outcome, reply.code) == (Outcome.INVALID, "risk.form")
