"""How fast a kit sees: cards read, faces looked at, memory of the workers; RapidOCR's default pipeline on the same pictures.

Ours and the peer live in a process each and take turns, six pictures at a time. *One core*: both are pinned to one, the peer
with one thread. *Two cores*: neither is pinned, the peer has two threads. Both begin with the encoded bytes.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import ground, vision_pictures, vision_worker
from benchmarks.figures import Figure, Goal, Peer, Result
from benchmarks.line_child import LineChild
from benchmarks.stats import quantile
from benchmarks.vision_lines import right_fields
from benchmarks.vision_pictures import FIRST_SEED, Labelled

SIDES = {"front": "id_front", "back": "id_back", "bank_card": "bank_card"}
OTHERS = ("hmt_permit_front", "foreigner_front")  # read once, so that everything is loaded
LEVELS = (0, 1, 2)
EACH = 12  # pictures of a side and level
TURN, WARM_UP = 6, 3
AT_ONCE = (1, 2, 4)
SITTINGS, PAIRS = 2, 8
P50_MS, P95_MS = {"front": 80, "back": 50, "bank_card": 50}, {"front": 200}
FASTER = 6.0
PEER = "RapidOCR 3.10.0, default pipeline"
PEER_PYTHON = ground.ROOT / ".venv-models" / "bin" / "python"


@dataclass
class Times:
    """What one side took, ours and the peer's, and how many labelled fields each had right.

    `ours` has no time of a picture that was not read: to ask for another is quick.
    """

    ours: list[float] = field(default_factory=list)
    peer: list[float] = field(default_factory=list)
    ours_right: int = 0
    peer_right: int = 0
    fields: int = 0
    unread: int = 0


def measure() -> Result:
    """Draw the pictures, read them in turns on one core and on two, look at faces, weigh the workers."""
    with ground.folder() as folder:
        return _measure(folder)


def _measure(folder: Path) -> Result:
    drawn = {side: _mixed(folder / side, kind) for side, kind in SIDES.items()}
    others = [it for kind in OTHERS for it in vision_pictures.cards(folder / kind, kind, 0, 2, FIRST_SEED)]
    vision_pictures.faces(folder / "sittings", "genuine", SITTINGS, FIRST_SEED)
    vision_pictures.pairs(folder / "pairs", PAIRS, FIRST_SEED)
    figures: dict[str, Figure] = {}
    for cores in (1, 2):
        for side, times in _in_turns(drawn, cores).items():
            figures |= _of_side(side, times, cores)
    figures |= _at_once(drawn["front"])
    figures |= _faces(folder)
    figures |= asyncio.run(_workers([*(it for each in drawn.values() for it in each), *others], folder))
    notes = [
        f"synthetic: {EACH} pictures of each side and level {', '.join(map(str, LEVELS))}, seeds from {FIRST_SEED}",
        "accuracy: ours must equal the label; what it asks for again (`unread`) counts as wrong, and has no time",
        "accuracy of the peer: the label's text stands in its lines over the field's true place, blanks and marks aside",
        "one core: both pinned to it; two: peer with two threads; accuracy is that of the two-core run",
        "at once: time of each from when all were asked for, two cores",
        "worker memory: VmRSS when ready, VmHWM after every side, or a sitting and the pairs, went through the real worker",
    ]
    if not PEER_PYTHON.exists():
        notes.append("RapidOCR was not measured: run `make models`, then this again")
    return Result(figures, notes)


def _mixed(folder: Path, kind: str) -> list[Labelled]:
    """Pictures of all levels, interleaved."""
    each = [vision_pictures.cards(folder / str(level), kind, level, EACH, FIRST_SEED) for level in LEVELS]
    return [it for row in zip(*each, strict=True) for it in row]


def _in_turns(drawn: Mapping[str, Sequence[Labelled]], cores: int) -> dict[str, Times]:
    pinned = {0} if cores == 1 else None
    found = {side: Times() for side in drawn}
    with ExitStack() as stack:
        ours = stack.enter_context(_ours("ocr", "document_reader", pinned))
        peer = None
        if PEER_PYTHON.exists():
            command = [str(PEER_PYTHON), "-m", "benchmarks.peers.rapidocr_inside", str(cores)]
            peer = stack.enter_context(LineChild(command, str(ground.ROOT), pinned))
        for side, pictures in drawn.items():
            _ask(ours, pictures[:WARM_UP])
            if peer is not None:
                peer.ask({"pictures": _named(pictures[:WARM_UP])})
            for first in range(0, len(pictures), TURN):
                turn = pictures[first : first + TURN]
                _take_ours(found[side], turn, _ask(ours, turn))
                if peer is not None:
                    _take_peer(found[side], turn, peer.ask({"pictures": _named(turn)}))
            print(f"vision: {side} on {cores} cores", file=sys.stderr, flush=True)
    return found


def _ours(plugin: str, port: str, pinned: set[int] | None) -> LineChild:
    return LineChild([sys.executable, "-m", "benchmarks.vision_inside", plugin, port], str(ground.ROOT), pinned)


def _named(pictures: Sequence[Labelled]) -> list[str]:
    return [str(it.path) for it in pictures]


def _ask(ours: LineChild, pictures: Sequence[Labelled], at_once: int = 1) -> list[dict[str, Any]]:
    answers: list[dict[str, Any]] = ours.ask({"do": "read", "pictures": _named(pictures), "at_once": at_once})
    return answers


def _take_ours(times: Times, pictures: Sequence[Labelled], answers: Sequence[Mapping[str, Any]]) -> None:
    for it, answer in zip(pictures, answers, strict=True):
        if answer["asked"]:
            times.unread += 1
        else:
            times.ours.append(answer["ms"])
        times.fields += len(it.label["fields"])
        times.ours_right += sum(answer["fields"].get(name) == text for name, text in it.label["fields"].items())


def _take_peer(times: Times, pictures: Sequence[Labelled], answers: Sequence[Mapping[str, Any]]) -> None:
    for it, answer in zip(pictures, answers, strict=True):
        times.peer.append(answer["ms"])
        times.peer_right += sum(right_fields(it.label, answer["lines"]).values())


def _of_side(side: str, times: Times, cores: int) -> Iterator[tuple[str, Figure]]:
    goals = {0.5: P50_MS.get(side), 0.95: P95_MS.get(side)} if cores == 2 else {}
    if not times.ours:
        return
    on = f"{cores}_core" + ("s" if cores > 1 else "")
    for name, part in (("p50", 0.5), ("p95", 0.95)):
        limit = goals.get(part)
        peer = Peer(PEER, quantile(times.peer, part)) if times.peer else None
        goal = None if limit is None else Goal("<", limit)
        yield f"{side}_{name}_{on}", Figure(quantile(times.ours, part), "ms", goal, peer, times.ours)
    if times.peer:
        faster = quantile(times.peer, 0.5) / quantile(times.ours, 0.5)
        yield f"{side}_times_faster_{on}", Figure(faster, "x", Goal(">=", FASTER) if side == "front" else None)
    if cores == 2:
        share = times.ours_right / times.fields
        peer = Peer(PEER, times.peer_right / times.fields) if times.peer else None
        goal = Goal(">=", peer.value, "the peer's") if peer is not None else None
        yield f"{side}_unread", Figure(times.unread, f"of {len(times.ours) + times.unread}")
        yield f"{side}_fields_right", Figure(share, f"of {times.fields}", goal, peer)


def _at_once(pictures: Sequence[Labelled]) -> Iterator[tuple[str, Figure]]:
    with _ours("ocr", "document_reader", None) as ours:
        _ask(ours, pictures[:WARM_UP])
        for count in AT_ONCE:
            ms = [it["ms"] for it in _ask(ours, pictures, count) if not it["asked"]]
            if not ms:
                continue
            yield f"front_p50_{count}_at_once", Figure(quantile(ms, 0.5), "ms", samples=ms)
            yield f"front_p95_{count}_at_once", Figure(quantile(ms, 0.95), "ms", samples=ms)


def _faces(folder: Path) -> Iterator[tuple[str, Figure]]:
    with _ours("liveness", "face_checker", None) as ours:
        asked = {"do": "sittings", "folder": str(folder / "sittings")}
        ours.ask(asked)
        frames = ours.ask(asked)
        asked = {"do": "pairs", "folder": str(folder / "pairs")}
        ours.ask(asked)
        compared = ours.ask(asked)
    for name, told, limit in (("liveness_frame", frames, 12), ("one_to_one", compared, 8)):
        for error in told["errors"]:
            print(f"vision: {name}: {error}", file=sys.stderr)
        if told["ms"]:
            yield f"{name}_p50", Figure(quantile(told["ms"], 0.5), "ms", Goal("<", limit), samples=told["ms"])
            yield f"{name}_p95", Figure(quantile(told["ms"], 0.95), "ms", samples=told["ms"])


async def _workers(pictures: Sequence[Labelled], folder: Path) -> dict[str, Figure]:
    named = [it.path for it in pictures]
    ocr = await vision_worker.wear("ocr", "document_reader", vision_worker.read_through(named))
    looks = vision_worker.look_through(folder / "sittings", folder / "pairs")
    liveness = await vision_worker.wear("liveness", "face_checker", looks)
    figures: dict[str, Figure] = {}
    for name, worn in (("ocr", ocr), ("liveness", liveness)):
        figures[f"{name}_worker_before_use"] = Figure(worn.idle_mb, "MB", Goal("<", 60))
        figures[f"{name}_worker_peak"] = Figure(worn.peak_mb, "MB", Goal("<", 260))
        figures[f"{name}_call_through_worker_p50"] = Figure(quantile(worn.ms, 0.5), "ms", samples=worn.ms)
    return figures
