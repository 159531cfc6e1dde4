from __future__ import annotations

import pytest
from cryptography import x509 as library

from padkit_contract import der, oids
from padkit_contract.crypto import PureSuite
from padkit_contract.errors import CryptoUnfit
from padkit_contract.issue import Issuer, Name, Purpose, check_request, make_request
from padkit_contract.x509 import Role, Usage


@pytest.fixture(scope="module")
def key(suite):
    return suite.generate()


@pytest.fixture(scope="module")
def request_der(key):
    return make_request(Name("bank", "KIT-1"), key)


def test_a_request_proves_its_key(suite, key, request_der):
    asked = check_request(request_der, suite)
    assert (asked.name, asked.point) == (Name("bank", "KIT-1"), key.public)
    assert check_request(request_der, PureSuite()) == asked


def test_a_common_library_reads_the_request(request_der):
    assert library.load_der_x509_csr(request_der).subject.rfc4514_string() == "CN=KIT-1,O=bank"


def test_one_changed_bit_spoils_a_request(suite, request_der):
    for place in range(len(request_der)):
        bad = bytearray(request_der)
        bad[place] ^= 1 << (place % 8)
        with pytest.raises(CryptoUnfit):
            check_request(bytes(bad), suite)


def test_a_request_for_somebody_elses_key_is_refused(suite, key):
    class Thief:
        public = suite.generate().public
        sign = staticmethod(key.sign)

    with pytest.raises(CryptoUnfit, match="not signed by the key it asks for"):
        check_request(make_request(Name("bank", "KIT-1"), Thief()), suite)


def test_a_request_that_is_too_large_is_not_read(suite):
    with pytest.raises(CryptoUnfit, match=r"request\.size: 4097 bytes"):
        check_request(bytes(4097), suite)


def test_serials_are_126_random_bits(pki):
    serials = {pki.identity("KIT-1", Role.KIT).certificate.serial for _ in range(5)}
    assert len(serials) == 5
    assert all(0 < serial < 1 << 126 for serial in serials)


def test_a_revocation_list_names_what_was_revoked(pki):
    kit = pki.identity("KIT-1", Role.KIT).certificate
    lists = [library.load_der_x509_crl(one) for one in pki.revocation_lists(kit)]
    assert [len(one) for one in lists].count(1) == 1
    (entry,) = [entry for one in lists for entry in one]
    assert entry.serial_number == kit.serial
    assert all(one.signature_algorithm_oid == oids.SM2_WITH_SM3 for one in lists)


def test_key_usage_bits_have_no_trailing_zeros(pki, make_certificate_of):
    key = pki.suite.generate()
    issuer = Issuer(Name("bank", "x"), key)
    certificate = make_certificate_of(Name("bank", "x"), key, issuer, Purpose(Usage.SIGNATURE))
    signed = der.decode(der.SignedObject, certificate.der)
    body = der.decode(der.TbsCertificate, der.encode(signed.body))
    (value,) = [one.value for one in body.extensions if one.oid == oids.KEY_USAGE]
    assert value.hex() == "03020780"
