"""Where keys come from: files, or a token in another process that may be gone, slow or locked."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from ends import Ends, make_ends
from pki import Pki
from token_process import Token, TokenKeys

from padkit_contract import keyfile, pem
from padkit_contract.context import VERSION
from padkit_contract.crypto import Suite
from padkit_contract.envelope import Identity, Opened, Recipient, open_envelope, seal
from padkit_contract.errors import CryptoUnfit, EnvelopeRefused, KeySilent
from padkit_contract.keys import FileKeys
from padkit_contract.x509 import Usage

PASSWORD = b"TEST ONLY password"


@pytest.fixture(scope="module")
def ends(pki: Pki) -> Ends:
    return make_ends(pki)


@pytest.fixture(scope="module")
def folder(ends: Ends, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The service's key files."""
    folder = tmp_path_factory.mktemp("keys")
    for name, identity in (("sign", ends.service), ("encrypt", ends.service_receives)):
        wrapped = keyfile.wrap_key(identity.key, PASSWORD, os.urandom, iterations=10)
        keyfile.write_private(folder / f"{name}.key.pem", pem.write(pem.ENCRYPTED_KEY, wrapped, "TEST ONLY"))
    return folder


@pytest.fixture
def token(folder: Path) -> Iterator[Token]:
    with Token(sorted(folder.iterdir()), PASSWORD) as plugged:
        yield plugged


@pytest.fixture
def service(ends: Ends, token: Token) -> Identity:
    """The service as it receives, its key in the token."""
    point = ends.service_receives.certificate.point
    return Identity(ends.service_receives.certificate, TokenKeys(token).key(Usage.KEY_ENCIPHERMENT, point))


def sealed(ends: Ends) -> bytes:
    context = ends.context(version=VERSION)
    return seal(b"ask", context, sender=ends.kit, recipient=ends.central, random_bytes=os.urandom, now=ends.pki.now)


def opened(ends: Ends, raw: bytes, service: Identity) -> Opened:
    return open_envelope(raw, own=[service], trust=ends.trust, now=ends.pki.now)


def reason(silent: pytest.ExceptionInfo[KeySilent]) -> str:
    return silent.value.reason


def test_files_give_the_key_for_each_usage(ends: Ends, folder: Path, suite: Suite) -> None:
    keys = FileKeys(folder, suite, PASSWORD)
    for usage, identity in ((Usage.SIGNATURE, ends.service), (Usage.KEY_ENCIPHERMENT, ends.service_receives)):
        assert keys.key(usage, identity.certificate.point).public == identity.certificate.point
    assert PASSWORD.decode() not in repr(keys)


def test_what_is_sealed_for_a_token_opens_with_it(ends: Ends, service: Identity) -> None:
    assert opened(ends, sealed(ends), service).payload == b"ask"


def test_what_a_token_signs_is_believed(ends: Ends, token: Token) -> None:
    certificate = ends.service.certificate
    signer = Identity(certificate, TokenKeys(token).key(Usage.SIGNATURE, certificate.point))
    kit = Recipient.load(ends.kit_receives.certificate, ends.pki.suite)
    context = ends.context(version=VERSION, key=kit.key_id, recipient=kit.name, business="reply:ACC-01")
    raw = seal(b"answer", context, sender=signer, recipient=kit, random_bytes=os.urandom, now=ends.pki.now)
    found = open_envelope(raw, own=[ends.kit_receives], trust=ends.trust, now=ends.pki.now)
    assert (found.payload, found.signer.name) == (b"answer", "central")


def test_a_damaged_envelope_is_refused_and_not_taken_for_a_silent_token(ends: Ends, service: Identity) -> None:
    raw = bytearray(sealed(ends))
    raw[len(raw) // 2] ^= 1
    with pytest.raises(EnvelopeRefused):
        opened(ends, bytes(raw), service)


def test_a_token_that_is_pulled_out_is_silent_and_works_again_when_it_is_back(
    ends: Ends, token: Token, service: Identity
) -> None:
    raw = sealed(ends)
    token.unplug()
    with pytest.raises(KeySilent) as silent:
        opened(ends, raw, service)
    assert reason(silent) == "key.gone"
    token.plug()
    assert opened(ends, raw, service).payload == b"ask"


def test_a_slow_token_is_silent_and_its_late_answer_is_nobody_else_s(
    ends: Ends, token: Token, service: Identity
) -> None:
    raw = sealed(ends)
    token.stall(1)
    token.patience_s = 0.05
    with pytest.raises(KeySilent) as silent:
        opened(ends, raw, service)
    assert reason(silent) == "key.slow"
    token.patience_s = 10.0
    assert opened(ends, raw, service).payload == b"ask"


def test_a_wrong_pin_is_told_and_the_right_one_goes_on(ends: Ends, token: Token, service: Identity) -> None:
    raw, right = sealed(ends), token.pin
    token.unplug()
    token.pin = "wrong"
    with pytest.raises(KeySilent) as silent:
        token.plug()
    assert reason(silent) == "key.pin"
    with pytest.raises(KeySilent, match="locked"):
        opened(ends, raw, service)
    token.unplug()
    token.pin = right
    token.plug()
    assert opened(ends, raw, service).payload == b"ask"


def test_a_key_that_is_not_in_the_token_is_no_silence(ends: Ends, token: Token) -> None:
    with pytest.raises(CryptoUnfit, match=r"key\.none"):
        TokenKeys(token).key(Usage.SIGNATURE, ends.kit.certificate.point)
