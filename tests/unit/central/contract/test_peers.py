from __future__ import annotations

import os
from datetime import timedelta

import pytest

from padkit_contract import pem
from padkit_contract.errors import CryptoUnfit, EnvelopeRefused
from padkit_contract.issue import ENCRYPT
from padkit_contract.peers import Peers, file_name
from padkit_contract.x509 import Role


@pytest.fixture
def kits(tmp_path):
    return tmp_path


def put_kit(kits, pki, name="KIT-1", file=None, **given):
    certificate = pki.identity(name, Role.KIT, ENCRYPT, **given).certificate
    (kits / (file or file_name("bank", name))).write_text(pem.write(pem.CERTIFICATE, certificate.der, "TEST ONLY"))
    return certificate


def test_a_service_finds_its_kits_by_name(kits, pki):
    certificate = put_kit(kits, pki)
    recipient = Peers(kits, pki.trust()).recipient("bank", "KIT-1", pki.now)
    assert (recipient.certificate, recipient.name) == (certificate, "KIT-1")


def test_a_kits_new_certificate_is_noticed(kits, pki):
    peers = Peers(kits, pki.trust())
    put_kit(kits, pki)
    peers.recipient("bank", "KIT-1", pki.now)
    newer = put_kit(kits, pki)
    os.utime(kits / file_name("bank", "KIT-1"), ns=(0, 0))
    assert peers.recipient("bank", "KIT-1", pki.now).certificate == newer


@pytest.mark.parametrize(("entity", "kit"), [("bank", "KIT-2"), ("other", "KIT-1")])
def test_a_kit_nobody_registered_is_unknown(kits, pki, entity, kit):
    put_kit(kits, pki)
    with pytest.raises(CryptoUnfit) as refused:
        Peers(kits, pki.trust()).recipient(entity, kit, pki.now)
    assert refused.value.reason == "peer.unknown"


@pytest.mark.parametrize("name", ["../bank", "a/b", "", ".", "x" * 33, "a@b", "a\0b"])
def test_a_name_that_is_no_file_name_is_refused(kits, pki, name):
    for entity, kit in ((name, "KIT-1"), ("bank", name)):
        with pytest.raises(CryptoUnfit) as refused:
            Peers(kits, pki.trust()).recipient(entity, kit, pki.now)
        assert refused.value.reason == "peer.name"


def test_a_file_with_another_kits_certificate_is_refused(kits, pki):
    put_kit(kits, pki, "KIT-2", file=file_name("bank", "KIT-1"))
    with pytest.raises(CryptoUnfit, match="KIT-2") as refused:
        Peers(kits, pki.trust()).recipient("bank", "KIT-1", pki.now)
    assert refused.value.reason == "peer.name"


def test_a_kits_expired_certificate_is_refused(kits, pki):
    put_kit(kits, pki)
    with pytest.raises(EnvelopeRefused) as refused:
        Peers(kits, pki.trust()).recipient("bank", "KIT-1", pki.now + timedelta(days=91))
    assert refused.value.reason == "certificate.expired"
