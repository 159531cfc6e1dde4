"""Models as parts: a file is believed by its sha256, gets a session on its first use and loses it when nobody used it for long.

One thread a session and no arena, so that memory falls when a session goes; who wants two lines at once asks from two threads.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from padkit_sdk import Refused
from padkit_sdk.ports import ModelUse
from padkit_vision.shelf import ModelFile as ModelFile

Array = NDArray[np.generic]
IDLE_S = 120.0


class Engine:
    """Runs models by name. Safe to call from several threads."""

    def __init__(self, models: Mapping[str, ModelFile], now_mono_s: Callable[[], float]) -> None:
        self._models = models
        self._now_mono_s = now_mono_s
        self._lock = threading.Lock()
        self._sessions: dict[str, onnxruntime.InferenceSession] = {}
        self._used_s: dict[str, float] = {}

    def has(self, name: str) -> bool:
        """Whether the model's file is there; its content is looked at when it is first used."""
        return name in self._models and self._models[name].path.is_file()

    def use(self, name: str) -> ModelUse:
        """What the evidence says of the model."""
        return ModelUse(name, self._models[name].sha256, f"onnxruntime {onnxruntime.__version__}")

    def run(self, name: str, feeds: Mapping[str, Array]) -> list[Array]:
        """Run the model and return its outputs in its own order.

        Raises `Refused` ``model.missing`` and ``model.changed``, `DeviceFault` ``vision.engine`` and ``vision.memory``.
        """
        session = self._session(name)
        self._used_s[name] = self._now_mono_s()
        outputs: list[Array] = session.run(None, dict(feeds))
        return outputs

    def drop_idle(self) -> None:
        """Let go the sessions that nobody used for `IDLE_S`."""
        with self._lock:
            for name in [name for name, at_s in self._used_s.items() if self._now_mono_s() - at_s > IDLE_S]:
                self._sessions.pop(name, None)
                del self._used_s[name]

    def _session(self, name: str) -> onnxruntime.InferenceSession:
        with self._lock:
            if name not in self._sessions:
                self._sessions[name] = self._load(self._models[name])
            return self._sessions[name]

    @staticmethod
    def _load(model: ModelFile) -> onnxruntime.InferenceSession:
        try:
            data = model.path.read_bytes()
        except OSError as exc:
            raise Refused("model.missing", f"model {model.name}: {model.path}: {exc.strerror}; put it there") from exc
        found = hashlib.sha256(data).hexdigest()
        if found != model.sha256:
            raise Refused("model.changed", f"model {model.name}: sha256 {found}, not {model.sha256}; put ours there")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
