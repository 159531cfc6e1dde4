"""Central killed at each of its own commits around the core call, for an opening and for a reversal.

The commits are not listed here: the n-th one is cut for n = 1, 2, … until an opening passes without a cut. Each time central
is started again at the same address, the flow ends by itself, the core has done the thing at most once, and all agree.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
import pytest_asyncio
from cut_central import CUT, POINTS
from journey import HERE, Journey
from kit_hand import FAR_AHEAD

from padkit_central.store import read_books

OPENING, REVERSAL = "ACC-01", "OPS-16"
SERVICES = {OPENING: "CARD.OPEN", REVERSAL: "TXN.REVERSE"}
ENDS = {OPENING: {"CLOSED", "CANCELLED", "CASE_OPEN"}, REVERSAL: {"REVERSED", "CASE_OPEN"}}
REVERSE: dict[str, Any] = {"what": "not_taken", "choice": "reverse", "by": ["demo script"]}
MODES = (
    (("before",), ("after",)) if os.environ.get("PADKIT_SOAK") else (("before", "after"),)
)  # in turn, or each at all
AROUND_THE_CALL = {"intake", "chain", "sent", "result", "reply"}


@pytest_asyncio.fixture(loop_scope="session")
async def cut_journey(journey: Journey) -> AsyncIterator[Journey]:
    """A journey whose central has the power switch."""
    usual = journey.world.central_command
    journey.world.central_command = (sys.executable, str(HERE / "cut_central.py"))
    await journey.restart_central()
    yield journey
    for name in (CUT, POINTS):
        (journey.folder / name).unlink(missing_ok=True)
    journey.world.central_command = usual
    await journey.restart_central()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("modes", MODES)
@pytest.mark.parametrize("business", [OPENING, REVERSAL])
async def test_central_killed_at_each_commit_around_the_core_call(
    cut_journey: Journey, business: str, modes: Sequence[str]
) -> None:
    journey = cut_journey
    for number in itertools.count(1):
        (journey.folder / POINTS).unlink(missing_ok=True)
        (journey.folder / CUT).write_text(f"{business} {modes[number % len(modes)]} {number}")
        if not await play(journey, business):
            break
        await journey.clean_up()
    points = (journey.folder / POINTS).read_text().split()
    assert set(points) >= AROUND_THE_CALL
    assert number > len(AROUND_THE_CALL)


async def play(journey: Journey, business: str) -> bool:
    """Open a card (and leave it at the gate, for a reversal) through whatever befalls central; tell whether it was killed."""
    alarms = chain_alarms(journey)
    await journey.begin()
    await journey.world.kit("auto", device="box", take_after_s=1.0 if business == OPENING else None)
    done_before = executed(journey, SERVICES[business])
    opening = asyncio.create_task(journey.open(REVERSE))
    killed = await central_died_during(journey, opening)
    if killed:
        await journey.world.start_central()
    last = await opening
    assert last["phase"] in ENDS[business], last
    done = executed(journey, SERVICES[business])
    assert len(done) == len(set(done)), "a serial was executed twice"
    assert len(done) - len(done_before) <= 1, "two serials were executed for one flow"
    await journey.compare()
    assert chain_alarms(journey) == alarms  # none for what is inquired and then settled
    return killed


def chain_alarms(journey: Journey) -> list[str]:
    """Return the alarms about the kit's own records; other journeys on the same world put some far ahead of them."""
    cases = read_books(journey.folder / "central.db").cases
    return [it.id for it in cases if it.reason.startswith("chain.") and int(it.id.split(":")[1]) < FAR_AHEAD]


async def central_died_during(journey: Journey, opening: asyncio.Task[dict[str, Any]]) -> bool:
    """Wait for the end of the flow or of central."""
    central = journey.world.children["central"].process
    death = asyncio.create_task(central.wait())
    await asyncio.wait({opening, death}, return_when=asyncio.FIRST_COMPLETED)
    if opening.done():
        death.cancel()
        return False
    assert central.returncode == -signal.SIGKILL
    return True


def executed(journey: Journey, service: str) -> list[str]:
    """Return the serials that the core has executed, from its own journal."""
    lines = [json.loads(line) for line in (journey.folder / "core.jsonl").read_text().splitlines()]
    settled = [it for it in lines if it["type"] == "settled" and it["service"] == service]
    return [it["serial"] for it in settled if it["answer"]["resp_code"] == "0000"]
