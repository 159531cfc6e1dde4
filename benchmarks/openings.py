"""A hundred and twenty card openings in one run, one in ten with a seeded fault: do box, kit, central and core agree to the card?

A whole world of processes (core bank, HSM, central, simulated kit, agent), mechanics at forty times their speed. Faults are drawn
by a seed from `opening_faults`; people answer what is asked, and close the cases. At the end the compare judges every card, and
the openings that ended with a card in a customer's hand are counted against the accounts that live.
"""

from __future__ import annotations

import asyncio
import json
import random
import signal
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks import ground
from benchmarks.figures import Figure, Goal, Result
from benchmarks.opening_faults import CONFIRM, FAULTS, READ, STRAIGHT, TWO, Fault
from benchmarks.stats import median, quantile
from padkit_sim.demo import files
from padkit_sim.demo.play import CARD_OPEN, Line, follow, watching
from padkit_sim.demo.world import LOOK_S, World

OPENINGS, SHARE, SEED, SPEED = 120, 0.1, 20_261_124, 40.0
KIT_FILE = ground.ROOT / "tests" / "journeys" / "kit.toml"
SETTLED_S = 120.0
NONE = Goal("==", 0)
ENDS = frozenset({"CLOSED", "CANCELLED", "REFUSED", "REVERSED", "CASE_OPEN"})


@dataclass(slots=True)
class Played:
    """What a run did: seconds of each opening and each step, how openings ended, what ended otherwise than its fault says."""

    took_s: list[float] = field(default_factory=list)
    steps_s: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    ends: dict[str, str] = field(default_factory=dict)  # by flow
    faults: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Judged:
    """What the witnesses say at the end: cards that do not agree, openings without a card in a hand or twice, what is unsent."""

    disagreeing: int
    lost: int
    doubled: int
    unsent: int


def measure() -> Result:
    """Play and judge."""
    with ground.folder() as folder:
        begun_s = time.perf_counter()
        played, judged = asyncio.run(run(folder, OPENINGS, SHARE, SEED))
        return _result(played, judged, time.perf_counter() - begun_s)


async def run(folder: Path, openings: int, share: float, seed: int) -> tuple[Played, Judged]:
    """Open so many cards, `share` of them with a fault, in a world in `folder`."""
    played = Played()
    async with World(folder, kit_file=str(KIT_FILE), speed=SPEED) as world:
        for fault in drawn(openings, share, seed):
            await _one(world, fault, played)
        return played, await _judge(world, played)


