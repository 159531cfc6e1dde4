"""A child process that answers a JSON line with a JSON line: ours and the peer live in one each and take turns."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any


class LineChild:
    """One such child, pinned to `cores` when they are given. It is stopped by its own process id."""

    def __init__(self, command: Sequence[str], cwd: str, cores: set[int] | None = None) -> None:
        self._child = subprocess.Popen(
            command,
            cwd=cwd,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=None if cores is None else lambda: os.sched_setaffinity(0, cores),  # before it has threads
        )

    def ask(self, request: Mapping[str, object]) -> Any:
        """Return the answer. Raises `EOFError` when the child ended instead."""
        assert self._child.stdin is not None and self._child.stdout is not None
        self._child.stdin.write(json.dumps(request) + "\n")
        self._child.stdin.flush()
        line = self._child.stdout.readline()
        if not line:
            raise EOFError(f"{self._child.args!r} ended with {self._child.wait()}")
        return json.loads(line)

    def close(self) -> None:
        """End its input and wait; a child that does not end is killed."""
        assert self._child.stdin is not None and self._child.stdout is not None
        self._child.stdin.close()
        try:
            self._child.wait(10)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._child.stdout.close()

    def __enter__(self) -> LineChild:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()
