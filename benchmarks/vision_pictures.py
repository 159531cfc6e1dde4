"""Generated pictures for the benchmarks of vision, by seed; those from 100,000 on are looked at by nobody."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from padkit_sim.demo.process import program

FIRST_SEED = 400_000
LIMIT_S = 900.0


class NotDrawn(Exception):
    """The generator said no; the message is what it said last."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One picture and its label."""

    path: Path
    label: Mapping[str, Any]


def cards(folder: Path, kind: str, level: int, count: int, seed: int, defect: str = "") -> list[Labelled]:
    """Draw `count` cards of one side at one level, each with `defect` if given, into `folder`. Raises `NotDrawn`."""
    words = ("--kind", kind, "--level", str(level), "--count", str(count), "--seed", str(seed))
    _draw("cards", folder, (*words, *(("--defect", defect) if defect else ())))
    labels = sorted(path for path in folder.rglob("*.json"))
    read = ((path, json.loads(path.read_text(encoding="utf-8"))) for path in labels)
    return [Labelled(path.with_suffix(".jpg"), label) for path, label in read if "kind" in label]


def faces(folder: Path, attack: str, count: int, seed: int) -> None:
    """Draw `count` sittings of one kind of attack (``genuine``: living). Raises `NotDrawn`."""
    _draw("faces", folder, ("--attack", attack, "--count", str(count), "--seed", str(seed)))


def pairs(folder: Path, count: int, seed: int) -> None:
    """Draw `count` pairs of face and portrait. Raises `NotDrawn`."""
    _draw("pairs", folder, ("--count", str(count), "--seed", str(seed)))


def _draw(what: str, folder: Path, words: Sequence[str]) -> None:
    command = [program("padkit-sim"), "pictures", what, str(folder), *words]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    except subprocess.TimeoutExpired as exc:
        raise NotDrawn(f"pictures {what}: not drawn in {LIMIT_S:g} s") from exc
    if ran.returncode:
        raise NotDrawn(f"pictures {what} ended with {ran.returncode}: {ran.stderr.strip().splitlines()[-1:]}")