def drawn(openings: int, share: float, seed: int) -> Sequence[Fault]:
    """Return the fault of each opening: the same seed, the same run. No fault comes again before all have come."""
    chance = random.Random(seed)
    count = round(openings * share)
    rounds = [chance.sample(FAULTS, len(FAULTS)) for _ in range(1 + count // len(FAULTS))]
    places = dict(zip(chance.sample(range(openings), count), (it for each in rounds for it in each), strict=False))
    return [places.get(number, STRAIGHT) for number in range(openings)]


async def _one(world: World, fault: Fault, played: Played) -> None:
    """Arm the fault, open a card, tidy up."""
    await world.lay_identity_card("test_a")
    await world.kit("auto", device="box", take_after_s=fault.take_after_s)
    if fault.kit:
        await world.kit("fault", **fault.kit)
    if fault.core:
        await world.core("fault", **fault.core)
    voucher = next(it["serial"] for it in await world.box_cards() if it["place"] == "hopper")
    begun_s = time.perf_counter()
    flow, end = await _opened(world, fault, played)
    played.took_s.append(time.perf_counter() - begun_s)
    played.ends[flow] = end
    if fault is not STRAIGHT:
        played.faults.append(f"{fault.row} {fault.name}: {end}")
    if fault.end and end != fault.end:
        played.strange.append(f"{fault.row} {fault.name}: {end}, not {fault.end}")
    await world.kit("clear", name=None)
    await world.core("clear")
    await _close_cases(world, fault, voucher)


async def _opened(world: World, fault: Fault, played: Played) -> tuple[str, str]:
    known = {it["what"]: it for it in (files.PIN_ANSWER, READ, CONFIRM, *fault.answers)}
    killed = False

    async def hands(line: Line) -> None:
        nonlocal killed
        if line["kind"] == "asked" and line["note"] == "lay_card":
            await world.lay_identity_card("test_a")
        if line["kind"] == "asked" and line["note"] == "load_cards":
            await world.kit("clear", name="box.empty")
        if not killed and fault.killed_at and (line["kind"], line["action"]) == ("doing", fault.killed_at):
            killed = True
            await world.children.pop("agent").stop(signal.SIGKILL)

    def noted(line: Line) -> None:
        if line["kind"] == "done":
            played.steps_s[line["action"]].append(line.get("seconds", 0.0))

    flow = ""
    try:
        async with watching(world) as lines:
            body = {"business": CARD_OPEN, "inputs": dict(files.FORM)}
            flow = (await world.agent("POST", "/v1/flows", body))["flow"]
            last = await follow(world, flow, lines, list(known.values()), noted, hands=hands)
            return flow, str(last["phase"])
    except aiohttp.ClientError:
        if not killed:
            raise
    await world.start_agent()
    return flow, await _taken_up(world, flow, known)


async def _taken_up(world: World, flow: str, known: Mapping[str, Mapping[str, Any]]) -> str:
    """After a start: answer what the flow asks until it has ended, and return where."""
    while True:
        it = next(it for it in (await world.agent("GET", "/v1/flows?all"))["flows"] if it["id"] == flow)
        if it["phase"] in ENDS:
            return str(it["phase"])
        if it.get("asks") and it["asks"][0] in known:
            with suppress(Exception):  # it may have gone on since
                await world.agent("POST", f"/v1/flows/{flow}/answer", known[it["asks"][0]])
        await asyncio.sleep(LOOK_S)


async def _close_cases(world: World, fault: Fault, voucher: str) -> None:
    cases = (await world.agent("GET", "/v1/cases"))["cases"]
    if cases and fault.found:
        pan = next(it["pan"] for it in await world.box_cards() if it["serial"] == voucher)
        await world.kit("tamper", device="box", pan=pan, place="bin")
    for case in cases:
        body = {"by": TWO, "found": fault.found} if fault.found else {"by": TWO}
        await world.agent("POST", f"/v1/cases/{case['id']}/close", body)


async def _judge(world: World, played: Played) -> Judged:
    async with asyncio.timeout(SETTLED_S):
        while _waiting(await world.agent("GET", "/v1/status")):  # noqa: ASYNC110 - another process: nothing wakes us
            await asyncio.sleep(LOOK_S)
    _, told = await world.compare("--json")
    report = json.loads(told)
    cards = report["cards"]
    handed = sum((it["kit"], it["core"]) == ("handed_over", "live") for it in cards)
    closed = sum(end == "CLOSED" for end in played.ends.values())
    disagreeing = sum(not it["agree"] for it in cards) + sum(not it["holds"] for it in report["counts"])
    return Judged(
        disagreeing + (not report["agree"]), max(0, closed - handed), max(0, handed - closed), report["unsent"]
    )


def _waiting(status: Mapping[str, Any]) -> bool:
    load = status["queue"]["load"]
    return bool(load["messages"] or load["packages"])


def _result(played: Played, judged: Judged, took_s: float) -> Result:
    figures = {
        "openings": Figure(float(len(played.ends)), "openings", Goal("==", OPENINGS)),
        "with_a_fault": Figure(float(len(played.faults)), "openings", Goal(">=", OPENINGS * SHARE)),
        "ended_otherwise": Figure(float(len(played.strange)), "openings", NONE),
        "disagreeing": Figure(float(judged.disagreeing), "cards and counts", NONE),
        "lost": Figure(float(judged.lost), "openings", NONE),
        "doubled": Figure(float(judged.doubled), "cards", NONE),
        "unsent": Figure(float(judged.unsent), "messages", NONE),
        "run": Figure(took_s, "s"),
        "opening_p50": Figure(median(played.took_s), "s", None, None, played.took_s),
        "opening_p95": Figure(quantile(played.took_s, 0.95), "s"),
    }
    for step, seconds in sorted(played.steps_s.items()):
        figures[f"step_{step}_p50"] = Figure(median(seconds), "s", None, None, seconds)
        figures[f"step_{step}_p95"] = Figure(quantile(seconds, 0.95), "s")
    return Result(
        figures,
        (
            f"seed {SEED}; mechanics at {SPEED:g} times their speed, waiting times of the demo's policy",
            "disagreeing: cards that box, kit, central and core tell differently, counts that do not hold, a compare that fails",
            "lost: openings that ended well without a card in a hand and a live account; doubled: such cards without an opening",
            "left out: faults that need a camera or a keypad, and those after which the box is loaded anew (F09, F13)",
            *sorted(played.faults),
            *played.strange,
        ),
    )
