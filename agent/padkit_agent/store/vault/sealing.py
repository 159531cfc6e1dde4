"""Sealing of what is personal before it reaches the disk: SM4-GCM under one key. Where the key comes from is not said here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from padkit_contract.crypto import gcm_open, gcm_seal
from padkit_sdk.errors import Refused

KEY_SIZE = 16
NONCE_SIZE = 12


class Vault(Protocol):
    """Seals and opens; `place` (table and row) is bound in, so that a sealed value works nowhere else."""

    def seal(self, data: bytes, place: str) -> bytes:
        """Return `data` sealed for `place`. Raises `Refused` ``vault.erased``."""
        ...

    def open(self, sealed: bytes, place: str) -> bytes:
        """Return what was sealed. Raises `Refused` ``vault.damaged``, ``vault.erased``."""
        ...


class KeyVault:
    """A vault that was handed its key."""

    def __init__(self, key: bytes, random_bytes: Callable[[int], bytes]) -> None:
        self._key = key
        self._random_bytes = random_bytes

    def __repr__(self) -> str:
        return "KeyVault(…)"

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
