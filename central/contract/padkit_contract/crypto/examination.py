"""What a person is told of this machine's cryptography: each backend, each example with its source, and what policy says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version

from padkit_contract.crypto.choose import DEFAULT_LIBRARY
from padkit_contract.crypto.native import NativeSuite
from padkit_contract.crypto.pure import PureSuite
from padkit_contract.crypto.selftest import VectorResult, self_test
from padkit_contract.crypto.suite import Suite
from padkit_contract.errors import CryptoUnfit


@dataclass(frozen=True, slots=True)
class Examined:
    """One backend: its name with version, and its examples, or why it was not even tried."""

    suite: str
    examples: tuple[VectorResult, ...] = ()
    refused: str = ""

    @property
    def fit(self) -> bool:
        """Tell whether it may touch keys."""
        return not self.refused and all(example.ok for example in self.examples)


@dataclass(frozen=True, slots=True)
class Examination:
    """Both backends in the order in which a start takes them; `allow_pure` is what policy says of the second.

    `symmetric` computes SM3 and SM4 for either.
    """

    library: str
    allow_pure: bool
    backends: tuple[Examined, ...]
    symmetric: str

    @property
    def in_use(self) -> str:
        """Return the name of the backend that a start takes, or nothing: then nothing starts."""
        return next((backend.suite for backend in self.backends if backend.fit), "")

    def lines(self) -> Iterator[str]:
        """Yield the report for people."""
        for backend in self.backends:
            yield f"{backend.suite}: {backend.refused or f'{len(backend.examples)} examples'}"
            for example in backend.examples:
                yield f"  {'ok  ' if example.ok else 'FAIL'}  {example.name:24} {example.source}"
        yield f"SM3 and SM4: {self.symmetric}"
        yield f"policy: the pure Python backend is {'allowed' if self.allow_pure else 'forbidden'} for private keys"
        yield f"in use: {self.in_use or 'none; nothing may be signed or opened on this machine'}"


def examine(*, allow_pure: bool, library: str = DEFAULT_LIBRARY) -> Examination:
    """Run every example on each backend that policy allows. Nothing is raised: what is wrong stands in the result."""
    backends = (_native(library), _pure(allow_pure=allow_pure))
    return Examination(library, allow_pure, backends, f"cryptography {version('cryptography')}")


def _native(library: str) -> Examined:
    try:
        suite: Suite = NativeSuite.load(library)
    except CryptoUnfit as exc:
        return Examined(f"libcrypto ({library})", refused=str(exc))
    return Examined(suite.name, self_test(suite))


def _pure(*, allow_pure: bool) -> Examined:
    name = f"{PureSuite.name} {version('gmssl')}"
    if not allow_pure:
        return Examined(name, refused="forbidden by policy, not tried")
    return Examined(name, self_test(PureSuite()))
