"""The inside of `benchmarks.models`: one model in a process of its own; prints ms and MiB as JSON.

``ours`` is the engine of the plugins, ``peer`` is onnxruntime as it comes: all threads, an arena, no hash.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from padkit_vision.engine import IDLE_S, Engine
from padkit_vision.shelf import read_shelf

MS, MIB = 1000.0, 2**20
RUNS = 50
FEEDS: Mapping[str, tuple[str, tuple[int, ...]]] = {  # the model's input, and a size it is fed at work
    "PP-OCRv6_rec_small_int8": ("x", (1, 3, 48, 320)),
    "PP-OCRv5_det_mobile": ("x", (1, 3, 416, 640)),
    "face_detection_short_range": ("input", (1, 128, 128, 3)),
    "face_landmark_468": ("input_1", (1, 192, 192, 3)),
    "dlib_face_resnet_v1_fp16w": ("input", (1, 3, 150, 150)),
}
Feed = dict[str, NDArray[np.float32]]


def main() -> None:
    """Load, run, drop."""
    who, folder, name = sys.argv[1:]
    feed_name, shape = FEEDS[name]
    feed = {feed_name: np.random.default_rng(1).random(shape, np.float32)}
    print(json.dumps({"ours": _ours, "peer": _peer}[who](Path(folder), name, feed)))


def _ours(folder: Path, name: str, feed: Feed) -> dict[str, float]:
    now_s = [0.0]
    engine = Engine(read_shelf(folder, None), lambda: now_s[0])
    before = _resident_mib()
    load_ms = _took_ms(lambda: engine.notes(name))
    run_ms = [_took_ms(lambda: engine.run(name, feed)) for _ in range(RUNS)]
    kept = _resident_mib() - before
    now_s[0] = 2 * IDLE_S
    engine.drop_idle()
    return {"load": load_ms, "run": statistics.median(run_ms), "kept": kept, "left": _resident_mib() - before}


def _peer(folder: Path, name: str, feed: Feed) -> dict[str, float]:
    path = read_shelf(folder, None)[name].path
    before = _resident_mib()
    sessions: list[onnxruntime.InferenceSession] = []
    load_ms = _took_ms(lambda: sessions.append(onnxruntime.InferenceSession(path)))
    run_ms = [_took_ms(lambda: sessions[0].run(None, feed)) for _ in range(RUNS)]
    kept = _resident_mib() - before
    sessions.clear()
    return {"load": load_ms, "run": statistics.median(run_ms), "kept": kept, "left": _resident_mib() - before}


def _took_ms(what: Callable[[], object]) -> float:
    begun_s = time.perf_counter()
    what()
    return (time.perf_counter() - begun_s) * MS


def _resident_mib() -> float:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGESIZE") / MIB


if __name__ == "__main__":
    main()
