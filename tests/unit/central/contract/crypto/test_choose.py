from __future__ import annotations

import subprocess
import sys

import pytest

from padkit_contract.crypto import NativeSuite, PureSuite, choose_suite, self_test
from padkit_contract.crypto.choose import proved
from padkit_contract.errors import CryptoUnfit


class Logged:
    def __init__(self) -> None:
        self.events: list[tuple[str, dict[str, str]]] = []

    def __call__(self, event: str, /, **fields: str) -> None:
        self.events.append((event, fields))


class Broken(PureSuite):
    """A suite whose keys come out wrong in one way."""

    name = "broken"

    def __init__(self, what: str) -> None:
        super().__init__()
        self.what = what

    def load_public(self, point):
        if self.what == "refuses":
            raise CryptoUnfit("key.point")
        key = super().load_public(point)
        if self.what == "believes":
            key.verify = lambda signature, data: True
        return key

    def load_private(self, scalar, point):
        key = super().load_private(scalar, point)
        if self.what == "decrypts":
            key.decrypt = lambda ciphertext: b"something else"
        return key


@pytest.mark.usefixtures("libssl3")
def test_libcrypto_is_taken_and_the_choice_is_logged():
    log = Logged()
    suite = choose_suite(allow_pure=False, log=log)
    assert isinstance(suite, NativeSuite)
    assert log.events == [("crypto.suite", {"suite": suite.name})]
    assert "OpenSSL 3" in suite.name


def test_without_libcrypto_the_pure_suite_stands_in_and_the_log_says_why():
    log = Logged()
    suite = choose_suite(allow_pure=True, library="libcrypto-of-nobody.so", log=log)
    assert isinstance(suite, PureSuite)
    (unfit, why), (chosen, what) = log.events
    assert (unfit, chosen) == ("crypto.unfit", "crypto.suite")
    assert "libcrypto-of-nobody.so" in why["reason"]
    assert "not constant time" in what["suite"]


def test_policy_can_forbid_the_pure_suite():
    with pytest.raises(CryptoUnfit, match="policy forbids") as refused:
        choose_suite(allow_pure=False, library="libcrypto-of-nobody.so", log=Logged())
    assert refused.value.reason == "crypto.forbidden"


def test_every_example_of_the_self_test_holds(suite):
    results = self_test(suite)
    assert [result.name for result in results if not result.ok] == []
    assert all(result.source for result in results)


@pytest.mark.parametrize(
    ("what", "failed"), [("believes", "SM2 verify"), ("decrypts", "SM2 decrypt"), ("refuses", "SM2 verify")]
)
def test_a_suite_that_fails_an_example_is_refused_by_name(what, failed):
    with pytest.raises(CryptoUnfit, match=f"broken failed .*{failed}") as refused:
        proved(Broken(what))
    assert refused.value.reason == "crypto.self_test"


def test_the_fallback_costs_nothing_until_it_is_used():
    code = "import sys, padkit_contract.crypto; print('gmssl' in sys.modules, 'OpenSSL' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
