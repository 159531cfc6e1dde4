"""Where private keys come from: files by default, a hardware token by another `KeySource`. What signs and opens cannot tell.

A token holds the key and answers; its `PrivateKey` raises `KeySilent` when the token does not. Nothing was wrong with the
message then, so whoever catches it keeps what is in hand and does the same again later.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from padkit_contract import keyfile
from padkit_contract.crypto.suite import PrivateKey, Suite
from padkit_contract.x509 import Usage

SIGN_KEY, ENCRYPT_KEY = "sign.key.pem", "encrypt.key.pem"
COMMAND_KEY, PREVIOUS_KEY = "command.key.pem", "encrypt-previous.key.pem"


class KeySource(Protocol):
    """Gives the private keys of one party."""

    def key(self, usage: Usage, point: bytes) -> PrivateKey:
        """Return the key for `usage` (`SIGNATURE` or `KEY_ENCIPHERMENT`) whose certificate shows `point`.

        Raises:
            CryptoUnfit: ``key.*``: there is no such key, or it cannot be used.
            KeySilent: the token gives no answer.
        """
        ...


@dataclass(frozen=True, slots=True)
class FileKeys:
    """The keys in a party's folder, each an encrypted PKCS#8 file: `sign_key` and `encrypt_key` name them."""

    folder: Path
    suite: Suite
    password: bytes = field(repr=False)
    sign_key: str = SIGN_KEY
    encrypt_key: str = ENCRYPT_KEY

    def key(self, usage: Usage, point: bytes) -> PrivateKey:
        """Open the file for `usage`; whether it is the certificate's key, its `Identity` checks."""
        name = self.sign_key if usage is Usage.SIGNATURE else self.encrypt_key
        return keyfile.load_key(self.folder / name, self.password, self.suite)
