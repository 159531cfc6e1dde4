"""The process `padkit-sim serve` for one test: started, waited for, ended by its own id. Nothing outlives `stop`."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from padkit_sim.errors import SimRefused

PADKIT_SIM = (sys.executable, "-c", "from padkit_sim.cli import main; main()")
READY_S = 30.0
GOODBYE_S = 10.0
CHUNK = 65_536
CONTROL = "PADKIT_SIM_CONTROL"


class Ready(msgspec.Struct, frozen=True):
    """The line that `padkit-sim serve` prints when the kit stands."""

    event: str
    env: dict[str, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which kit, and what is changed of its file; None leaves it. `folder` takes the journal and what the process says."""

    kit: str
    folder: Path
    speed: float | None = None
    seed: int | None = None

    @property
    def journal(self) -> Path:
        """Every byte, a JSON line each."""
        return self.folder / "journal.jsonl"

    @property
    def said(self) -> Path:
        """What the process wrote to its standard error."""
        return self.folder / "padkit-sim.log"

    def words(self) -> list[str]:
        """The words after `padkit-sim`."""
        words = ["serve", self.kit, "--journal", str(self.journal)]
        words += ["--speed", f"{self.speed:g}"] if self.speed is not None else []
        return words + (["--seed", str(self.seed)] if self.seed is not None else [])


class Serving:
    """A kit that stands from `start` to `stop`."""

    def __init__(self, wanted: Wanted, now_mono_s: Callable[[], float] = time.monotonic) -> None:
        self.wanted = wanted
        self.environment: Mapping[str, str] = {}
        self._now_mono_s = now_mono_s
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def control(self) -> Path:
        """The control socket."""
        return Path(self.environment[CONTROL])

    def start(self) -> None:
        """Start the process and wait until its kit stands. Raises `SimRefused` with what the process said."""
        self.wanted.folder.mkdir(parents=True, exist_ok=True)
        with self.wanted.said.open("wb") as said:
            self._child = subprocess.Popen(  # noqa: S603 - our own program, words of the test
                [*PADKIT_SIM, *self.wanted.words()], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said
            )
        line = self._first_line(self._child)
        try:
            self.environment = msgspec.json.decode(line, type=Ready).env
        except msgspec.MsgspecError as exc:
            self.stop()
            raise SimRefused(f"kit {self.wanted.kit}: did not stand: {self._told() or 'it said nothing'}") from exc

    def stop(self) -> None:
        """End the process: SIGTERM, and SIGKILL when it does not go. Raises `SimRefused` when it ended badly."""
        child, self._child = self._child, None
        if child is None:
            return
        was_over = child.poll() is not None
        child.terminate()
        try:
            child.wait(GOODBYE_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        assert child.stdout
        child.stdout.close()
        if self.environment and (was_over or child.returncode != 0):
            when = "ended during the test" if was_over else "did not end cleanly"
            raise SimRefused(f"kit {self.wanted.kit}: {when} with code {child.returncode}: {self._told()}")

    def _first_line(self, child: subprocess.Popen[bytes]) -> bytes:
        assert child.stdout
        until_mono_s, line = self._now_mono_s() + READY_S, bytearray()
        while not line.endswith(b"\n") and self._now_mono_s() < until_mono_s:
            if select.select([child.stdout], [], [], max(0.0, until_mono_s - self._now_mono_s()))[0]:
                chunk = os.read(child.stdout.fileno(), CHUNK)
                if not chunk:
                    break
                line += chunk
        return bytes(line)

    def _told(self) -> str:
        return self.wanted.said.read_text(encoding="utf-8", errors="replace").strip()
