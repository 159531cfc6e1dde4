"""Sealing of what is personal before it reaches the disk: SM4-GCM under the kit data key.

The store is given a `Vault` with its first row; where the key comes from is the vault's own business (here: a file).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from padkit_contract.crypto import gcm_open, gcm_seal
from padkit_sdk.errors import Refused

KEY_SIZE = 16
NONCE_SIZE = 12


class Vault(Protocol):
    """Seals and opens; `place` (table and row) is bound in, so that a sealed value works nowhere else."""

    def seal(self, data: bytes, place: str) -> bytes:
        """Return `data` sealed for `place`."""
        ...

    def open(self, sealed: bytes, place: str) -> bytes:
        """Return what was sealed. Raises `Refused` ``vault.damaged``."""
        ...


class FileVault:
    """A vault whose key is a file of 16 bytes, mode 0600."""

    def __init__(self, key: bytes, random_bytes: Callable[[int], bytes]) -> None:
        self._key = key
        self._random_bytes = random_bytes

    def __repr__(self) -> str:
        return "FileVault(…)"

    @classmethod
    def load(cls, path: Path, random_bytes: Callable[[int], bytes], *, make: bool) -> FileVault:
        """Read the key file; with `make` (a kit that has no store yet) make it when there is none.

        Raises `Refused` ``vault.key``. A lost key is never made anew: what it sealed would be lost without a word.
        """
        if not path.exists():
            if not make:
                raise Refused(
                    "vault.key", f"kit data key {path}: not there, but a store sealed with it is; restore the file"
                )
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(random_bytes(KEY_SIZE))
                file.flush()
                os.fsync(handle)
        if path.stat().st_mode & 0o077:
            raise Refused("vault.key", f"kit data key {path}: readable by others; chmod 600 it")
        key = path.read_bytes()
        if len(key) != KEY_SIZE:
            raise Refused("vault.key", f"kit data key {path}: {len(key)} bytes, expected {KEY_SIZE}; restore the file")
        return cls(key, random_bytes)

    def seal(self, data: bytes, place: str) -> bytes:
        nonce = self._random_bytes(NONCE_SIZE)
        return nonce + gcm_seal(self._key, nonce, place.encode(), data)

    def open(self, sealed: bytes, place: str) -> bytes:
        try:
            return gcm_open(self._key, sealed[:NONCE_SIZE], place.encode(), sealed[NONCE_SIZE:])
        except ValueError as exc:
            raise Refused(
                "vault.damaged", f"{place}: sealed value does not open; the row was changed or moved"
            ) from exc
