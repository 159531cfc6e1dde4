from __future__ import annotations

import pytest
from pki import NOW

from padkit_contract import der
from padkit_contract.errors import CryptoUnfit
from padkit_contract.issue import make_revocation_list
from padkit_contract.revocation import MAX_LIST, newer_lists, read_list
from padkit_contract.x509 import Role


def revocation_list(pki, role=Role.SERVICE, number=1) -> bytes:
    return make_revocation_list(pki.subs[role], [(7, NOW)], number=number, now=NOW, days=7)


def authorities(pki):
    return (pki.root_certificate, *pki.sub_certificates.values())


def reason(raw, pki, suite) -> str:
    with pytest.raises(CryptoUnfit) as refused:
        read_list(raw, authorities(pki), suite)
    return refused.value.reason


def test_a_list_of_a_ca_that_we_know_is_read(pki, suite):
    raw = revocation_list(pki, number=9)
    read = read_list(raw, authorities(pki), suite)
    assert (read.number, read.der) == (9, raw)
    assert read.issuer == der.encode(pki.subs[Role.SERVICE].name.encode())


def test_what_none_of_our_cas_signed_is_refused(pki, other_pki, suite):
    raw = revocation_list(pki)
    assert reason(revocation_list(other_pki), pki, suite) == "crl.signature"
    assert reason(raw[:-1] + bytes([raw[-1] ^ 1]), pki, suite) == "crl.signature"


def test_what_is_no_list_is_refused(pki, suite):
    for raw in (b"", b"0", pki.root_certificate.der, revocation_list(pki) + b"0"):
        assert reason(raw, pki, suite) == "crl.form"
    assert reason(b"0" * (MAX_LIST + 1), pki, suite) == "crl.size"


def test_only_a_higher_number_takes_a_lists_place(pki, suite):
    old, new = revocation_list(pki, number=1), revocation_list(pki, number=2)
    other = revocation_list(pki, Role.KIT, number=1)
    for held, offered, kept in (
        ([], [old], {old}),
        ([old], [new], {new}),
        ([new], [old], {new}),
        ([old], [other], {old, other}),
        ([old, other], [], {old, other}),
        ([old], [revocation_list(pki, number=1)], {old}),
    ):
        assert set(newer_lists(held, offered, authorities(pki), suite)) == kept


def test_one_bad_list_spoils_what_it_came_with(pki, other_pki, suite):
    offered = [revocation_list(pki, number=2), revocation_list(other_pki)]
    with pytest.raises(CryptoUnfit):
        newer_lists([revocation_list(pki)], offered, authorities(pki), suite)
