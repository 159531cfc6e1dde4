"""Debian's OpenSSL 3.0 checks our requests and chains, and asks for certificates that we understand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from ends import private_key
from openssl import DEFAULT_ID, OpenSsl
from talk import Talk

from padkit_contract import pem
from padkit_contract.errors import CryptoUnfit
from padkit_contract.issue import Name, check_request, make_request
from padkit_contract.x509 import Role


@pytest.fixture
def authorities(openssl: OpenSsl, talk: Talk) -> OpenSsl:
    openssl.put_certificate("root.pem", talk.pki.root_certificate)
    openssl.put_certificate("kits.pem", talk.pki.sub_certificates[Role.KIT])
    openssl.put_certificate("services.pem", talk.pki.sub_certificates[Role.SERVICE])
    openssl.put_certificate("kit.pem", talk.kit.certificate)
    return openssl


def verify(talk: Talk, *files: str, later: timedelta = timedelta()) -> tuple[str, ...]:
    """One level of a chain: OpenSSL 3.0 takes the signer's ID into account for the target certificate only."""
    at = str(int((talk.pki.now + later).timestamp()))
    return ("verify", "-vfyopt", DEFAULT_ID, "-x509_strict", "-attime", at, *files)


def test_it_is_the_version_that_debian_has(openssl: OpenSsl) -> None:
    assert openssl.must("version").startswith(b"OpenSSL 3.0.")


def test_it_believes_our_chain_one_level_at_a_time(authorities: OpenSsl, talk: Talk) -> None:
    assert authorities.must(*verify(talk, "-CAfile", "root.pem", "root.pem")) == b"root.pem: OK\n"
    assert authorities.must(*verify(talk, "-CAfile", "root.pem", "kits.pem")) == b"kits.pem: OK\n"
    leaf = verify(talk, "-partial_chain", "-trusted", "kits.pem", "kit.pem")
    assert authorities.must(*leaf) == b"kit.pem: OK\n"


@pytest.mark.parametrize(
    ("authority", "later", "why"),
    [
        ("services.pem", timedelta(), b"unable to get local issuer certificate"),
        ("kits.pem", timedelta(days=91), b"certificate has expired"),
        ("kits.pem", timedelta(hours=-1), b"certificate is not yet valid"),
    ],
)
def test_it_refuses_a_kit_of_another_ca_or_time(
    authorities: OpenSsl, talk: Talk, authority: str, later: timedelta, why: bytes
) -> None:
    done = authorities.run(*verify(talk, "-partial_chain", "-trusted", authority, "kit.pem", later=later))
    assert done.returncode != 0
    assert why in done.stderr


def test_it_refuses_a_certificate_with_another_signature(authorities: OpenSsl, talk: Talk) -> None:
    raw = talk.kit.certificate.der
    authorities.put("kit.pem", pem.write(pem.CERTIFICATE, raw[:-1] + bytes([raw[-1] ^ 1])))
    done = authorities.run(*verify(talk, "-partial_chain", "-trusted", "kits.pem", "kit.pem"))
    assert done.returncode != 0
    assert b"certificate signature failure" in done.stderr


def test_it_checks_our_certificate_request(openssl: OpenSsl, talk: Talk) -> None:
    raw = make_request(Name("bank", "KIT-7"), talk.pki.suite.generate())
    assert said_of_request(openssl, raw) == b"Certificate request self-signature verify OK"
    changed = raw[:-1] + bytes([raw[-1] ^ 1])
    assert said_of_request(openssl, changed) == b"Certificate request self-signature verify failure"


def said_of_request(openssl: OpenSsl, raw: bytes) -> bytes:
    """Return the verdict in words: OpenSSL 3.0 talk with 0 either way."""
    openssl.put("kit.csr.pem", pem.write(pem.REQUEST, raw))
    return openssl.run("req", "-verify", "-noout", "-vfyopt", DEFAULT_ID, "-in", "kit.csr.pem").stderr.strip()


def asked_by_openssl(openssl: OpenSsl, *options: str) -> bytes:
    openssl.must("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2", "-out", "partner.key.pem")
    subject = ("-subj", "/O=bank/CN=partner", "-utf8")
    openssl.must("req", "-new", "-key", "partner.key.pem", "-sm3", *options, *subject, "-out", "partner.csr.pem")
    (raw,) = pem.read(pem.REQUEST, (openssl.folder / "partner.csr.pem").read_text())
    return raw


def test_we_check_a_request_of_its(openssl: OpenSsl, talk: Talk) -> None:
    request = check_request(asked_by_openssl(openssl, "-sigopt", DEFAULT_ID), talk.pki.suite)
    assert request.name == Name("bank", "partner")


def test_we_refuse_a_request_signed_with_its_empty_id(openssl: OpenSsl, talk: Talk) -> None:
    with pytest.raises(CryptoUnfit, match=r"request\.signature"):
        check_request(asked_by_openssl(openssl), talk.pki.suite)


def test_its_key_works_behind_our_functions(openssl: OpenSsl, talk: Talk) -> None:
    """It verifies what we sign, and we verify what it signs, both under the default ID."""
    key = private_key(talk.kit)
    openssl.put_key("kit.key.pem", key)
    openssl.put("message", b"message digest")
    openssl.must("pkey", "-in", "kit.key.pem", "-pubout", "-out", "kit.pub.pem")
    options = ("-rawin", "-digest", "sm3", "-pkeyopt", DEFAULT_ID, "-in", "message", "-sigfile", "signature")
    openssl.put("signature", key.sign(b"message digest"))
    assert b"Verified Successfully" in openssl.must("pkeyutl", "-verify", "-pubin", "-inkey", "kit.pub.pem", *options)
    openssl.must("pkeyutl", "-sign", "-inkey", "kit.key.pem", *options[:-2], "-out", "theirs")
    assert talk.pki.suite.load_public(key.public).verify((openssl.folder / "theirs").read_bytes(), b"message digest")
