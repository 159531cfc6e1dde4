"""Models as parts: a file is believed by its sha256, gets a session on its first use and loses it when nobody used it for long.

One thread a session and no arena, so that memory falls when a session goes; who wants two lines at once asks from two threads.
What is hashed is what is loaded: the file is read once.
"""

from __future__ import annotations

import asyncio
import ctypes
import hashlib
import os
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from padkit_sdk import DeviceFault, PadkitError, Refused
from padkit_sdk.ports import ModelUse
from padkit_vision.shelf import MAX_MODEL_BYTES, ModelFile, open_model

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Array = NDArray[np.generic]
IDLE_S = 120.0
LOOK_S = 15.0  # between two looks for idle sessions
SILENT = 4  # onnxruntime tells fatal errors only: the others come back as exceptions
OPTIONS = {"session.intra_op.allow_spinning": "0", "session.inter_op.allow_spinning": "0"}


class _Slot:
    """The place of one model's session. `lock` is held while it is made, so that two who ask at once make it once."""

    def __init__(self, model: ModelFile) -> None:
        self.model = model
        self.lock = threading.Lock()
        self.session: InferenceSession | None = None
        self.used_mono_s = 0.0


class Engine:
    """Runs models by name. Safe to call from several threads; loading one model holds up nobody who runs another."""

    def __init__(self, models: Mapping[str, ModelFile], now_mono_s: Callable[[], float]) -> None:
        self._slots = {name: _Slot(model) for name, model in models.items()}
        self._now_mono_s = now_mono_s

    def has(self, name: str) -> bool:
        """Whether the model's file is there; its content is looked at when it is first used."""
        return name in self._slots and self._slots[name].model.path.is_file()

    def use(self, name: str) -> ModelUse:
        """What the evidence says of the model. Raises `Refused` ``model.missing``."""
        return ModelUse(name, self._slot(name).model.sha256, f"onnxruntime {version('onnxruntime')}")

    def run(self, name: str, feeds: Mapping[str, Array]) -> list[Array]:
        """Run the model and return its outputs in its own order: the same for the same feeds, to the last bit.

        Raises `Refused` ``model.missing`` and ``model.changed``, `DeviceFault` ``vision.engine`` and ``vision.memory``.
        """
        session = self._session(name)
        with _translated(name):
            outputs: list[Array] = session.run(None, dict(feeds))
        return outputs

    def notes(self, name: str) -> Mapping[str, str]:
        """Return what the model's file says of itself, such as the characters it knows. Raises as `run`."""
        session = self._session(name)
        with _translated(name):
            notes: dict[str, str] = session.get_modelmeta().custom_metadata_map
        return notes

    def drop_idle(self) -> None:
        """Let go the sessions that nobody used for `IDLE_S`, and give their memory back. Waits for nobody."""
        dropped = [slot.model.name for slot in self._slots.values() if self._dropped(slot)]
        if dropped:
            _give_back()

    async def keep(self, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        """Drop idle sessions until cancelled. A driver has it as a task from `open` to `close`."""
        while True:
            await sleep(LOOK_S)
            self.drop_idle()

    def _dropped(self, slot: _Slot) -> bool:
        if slot.session is None or self._now_mono_s() - slot.used_mono_s <= IDLE_S:
            return False
        slot.session = None  # who runs it this moment has it by its own name
        return True

    def _slot(self, name: str) -> _Slot:
        if name not in self._slots:
            raise Refused(
                "model.missing", f"model {name}: on no shelf of this plugin; put it into the folder `site_models`"
            )
        return self._slots[name]

    def _session(self, name: str) -> InferenceSession:
        slot = self._slot(name)
        slot.used_mono_s = self._now_mono_s()
        session = slot.session
        if session is None:
            with slot.lock:
                session = slot.session
                if session is None:
                    session = slot.session = _loaded(slot.model)
        return session


def _loaded(model: ModelFile) -> InferenceSession:
    with _translated(model.name):
        session = _new_session(_believed(model))
    _give_back()  # what loading took is half of what the session keeps
    return session


def _believed(model: ModelFile) -> bytes:
    try:
        with open_model(model.path) as file:
            data = file.read() if os.fstat(file.fileno()).st_size <= MAX_MODEL_BYTES else b""
    except OSError as exc:
        raise Refused("model.missing", f"model {model.name}: {model.path}: {exc.strerror}; put it there") from exc
    found = hashlib.sha256(data).hexdigest()
    if found != model.sha256:
        words = f"model {model.name}: {model.path}: sha256 {found}, not {model.sha256}; put ours there"
        raise Refused("model.changed", words)
    return data


def _new_session(data: bytes) -> InferenceSession:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = SILENT
    for key, value in OPTIONS.items():
        options.add_session_config_entry(key, value)
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


@contextmanager
def _translated(name: str) -> Iterator[None]:
    """Turn whatever onnxruntime raises into a `DeviceFault`: its exceptions have no base of their own."""
    try:
        yield
    except PadkitError:
        raise
    except Exception as exc:
        text = str(exc)
        if isinstance(exc, MemoryError) or "bad_alloc" in text or "Failed to allocate" in text:
            raise DeviceFault(
                "vision.memory", f"model {name}: no memory; give smaller pictures, or the worker more"
            ) from exc
        words = f"model {name}: {type(exc).__name__}: {text[:200]}; report it, with the model's sha256"
        raise DeviceFault("vision.engine", words) from exc


def _give_back() -> None:
    """Ask the C library to give freed memory back to the system; where it cannot (no glibc), memory stays for later use."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim:
        trim(0)
