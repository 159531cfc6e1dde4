"""Each shipped model by itself: how long its first use and a run take, what memory it holds, what is left when it is dropped.

In turns with onnxruntime as it comes, a fresh process for each look. The peer may use all cores; ours keeps to one.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.figures import Figure, Goal, Peer, Result
from benchmarks.models_inside import FEEDS
from benchmarks.stats import median
from padkit_vision.shelf import read_list

PLUGINS = Path(__file__).parents[1] / "plugins"
FOLDERS = (PLUGINS / "ocr" / "padkit_ocr" / "models", PLUGINS / "liveness" / "padkit_liveness" / "models")
LOOKS = 5
PEER = "onnxruntime with its own settings"
UNITS = {"load": "ms", "run": "ms", "kept": "MiB", "left": "MiB"}


def measure() -> Result:
    """Look at each model some times, ours and the peer in turns."""
    figures: dict[str, Figure] = {}
    for folder in FOLDERS:
        for name in (entry.name for entry in read_list(folder) if entry.file):
            ours, peer = [], []
            for _ in range(LOOKS):
                ours.append(_look("ours", folder, name))
                peer.append(_look("peer", folder, name))
            for what, unit in UNITS.items():
                samples = [it[what] for it in ours]
                other = Peer(PEER, median([it[what] for it in peer]))
                goal = Goal("<", 30) if what == "left" else None
                figures[f"{name}_{what}"] = Figure(median(samples), unit, goal, other, samples)
    notes = (
        "load: reading, hashing and preparing; run: one thread for ours",
        "kept: resident memory above that of the empty process, after 50 runs; left: after the session was dropped",
        *(f"{name}: fed {shape}" for name, (_, shape) in FEEDS.items()),
    )
    return Result(figures, notes)


def _look(who: str, folder: Path, name: str) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.models_inside", who, str(folder), name]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=PLUGINS.parent)
    found: dict[str, float] = json.loads(done.stdout)
    return found
