"""Bouncy Castle behind one pipe: a Java program of ours over Debian's jars, one job a line, one answer a line."""

from __future__ import annotations

import base64
import fcntl
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from programs import JDK, jars, program

SOURCES = Path(__file__).parent / "bouncycastle"
TUNING = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto")  # a short life: start fast, compile little

Value = bytes | str | Sequence[bytes]


class PeerRefused(Exception):
    """The peer did not believe what it was given."""


@dataclass(frozen=True)
class BouncyCastle:
    """A running peer. `version` is what the jars say they are."""

    process: subprocess.Popen[str]
    version: str

    def ask(self, verb: str, /, **values: Value) -> dict[str, bytes]:
        """Return what the peer found. Raises `PeerRefused`."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        pairs = [f" {name}={_text(part)}" for name, value in values.items() for part in _parts(value)]
        print(verb, *pairs, sep="", file=self.process.stdin, flush=True)
        outcome, *words = self.process.stdout.readline().split()
        found = {name: base64.b64decode(value) for name, _, value in (word.partition("=") for word in words)}
        if outcome != "ok":
            raise PeerRefused(found["why"].decode())
        return found


@contextmanager
def bouncy_castle(folder: Path) -> Iterator[BouncyCastle]:
    """Compile into `folder`, unless another worker did, and start the peer; it talk with the block."""
    classes = _compiled(folder)
    command = [program("java", JDK), *TUNING, "-cp", _path(classes), "Peer"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        word, _, version = process.stdout.readline().strip().partition(" ")
        assert word == "ready", word
        yield BouncyCastle(process, version)
        assert process.stdin is not None
        process.stdin.close()


def _compiled(folder: Path) -> Path:
    classes = folder / "bouncycastle"
    compiler = program("javac", JDK)
    with (folder / "bouncycastle.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not classes.exists():
            made = folder / f"bouncycastle-{os.getpid()}"
            options = ("-Xlint:all,-path,-serial", "-Werror", "-cp", _path(), "-d", str(made))
            subprocess.run([compiler, *options, *map(str, sorted(SOURCES.glob("*.java")))], check=True)
            made.rename(classes)
    return classes


def _path(*folders: Path) -> str:
    return os.pathsep.join(map(str, (*folders, *jars())))


def _parts(value: Value) -> Sequence[bytes]:
    if isinstance(value, str):
        return (value.encode(),)
    return (value,) if isinstance(value, bytes) else value


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")
