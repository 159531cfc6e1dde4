from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest
from cryptography import x509 as library
from hypothesis import given
from hypothesis import strategies as st

from padkit_contract import der, oids, pem
from padkit_contract.errors import CryptoUnfit
from padkit_contract.issue import ENCRYPT, SIGN
from padkit_contract.x509 import Certificate, Role, load_certificate, load_certificates


@pytest.fixture(scope="module")
def kit(pki):
    return pki.identity("KIT-1", Role.KIT).certificate


def test_a_certificate_says_who_for_what_and_how_long(pki, kit):
    assert (kit.entity, kit.name, kit.role, kit.is_ca, kit.is_root) == ("bank", "KIT-1", Role.KIT, False, False)
    assert kit.usage == SIGN
    assert kit.not_before == pki.now - timedelta(minutes=5)
    assert kit.not_after - kit.not_before == timedelta(days=90)
    assert kit.issuer == pki.sub_certificates[Role.KIT].subject
    assert pki.root_certificate.is_root
    assert pki.root_certificate.is_ca


def test_the_key_id_is_half_the_fingerprint(kit):
    assert kit.key_id == kit.fingerprint.hex()[:32]


def test_a_common_library_reads_the_same(kit):
    read = library.load_der_x509_certificate(kit.der)
    assert read.serial_number == kit.serial
    assert read.signature_algorithm_oid == oids.SM2_WITH_SM3
    assert read.subject.rfc4514_string() == "CN=KIT-1,O=bank"
    usage = read.extensions.get_extension_for_class(library.KeyUsage)
    assert usage.critical
    assert (usage.value.digital_signature, usage.value.content_commitment, usage.value.key_cert_sign) == (
        True,
        True,
        False,
    )


def test_a_common_library_reads_the_usage_of_encryption_certificates(pki):
    read = library.load_der_x509_certificate(pki.identity("KIT-1", Role.KIT, ENCRYPT).certificate.der)
    usage = read.extensions.get_extension_for_class(library.KeyUsage).value
    assert (usage.key_encipherment, usage.data_encipherment, usage.key_agreement) == (True, True, True)
    assert not usage.digital_signature


def test_end_entities_have_no_basic_constraints(kit):
    read = library.load_der_x509_certificate(kit.der)
    with pytest.raises(library.ExtensionNotFound):
        read.extensions.get_extension_for_class(library.BasicConstraints)


def test_names_beyond_ascii_survive(pki):
    certificate = pki.identity("kit", Role.KIT, entity="某某村镇银行").certificate
    assert certificate.entity == "某某村镇银行"


def test_several_certificates_of_one_file_are_read(pki, kit):
    text = "".join(pem.write(pem.CERTIFICATE, one.der) for one in (kit, pki.root_certificate))
    assert load_certificates(text) == (kit, pki.root_certificate)
    with pytest.raises(CryptoUnfit, match="2 certificates where one was expected"):
        load_certificate(text)


@given(st.binary(max_size=300))
def test_garbage_is_no_certificate(garbage):
    with pytest.raises(CryptoUnfit) as refused:
        Certificate.load(garbage)
    assert refused.value.reason == "certificate.form"


def test_a_certificate_cut_off_anywhere_is_refused(kit):
    for size in range(len(kit.der)):
        with pytest.raises(CryptoUnfit):
            Certificate.load(kit.der[:size])


def test_bytes_after_a_certificate_are_refused(kit):
    with pytest.raises(CryptoUnfit):
        Certificate.load(kit.der + b"\0")


def test_an_oversized_certificate_is_not_parsed(kit):
    with pytest.raises(CryptoUnfit) as refused:
        Certificate.load(kit.der + bytes(4096))
    assert refused.value.reason == "certificate.size"


def changed(kit: Certificate, **fields: object) -> bytes:
    """Return the certificate with other fields, its signature kept (it is not judged when reading)."""
    signed = der.decode(der.SignedObject, kit.der)
    body = der.decode(der.TbsCertificate, der.encode(signed.body))
    names = ("version", "serial", "algorithm", "issuer", "validity", "subject", "key", "extensions")
    parts = {name: getattr(body, name) for name in names} | fields
    outer = der.SignedObject(
        body=der.raw(der.encode(der.TbsCertificate(**parts))), algorithm=signed.algorithm, signature=signed.signature
    )
    return der.encode(outer)


def extensions(kit: Certificate) -> list[der.Extension]:
    signed = der.decode(der.SignedObject, kit.der)
    return der.decode(der.TbsCertificate, der.encode(signed.body)).extensions


def wrong_certificates(kit: Certificate) -> dict[str, bytes]:
    parts = extensions(kit)
    usage = next(one for one in parts if one.oid == oids.KEY_USAGE)
    both = der.Extension(
        oid=oids.EXTENDED_KEY_USAGE, critical=False, value=der.extended_key_usage([oids.KIT, oids.SERVICE])
    )
    other_curve = der.PublicKeyInfo(
        algorithm=der.CurveAlgorithm(algorithm=oids.EC_PUBLIC_KEY, curve=oids.SM3), key=der.BitString(kit.point, 0)
    )
    return {
        "version 1": changed(kit, version=0),
        "other algorithm": changed(kit, algorithm=der.algorithm(oids.SM3)),
        "algorithm with NULL": changed(
            kit, algorithm=der.Algorithm(algorithm=oids.SM2_WITH_SM3, parameters=der.Null())
        ),
        "other curve": changed(kit, key=other_curve),
        "point off the curve": changed(kit, key=der.sm2_key(kit.point[:-1] + b"\0")),
        "no usage": changed(kit, extensions=[one for one in parts if one.oid != oids.KEY_USAGE]),
        "usage twice": changed(kit, extensions=[*parts, usage]),
        "kit and service": changed(
            kit, extensions=[one for one in parts if one.oid != oids.EXTENDED_KEY_USAGE] + [both]
        ),
        "no common name": changed(kit, subject=der.name([(oids.ORGANIZATION, "bank")])),
        "two names": changed(
            kit, subject=der.name([(oids.ORGANIZATION, "bank"), (oids.COMMON_NAME, "a"), (oids.COMMON_NAME, "b")])
        ),
        "empty name": changed(kit, subject=der.name([(oids.ORGANIZATION, "bank"), (oids.COMMON_NAME, "")])),
        "long name": changed(kit, subject=der.name([(oids.ORGANIZATION, "bank"), (oids.COMMON_NAME, "x" * 65)])),
    }


WRONG = (
    "version 1",
    "other algorithm",
    "algorithm with NULL",
    "other curve",
    "point off the curve",
    "no usage",
    "usage twice",
    "kit and service",
    "no common name",
    "two names",
    "empty name",
    "long name",
)


@pytest.mark.parametrize("what", WRONG)
def test_a_certificate_that_is_not_ours_is_refused(kit, what):
    with pytest.raises(CryptoUnfit):
        Certificate.load(wrong_certificates(kit)[what])


def test_reading_a_certificate_does_not_load_the_slow_libraries(kit, tmp_path):
    file = tmp_path / "kit.crt.pem"
    file.write_text(pem.write(pem.CERTIFICATE, kit.der))
    code = (
        "import sys; from padkit_contract.x509 import load_certificate;"
        f"load_certificate(open({str(file)!r}).read());"
        "print('cryptography.x509' in sys.modules, 'OpenSSL' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
