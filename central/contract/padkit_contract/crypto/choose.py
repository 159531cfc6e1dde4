"""Choosing the crypto backend at start: libcrypto if it proves itself, else, if policy allows, the pure one."""

from __future__ import annotations

from typing import Protocol

from padkit_contract.crypto.native import NativeSuite
from padkit_contract.crypto.pure import PureSuite
from padkit_contract.crypto.selftest import self_test
from padkit_contract.crypto.suite import Suite
from padkit_contract.errors import CryptoUnfit

DEFAULT_LIBRARY = "libcrypto.so.3"


class Log(Protocol):
    """A structured log method, such as structlog's ``log.info``."""

    def __call__(self, event: str, /, **fields: str) -> object: ...


def choose_suite(*, allow_pure: bool, library: str = DEFAULT_LIBRARY, log: Log) -> Suite:
    """Return a suite that reproduced every example.

    `library` is a path or a name; `log` is told what was taken (``crypto.suite``) and what was not (``crypto.unfit``).

    Raises:
        CryptoUnfit: ``crypto.forbidden``: libcrypto is unfit and `allow_pure` is False; ``crypto.self_test``: the pure
            one failed too.
    """
    try:
        suite = proved(NativeSuite.load(library))
    except CryptoUnfit as exc:
        log("crypto.unfit", library=library, reason=str(exc))
        if not allow_pure:
            raise CryptoUnfit("crypto.forbidden", f"{exc}; policy forbids the pure Python fallback") from exc
        suite = proved(PureSuite())
    log("crypto.suite", suite=suite.name)
    return suite


def proved(suite: Suite) -> Suite:
    """Return `suite` when its self-test passes. Raises `CryptoUnfit` ``crypto.self_test`` naming the failed examples."""
    failed = [result.name for result in self_test(suite) if not result.ok]
    if failed:
        raise CryptoUnfit(
            "crypto.self_test", f"{suite.name} failed {', '.join(failed)}; nothing will be signed with it"
        )
    return suite
