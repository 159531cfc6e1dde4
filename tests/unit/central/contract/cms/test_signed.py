from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_contract import der, oids
from padkit_contract.cms import signed
from padkit_contract.errors import CryptoUnfit
from padkit_contract.x509 import Role

MOMENT = datetime(2026, 11, 22, 8, 0, 0, 123, tzinfo=UTC)


@pytest.fixture(scope="module")
def kit(pki):
    return pki.identity("KIT-1", Role.KIT)


@pytest.fixture(scope="module")
def message(kit):
    return signed.sign(b"content", b"context", kit.certificate, kit.key, MOMENT)


def test_what_was_signed_is_read(suite, kit, message):
    read = signed.decode(message)
    assert (read.content, read.context, read.certificate) == (b"content", b"context", kit.certificate)
    assert read.signed_at == MOMENT.replace(microsecond=0)
    assert read.signed_by(suite.load_public(kit.key.public))
    assert not read.signed_by(suite.load_public(suite.generate().public))


def test_the_signature_covers_type_time_digest_and_context(message):
    items = der.attributes(signed.decode(message).attributes)
    assert {item.type for item in items} == {oids.CONTENT_TYPE, oids.SIGNING_TIME, oids.MESSAGE_DIGEST, oids.CONTEXT}
    digest = der.decode(bytes, der.only_value(items, oids.MESSAGE_DIGEST))
    assert digest == hashlib.new("sm3", b"content").digest()


def rebuilt(message: bytes, **changes: object) -> bytes:
    info = der.decode(der.SignedDataInfo, message)
    for name, value in changes.items():
        setattr(info.content, name, value)
    return der.encode(info)


def rebuilt_signer(message: bytes, **changes: object) -> bytes:
    (signer,) = der.decode(der.SignedDataInfo, message).content.signers.as_list()
    for name, value in changes.items():
        setattr(signer, name, value)
    return rebuilt(message, signers=der.SetOf([signer]))


def test_sm3_with_null_parameters_is_read_too(suite, kit, message):
    null = der.Algorithm(algorithm=oids.SM3, parameters=der.Null())
    other = rebuilt(rebuilt_signer(message, digest_algorithm=null), digest_algorithms=der.SetOf([null]))
    assert signed.decode(other).signed_by(suite.load_public(kit.key.public))


def wrong_messages(message: bytes, kit) -> dict[str, bytes]:
    data = der.decode(der.SignedDataInfo, message).content
    (signer,) = data.signers.as_list()
    items = signer.attributes.as_list()
    foreign = der.IssuerAndSerial(issuer=signer.signer.issuer, serial=signer.signer.serial + 1)
    return {
        "version": rebuilt(message, version=3),
        "signer version": rebuilt_signer(message, version=3),
        "digest": rebuilt(message, digest_algorithms=der.SetOf([der.algorithm(oids.SM4_GCM)])),
        "two digests": rebuilt(message, digest_algorithms=der.SetOf([der.algorithm(oids.SM3)] * 2)),
        "no digest": rebuilt(message, digest_algorithms=der.SetOf([])),
        "signer's digest": rebuilt_signer(message, digest_algorithm=der.algorithm(oids.SM4_GCM)),
        "mixed digests": rebuilt_signer(
            message, digest_algorithm=der.Algorithm(algorithm=oids.SM3, parameters=der.Null())
        ),
        "signature algorithm": rebuilt_signer(message, signature_algorithm=der.algorithm(oids.SM3)),
        "signer is another": rebuilt_signer(message, signer=foreign),
        "two signers": rebuilt(message, signers=der.SetOf([signer, signer])),
        "no signer": rebuilt(message, signers=der.SetOf([])),
        "two certificates": rebuilt(message, certificates=der.SetOf([der.raw(kit.certificate.der)] * 2)),
        "content type": rebuilt(message, content=der.DataContent(type=oids.SIGNED_DATA, content=b"content")),
        "content": rebuilt(message, content=der.DataContent(type=oids.DATA, content=b"Content")),
        "no attributes": rebuilt_signer(message, attributes=der.SetOf([])),
        "one attribute less": rebuilt_signer(message, attributes=der.SetOf(items[1:])),
        "one attribute twice": rebuilt_signer(message, attributes=der.SetOf([*items, items[0]])),
        "one attribute more": rebuilt_signer(message, attributes=der.SetOf([*items, der.octets(oids.SM3, b"")])),
        "trailing byte": message + b"\0",
    }


WRONG = (
    "version",
    "signer version",
    "digest",
    "two digests",
    "no digest",
    "signer's digest",
    "mixed digests",
    "signature algorithm",
    "signer is another",
    "two signers",
    "no signer",
    "two certificates",
    "content type",
    "content",
    "no attributes",
    "one attribute less",
    "one attribute twice",
    "one attribute more",
    "trailing byte",
)


@pytest.mark.parametrize("what", WRONG)
def test_anything_the_profile_does_not_fix_so_is_refused(kit, message, what):
    with pytest.raises(ValueError):
        signed.decode(wrong_messages(message, kit)[what])


@given(st.binary(max_size=300))
def test_garbage_is_refused(garbage):
    with pytest.raises((ValueError, CryptoUnfit)):
        signed.decode(garbage)
