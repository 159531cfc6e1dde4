from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_contract import der, oids
from padkit_contract.cms import profile_a
from padkit_contract.crypto import gcm_open, hmac_sm3
from padkit_contract.envelope import Recipient
from padkit_contract.issue import ENCRYPT
from padkit_contract.x509 import Role


@pytest.fixture(scope="module")
def service(pki):
    return pki.identity("central", Role.SERVICE, ENCRYPT)


@pytest.fixture(scope="module")
def message(pki, service):
    recipient = Recipient.load(service.certificate, pki.suite)
    return profile_a.seal(b"content", b"context", recipient.number, recipient.key, os.urandom)


def test_what_was_sealed_opens(service, message):
    sealed = profile_a.decode(message)
    assert (sealed.context, sealed.recipient) == (b"context", service.number)
    assert sealed.open(service.key) == b"content"


def test_the_bytes_are_what_the_profile_says(service, message):
    """AuthEnvelopedData with SM4-GCM, 12-byte nonce, 16-byte tag; authenticated: type, context, HMAC-SM3 commitment."""
    data = der.decode(der.AuthEnvelopedDataInfo, message).content
    (recipient,) = data.recipients.as_list()
    key = service.key.decrypt(recipient.wrapped_key)
    commitment = hmac_sm3(key, b"padkit envelope key commitment v1\0context")
    items = der.attributes(data.attributes)
    assert der.decode(bytes, der.only_value(items, oids.KEY_COMMITMENT)) == commitment
    assert der.decode(bytes, der.only_value(items, oids.CONTEXT)) == b"context"
    nonce = data.content.algorithm.parameters.nonce
    assert (len(key), len(nonce), len(data.tag)) == (16, 12, 16)
    assert gcm_open(key, nonce, der.encode(data.attributes), data.content.ciphertext + data.tag) == b"content"


def rebuilt(message: bytes, **changes: object) -> bytes:
    info = der.decode(der.AuthEnvelopedDataInfo, message)
    for name, value in changes.items():
        setattr(info.content, name, value)
    return der.encode(info)


def wrong_messages(message: bytes) -> dict[str, bytes]:
    info = der.decode(der.AuthEnvelopedDataInfo, message)
    data = info.content
    (recipient,) = data.recipients.as_list()
    other_recipient = der.RecipientInfo(
        version=0, recipient=recipient.recipient, algorithm=der.algorithm(oids.SM3), wrapped_key=recipient.wrapped_key
    )
    items = data.attributes.as_list()

    def content(type_=oids.DATA, algorithm=oids.SM4_GCM, nonce=bytes(12), tag_size=16) -> der.GcmContent:
        parameters = der.GcmParameters(nonce=nonce, tag_size=tag_size)
        return der.GcmContent(
            type=type_,
            algorithm=der.GcmAlgorithm(algorithm=algorithm, parameters=parameters),
            ciphertext=data.content.ciphertext,
        )

    return {
        "outer type": der.encode(der.AuthEnvelopedDataInfo(type=oids.SIGNED_DATA, content=data)),
        "version": rebuilt(message, version=1),
        "inner type": rebuilt(message, content=content(type_=oids.SIGNED_DATA)),
        "cipher": rebuilt(message, content=content(algorithm=oids.SM4_CBC)),
        "short nonce": rebuilt(message, content=content(nonce=bytes(8))),
        "tag size": rebuilt(message, content=content(tag_size=12)),
        "short tag": rebuilt(message, tag=data.tag[:12]),
        "key algorithm": rebuilt(message, recipients=der.SetOf([other_recipient])),
        "no recipient": rebuilt(message, recipients=der.SetOf([])),
        "two recipients": rebuilt(message, recipients=der.SetOf([recipient, recipient])),
        "no attributes": rebuilt(message, attributes=der.SetOf([])),
        "no commitment": rebuilt(message, attributes=der.SetOf(items[:1] + items[2:])),
        "one attribute more": rebuilt(message, attributes=der.SetOf([*items, der.octets(oids.SM3, b"")])),
        "one attribute twice": rebuilt(message, attributes=der.SetOf([*items, items[0]])),
        "trailing byte": message + b"\0",
    }


WRONG = (
    "outer type",
    "version",
    "inner type",
    "cipher",
    "short nonce",
    "tag size",
    "short tag",
    "key algorithm",
    "no recipient",
    "two recipients",
    "no attributes",
    "no commitment",
    "one attribute more",
    "one attribute twice",
    "trailing byte",
)


@pytest.mark.parametrize("what", WRONG)
def test_anything_the_profile_does_not_fix_so_is_refused(message, what):
    with pytest.raises(ValueError):
        profile_a.decode(wrong_messages(message)[what])


@given(st.binary(max_size=300))
def test_garbage_is_refused(garbage):
    with pytest.raises(ValueError):
        profile_a.decode(garbage)
