"""The engine: whom it believes, when it loads and lets go, and what comes of a bad file or a bad feed."""

from __future__ import annotations

import asyncio
import hashlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from padkit_sdk import DeviceFault, Refused
from padkit_vision.engine import IDLE_S, Engine
from padkit_vision.shelf import ModelFile, read_shelf

MakeModel = Callable[..., ModelFile]
SHIPPED = Path(__file__).parents[4] / "plugins" / "ocr" / "padkit_ocr" / "models"
PATIENCE_S = 120.0
X = np.arange(4, dtype=np.float32)


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


class SlowPath(type(Path())):  # type: ignore[misc]
    """A file on a disk that answers when it is let, and counts who asks."""

    let = threading.Event()
    asked = threading.Semaphore(0)

    def __fspath__(self) -> str:
        self.asked.release()
        assert self.let.wait(PATIENCE_S)
        return super().__fspath__()


def engine_of(*models: ModelFile, clock: Callable[[], float] | None = None) -> Engine:
    return Engine({model.name: model for model in models}, clock or Clock())


def test_a_model_runs_and_gives_what_it_computes(make_model: MakeModel) -> None:
    (found,) = engine_of(make_model("plus", 2.0)).run("plus", {"x": X})
    assert found.tolist() == [2.0, 3.0, 4.0, 5.0]


def test_what_a_model_says_of_itself_is_read(make_model: MakeModel) -> None:
    assert engine_of(make_model("plus", notes={"character": "甲\n乙"})).notes("plus") == {"character": "甲\n乙"}


def test_evidence_names_the_model_its_hash_and_the_engine(make_model: MakeModel) -> None:
    model = make_model("plus")
    use = engine_of(model).use("plus")
    assert (use.name, use.sha256) == ("plus", model.sha256)
    assert use.engine.startswith("onnxruntime 1.")


def test_a_changed_file_is_refused_before_it_is_loaded(make_model: MakeModel) -> None:
    model = make_model("plus")
    model.path.write_bytes(model.path.read_bytes() + b"\x00")
    with pytest.raises(Refused, match="sha256") as refusal:
        engine_of(model).run("plus", {"x": X})
    assert refusal.value.reason == "model.changed"


def test_a_huge_file_is_not_even_read(make_model: MakeModel) -> None:
    model = make_model("plus")
    os.truncate(model.path, 1 << 40)
    with pytest.raises(Refused) as refusal:
        engine_of(model).run("plus", {"x": X})
    assert refusal.value.reason == "model.changed"


@pytest.mark.parametrize("kind", ["nothing", "folder", "pipe"])
def test_a_model_that_is_no_file_is_missing(make_model: MakeModel, kind: str) -> None:
    model = make_model("plus")
    model.path.unlink()
    if kind == "folder":
        model.path.mkdir()
    elif kind == "pipe":
        os.mkfifo(model.path)
    engine = engine_of(model)
    assert not engine.has("plus")
    with pytest.raises(Refused) as refusal:
        engine.run("plus", {"x": X})
    assert refusal.value.reason == "model.missing"


def test_a_model_on_no_shelf_is_missing() -> None:
    engine = engine_of()
    assert not engine.has("plus")
    for ask in (engine.use, engine.notes):
        with pytest.raises(Refused) as refusal:
            ask("plus")
        assert refusal.value.reason == "model.missing"


def test_a_file_that_is_believed_and_no_model_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "text.onnx"
    path.write_bytes(b"no model")
    text = ModelFile("text", path, hashlib.sha256(b"no model").hexdigest())
    with pytest.raises(DeviceFault, match="model text") as fault:
        engine_of(text).run("text", {"x": X})
    assert fault.value.fault == "vision.engine"


@pytest.mark.parametrize(
    "feeds", [{}, {"z": X}, {"x": X.astype(np.float64)}, {"x": X[:2]}, {"x": np.array(["甲"])}], ids=str
)
def test_a_feed_that_does_not_fit_is_a_fault(make_model: MakeModel, feeds: dict[str, np.ndarray]) -> None:
    engine = engine_of(make_model("plus"))
    with pytest.raises(DeviceFault) as fault:
        engine.run("plus", feeds)
    assert fault.value.fault == "vision.engine"
    engine.run("plus", {"x": X})


def test_two_who_ask_at_once_load_once_and_hold_up_nobody_else(make_model: MakeModel) -> None:
    slow, quick = make_model("slow", 1.0), make_model("quick", 2.0)
    path = SlowPath(slow.path)
    engine = engine_of(ModelFile("slow", path, slow.sha256), quick)
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(engine.run, "slow", {"x": X}) for _ in range(2)]
        assert path.asked.acquire(timeout=PATIENCE_S)
        assert engine.run("quick", {"x": X})[0].tolist() == [2.0, 3.0, 4.0, 5.0]
        path.let.set()
        for asked in waiting:
            assert asked.result(PATIENCE_S)[0].tolist() == [1.0, 2.0, 3.0, 4.0]
    assert not path.asked.acquire(blocking=False)


