from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import padkit_contract.crypto.choose as choose
import padkit_contract.crypto.examination as examination
from padkit_contract.crypto import NativeSuite, PureSuite, choose_suite, self_test, selftest
from padkit_contract.crypto.choose import proved
from padkit_contract.crypto.examination import examine
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


@pytest.mark.parametrize("example", ["SM3_DIGEST", "SM4_BLOCK", "GCM_SEALED", "SM2_SIGNATURE", "SM2_CIPHERTEXT"])
@pytest.mark.usefixtures("libssl3")
def test_one_wrong_byte_in_an_example_refuses_to_start_either_backend(monkeypatch, example):
    good = getattr(selftest, example)
    monkeypatch.setattr(selftest, example, good[:-1] + bytes([good[-1] ^ 1]))
    with pytest.raises(CryptoUnfit) as refused:
        choose_suite(allow_pure=True, log=Logged())
    assert refused.value.reason == "crypto.self_test"
    found = examine(allow_pure=True)
    assert found.in_use == ""
    assert all([example.name for example in backend.examples if not example.ok] for backend in found.backends)


@pytest.mark.usefixtures("libssl3")
def test_a_library_without_its_functions_is_refused(tmp_path):
    fake = tmp_path / "libcrypto.so.3"
    fake.write_bytes(b"not a library")
    with pytest.raises(CryptoUnfit, match="policy forbids") as refused:
        choose_suite(allow_pure=False, library=str(fake), log=Logged())
    assert refused.value.reason == "crypto.forbidden"
    with pytest.raises(CryptoUnfit, match=r"crypto\.library"):
        NativeSuite.load("libc.so.6")


def test_policy_keeps_the_pure_suite_from_being_made_at_all(monkeypatch):
    def made(*_):
        raise AssertionError("the pure suite was made")

    monkeypatch.setattr(choose, "PureSuite", made)
    monkeypatch.setattr(examination, "PureSuite", made)
    made.name = PureSuite.name
    with pytest.raises(CryptoUnfit, match="policy forbids"):
        choose_suite(allow_pure=False, library="libcrypto-of-nobody.so", log=Logged())
    assert examine(allow_pure=False).backends[1].refused


def test_nobody_but_the_crypto_room_makes_the_pure_suite():
    root = Path(__file__).parents[5]
    makers = [
        path.relative_to(root).as_posix()
        for house in ("agent", "central", "hw_sim", "plugins")
        for path in (root / house).rglob("*.py")
        if "PureSuite(" in path.read_text(encoding="utf-8")
    ]
    assert sorted(makers) == [
        f"central/contract/padkit_contract/crypto/{name}.py" for name in ("choose", "examination")
    ]
