"""The kit's device key: an SM2 key of its own, apart from the certificates, so that renewing those never touches the vault."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from padkit_agent.store.vault.disk import Disk, put, read_private
from padkit_contract import keyfile, pem
from padkit_contract.crypto import PrivateKey, PublicKey, Suite, sm3
from padkit_contract.errors import CryptoUnfit
from padkit_sdk.errors import Refused

NAME = "device.key.pem"
SECRET_SIZE = 32
COMMENT = "Device key of a kit: opens the kit data key beside it. It belongs to this machine; do not copy."


class DeviceKey:
    """Wraps a secret for this machine's key, and unwraps it. `private` may live in hardware."""

    def __init__(self, private: PrivateKey, public: PublicKey) -> None:
        self._private = private
        self._public = public

    def __repr__(self) -> str:
        return f"DeviceKey({self.id})"

    @property
    def id(self) -> str:
        """Sixteen hex digits that tell this key from another."""
        return sm3(self._public.point)[:8].hex()

    def wrap(self, secret: bytes) -> bytes:
        """Return `secret` encrypted to this key."""
        return self._public.encrypt(secret)

    def unwrap(self, wrapped: bytes) -> bytes:
        """Return the secret. Raises ValueError."""
        return self._private.decrypt(wrapped)


class DeviceKeySource(Protocol):
    """Where the device key comes from: a file, or hardware."""

    def load(self, *, make: bool) -> DeviceKey:
        """Return the key; with `make`, make one when there is none. Raises `Refused` ``vault.device_key``."""
        ...

    @property
    def files(self) -> tuple[Path, ...]:
        """What a crypto-erase has to destroy; nothing for a key that cannot leave its hardware."""
        ...


@dataclass(frozen=True, slots=True)
class DeviceKeyFile:
    """A device key in a PKCS#8 file, encrypted under the kit's password (given when the key is wanted)."""

    path: Path
    suite: Suite
    password: Callable[[], bytes]
    disk: Disk
    random_bytes: Callable[[int], bytes]

    @property
    def files(self) -> tuple[Path, ...]:
        return (self.path,)

    def load(self, *, make: bool) -> DeviceKey:
        read_private(self.path, "device key", most=keyfile.MAX_FILE)  # who else could read it is told first
        try:
            if not self.path.exists() and make:
                self._make()
            private = keyfile.load_key(self.path, self.password(), self.suite)
            return DeviceKey(private, self.suite.load_public(private.public))
        except CryptoUnfit as exc:
            raise Refused(
                "vault.device_key", f"device key {self.path}: {exc}; without it the kit data key does not open"
            ) from exc

    def _make(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        wrapped = keyfile.wrap_key(self.suite.generate(), self.password(), self.random_bytes)
        put(self.disk, self.path, pem.write(pem.ENCRYPTED_KEY, wrapped, COMMENT).encode("ascii"))
