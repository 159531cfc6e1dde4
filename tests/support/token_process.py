"""A hardware token's stand-in, TEST ONLY: keys in a process of their own, reached through a pipe, that can go, stall, lock.

It proves `padkit_contract.keys`: `TokenKeys` is a `KeySource` whose keys never come into the process that uses them.
"""

from __future__ import annotations

import os
import select
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import msgspec

from padkit_contract.crypto import NativeSuite
from padkit_contract.crypto.suite import PrivateKey
from padkit_contract.errors import CryptoUnfit, KeySilent
from padkit_contract.keyfile import load_key
from padkit_contract.x509 import Usage

PIN = "TEST ONLY 1234"
PATIENCE_S = 10.0
LENGTH = 4


class Ask(msgspec.Struct, frozen=True):
    """One question; `number` finds its answer, whatever came too late for an earlier one."""

    number: int
    do: str
    point: bytes = b""
    data: bytes = b""


class Told(msgspec.Struct, frozen=True):
    """One answer."""

    number: int
    data: bytes = b""
    refused: str = ""


class Token:
    """Holds the keys of some key files in another process. Use as a context manager; `unplug` and `plug` at will."""

    def __init__(
        self, files: Sequence[Path], password: bytes, *, pin: str = PIN, patience_s: float = PATIENCE_S
    ) -> None:
        self._files = [str(path) for path in files]
        self._password = password
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._number = 0
        self.pin = pin
        self.patience_s = patience_s

    def __enter__(self) -> Token:
        self.plug()
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()

    def plug(self) -> None:
        """Put the token in and log in. Raises `KeySilent` ``key.pin``."""
        self._process = subprocess.Popen(
            [sys.executable, __file__, *self._files], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._write(self._password)
        self.ask("login", data=self.pin.encode())

    def unplug(self) -> None:
        """Pull the token out."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def stall(self, answers: int) -> None:
        """Swallow the next answers."""
        self.ask("stall", data=str(answers).encode())

    def ask(self, do: str, *, point: bytes = b"", data: bytes = b"") -> bytes:
        """Raises `KeySilent` ``key.gone``, ``key.slow``, ``key.pin``; ValueError when a ciphertext does not open."""
        with self._lock:
            self._number += 1
            self._write(msgspec.msgpack.encode(Ask(self._number, do, point, data)))
            told = Told(0)
            while told.number != self._number:
                told = msgspec.msgpack.decode(self._read(), type=Told)
        if told.refused.startswith("key."):
            raise KeySilent(told.refused, "the token is locked; log in again")
        if told.refused:
            raise ValueError(told.refused)
        return told.data

    def _write(self, data: bytes) -> None:
        try:
            assert self._process is not None and self._process.stdin is not None
            self._process.stdin.write(len(data).to_bytes(LENGTH, "big") + data)
            self._process.stdin.flush()
        except (AssertionError, OSError) as exc:
            raise _gone() from exc

    def _read(self) -> bytes:
        return self._exactly(int.from_bytes(self._exactly(LENGTH), "big"))

    def _exactly(self, count: int) -> bytes:
        assert self._process is not None and self._process.stdout is not None
        handle, got = self._process.stdout.fileno(), b""
        while len(got) < count:
            if not select.select([handle], [], [], self.patience_s)[0]:
                raise KeySilent("key.slow", f"no answer from the token in {self.patience_s} s")
            part = os.read(handle, count - len(got))
            if not part:
                raise _gone()
            got += part
        return got


class TokenKey:
    """A private key in the token."""

    def __init__(self, token: Token, point: bytes) -> None:
        self._token = token
        self.public = point

    def sign(self, data: bytes) -> bytes:
        """Have the token sign. Raises `KeySilent`."""
        return self._token.ask("sign", point=self.public, data=data)

    def decrypt(self, ciphertext: bytes) -> bytes:
        """Have the token decrypt. Raises ValueError, `KeySilent`."""
        return self._token.ask("decrypt", point=self.public, data=ciphertext)


class TokenKeys:
    """The keys of one token, found by the point of their certificate."""

    def __init__(self, token: Token) -> None:
        self._token = token

    def key(self, usage: Usage, point: bytes) -> PrivateKey:
        """Return the key. Raises `CryptoUnfit` ``key.none``, `KeySilent`."""
        if not self._token.ask("has", point=point):
            raise CryptoUnfit("key.none", f"no key for {usage.name} in the token; import it")
        return TokenKey(self._token, point)


def _gone() -> KeySilent:
    return KeySilent("key.gone", "the token is not there; plug it in")


def main() -> None:
    """Be the token: keys from the files named, password and questions on standard input."""

    def take() -> bytes:
        head = sys.stdin.buffer.read(LENGTH)
        return sys.stdin.buffer.read(int.from_bytes(head, "big")) if len(head) == LENGTH else sys.exit(0)

    password, suite = take(), NativeSuite.load("libcrypto.so.3")
    keys = {key.public: key for key in (load_key(Path(name), password, suite) for name in sys.argv[1:])}
    unlocked, stalled = False, 0
    while True:
        asked = msgspec.msgpack.decode(take(), type=Ask)
        data, refused = b"", ""
        if asked.do == "login":
            unlocked = asked.data == PIN.encode()
        if not unlocked:
            refused = "key.pin"
        elif asked.do == "has":
            data = b"\1" if asked.point in keys else b""
        elif asked.do == "sign":
            data = keys[asked.point].sign(asked.data)
        elif asked.do == "decrypt":
            try:
                data = keys[asked.point].decrypt(asked.data)
            except ValueError as exc:
                refused = str(exc)
        if stalled:
            stalled -= 1
            continue
        if asked.do == "stall":
            stalled = int(asked.data)
        told = msgspec.msgpack.encode(Told(asked.number, data, refused))
        sys.stdout.buffer.write(len(told).to_bytes(LENGTH, "big") + told)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
