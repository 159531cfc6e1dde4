"""The settings a kit profile may give this keypad, and the host's proof of itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from padkit_sdk import Refused
from padkit_sdk.links import Setting

DEFAULTS: dict[str, Setting] = {"user_key_file": ""}
MOST_BYTES = 64
OTHERS = 0o077


@dataclass(frozen=True, slots=True)
class Config:
    """`user_key_file` holds the key (16 hex digits) by which this keypad knows its host; empty: it asks for none."""

    user_key_file: str = ""


def read_config(settings: Mapping[str, Setting]) -> Config:
    """The settings. Raises `Refused` ``setting.type``."""
    file = settings.get("user_key_file", "")
    if not isinstance(file, str):
        raise Refused("setting.type", f"back_clip: user_key_file is {file!r}; give the path of a file as text")
    return Config(file)


def read_user_key(file: str) -> bytes:
    """The 8 bytes in `file`. Raises `Refused` ``setting.user_key_file`` when it is not there, open to others, or no key."""
    path = Path(file)
    try:
        if path.stat().st_mode & OTHERS:
            raise Refused("setting.user_key_file", f"user_key_file {path}: others may read it; chmod 600 it")
        with path.open() as opened:
            text = opened.read(MOST_BYTES).strip()
    except (OSError, UnicodeDecodeError) as exc:
        raise Refused(
            "setting.user_key_file", f"user_key_file {path}: {type(exc).__name__}; name a readable file"
        ) from exc
    if not re.fullmatch("[0-9A-Fa-f]{16}", text):
        raise Refused("setting.user_key_file", f"user_key_file {path}: no 16 hex digits; write the key as hex")
    return bytes.fromhex(text)


def prove(challenge: bytes, user_key: bytes) -> bytes:
    """DES-ECB of the 8 bytes `challenge`: the keypad's protocol knows nothing stronger. No PIN is ever under this key."""
    from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
    from cryptography.hazmat.primitives.ciphers import Cipher, modes

    encryptor = Cipher(TripleDES(3 * user_key), modes.ECB()).encryptor()  # noqa: S305 - the maker's choice
    return encryptor.update(challenge) + encryptor.finalize()