def test_a_session_is_kept_while_it_is_used_and_dropped_when_idle(make_model: MakeModel) -> None:
    clock = Clock()
    model = make_model("plus")
    engine = engine_of(model, clock=clock)
    engine.run("plus", {"x": X})
    model.path.unlink()
    clock.now_s = IDLE_S
    engine.drop_idle()
    engine.run("plus", {"x": X})
    clock.now_s = 2 * IDLE_S
    engine.drop_idle()
    engine.run("plus", {"x": X})
    clock.now_s = 3 * IDLE_S + 1
    engine.drop_idle()
    with pytest.raises(Refused):
        engine.run("plus", {"x": X})


async def test_the_keeper_drops_idle_sessions_until_it_is_cancelled(make_model: MakeModel) -> None:
    clock = Clock()
    model = make_model("plus")
    engine = engine_of(model, clock=clock)
    engine.run("plus", {"x": X})
    model.path.unlink()
    looked = asyncio.Event()

    async def sleep(seconds: float) -> None:
        if clock.now_s > IDLE_S:
            looked.set()
            await asyncio.Event().wait()
        clock.now_s += seconds

    keeper = asyncio.create_task(engine.keep(sleep))
    await asyncio.wait_for(looked.wait(), PATIENCE_S)
    clock.now_s += 1
    keeper.cancel()
    with pytest.raises(asyncio.CancelledError):
        await keeper
    with pytest.raises(Refused):
        engine.run("plus", {"x": X})


def test_the_recogniser_gives_the_same_to_the_last_bit_also_from_a_fresh_session() -> None:
    picture = Image.new("RGB", (320, 48), "white")
    ImageDraw.Draw(picture).text((8, 8), "110199900131002X", fill="black", font_size=30)
    line = (np.asarray(picture, np.float32) / 127.5 - 1).transpose(2, 0, 1)[None]
    models = read_shelf(SHIPPED, None)
    engine = Engine(models, Clock())
    (name,) = (name for name in models if "_rec_" in name)
    first = engine.run(name, {"x": line})[0]
    with ThreadPoolExecutor(2) as pool:
        again = [it.result(PATIENCE_S)[0] for it in [pool.submit(engine.run, name, {"x": line}) for _ in range(2)]]
    fresh = Engine(models, Clock()).run(name, {"x": line})[0]
    assert first.std() > 0
    assert all(np.array_equal(first, other) for other in (*again, fresh))


MEMORY = """
import os, sys
from pathlib import Path
import numpy as np
from padkit_vision.engine import Engine
from padkit_vision.shelf import ModelFile

def resident_mb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 2**20

clock = [0.0]
engine = Engine({"warm": ModelFile("warm", Path(sys.argv[1]), sys.argv[2]),
                 "big": ModelFile("big", Path(sys.argv[3]), sys.argv[4])}, lambda: clock[0])
engine.run("warm", {"x": np.zeros(4, np.float32)})
before = resident_mb()
engine.run("big", {"x": np.zeros(int(sys.argv[5]), np.float32)})
loaded = resident_mb()
clock[0] = 1000.0
engine.drop_idle()
print(loaded - before, resident_mb() - before)
"""
LIMITED = """
import resource, sys
from pathlib import Path
import numpy as np
from padkit_sdk import DeviceFault
from padkit_vision.engine import Engine
from padkit_vision.shelf import ModelFile

engine = Engine({"warm": ModelFile("warm", Path(sys.argv[1]), sys.argv[2]),
                 "big": ModelFile("big", Path(sys.argv[3]), sys.argv[4])}, lambda: 0.0)
engine.run("warm", {"x": np.zeros(4, np.float32)})
status = Path("/proc/self/status").read_text()
used = next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmData"))
resource.setrlimit(resource.RLIMIT_DATA, (used + 20 * 2**20, resource.RLIM_INFINITY))
try:
    engine.notes("big")
except DeviceFault as fault:
    print(fault.fault, engine.run("warm", {"x": np.zeros(4, np.float32)})[0][0])
"""
BIG = 10 * 2**20  # numbers: 40 MiB


def test_memory_falls_when_a_session_is_dropped(make_model: MakeModel) -> None:
    kept_mb, left_mb = map(float, _alone(MEMORY, make_model("warm"), make_model("big", size=BIG), BIG).split())
    assert kept_mb > 30
    assert left_mb < kept_mb / 2


def test_a_worker_at_its_memory_limit_says_so_and_lives(make_model: MakeModel) -> None:
    assert _alone(LIMITED, make_model("warm"), make_model("big", size=BIG)).split() == ["vision.memory", "1.0"]


def test_what_is_slow_is_not_imported_before_it_is_used() -> None:
    slow = ("onnxruntime", "PIL", "cv2")
    program = (
        f"import sys, padkit_vision.engine, padkit_vision.pictures; print([it for it in {slow} if it in sys.modules])"
    )
    assert _alone(program) == "[]\n"


def _alone(program: str, *words: object) -> str:
    """What a fresh process prints that runs `program`; a model is given as its path and its sha256."""
    flat = [part for word in words for part in ((word.path, word.sha256) if isinstance(word, ModelFile) else (word,))]
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, flat)],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
