from __future__ import annotations

import os
import shutil
from datetime import timedelta

import pytest
from pki import NOW

from padkit_contract import keyfile, pem
from padkit_contract.errors import CryptoUnfit, EnvelopeRefused
from padkit_contract.issue import ENCRYPT
from padkit_contract.party import load_party, load_recipient
from padkit_contract.peers import FOLDER
from padkit_contract.x509 import Role, Usage

PASSWORD = b"TEST ONLY password"


def put_identity(folder, name, identity) -> None:
    put(folder / f"{name}.crt.pem", pem.CERTIFICATE, identity.certificate.der)
    wrapped = keyfile.wrap_key(identity.key, PASSWORD, os.urandom, iterations=10)
    keyfile.write_private(folder / f"{name}.key.pem", pem.write(pem.ENCRYPTED_KEY, wrapped, "TEST ONLY"))


def put(path, label, *ders) -> None:
    path.write_text("".join(pem.write(label, one, "TEST ONLY") for one in ders))


@pytest.fixture(scope="module")
def service(pki):
    return pki.identity("central", Role.SERVICE, ENCRYPT).certificate


@pytest.fixture
def folder(tmp_path, pki, service):
    folder = tmp_path / "kit"
    folder.mkdir()
    put_identity(folder, "sign", pki.identity("KIT-1", Role.KIT))
    put_identity(folder, "encrypt", pki.identity("KIT-1", Role.KIT, ENCRYPT))
    authorities = [pki.root_certificate, *pki.sub_certificates.values()]
    put(folder / "trust.pem", pem.CERTIFICATE, *[one.der for one in authorities])
    put(folder / "peer-encrypt.crt.pem", pem.CERTIFICATE, service.der)
    (folder / "tls.crt.pem").write_text("for ssl")
    (folder / "tls-trust.pem").write_text("for ssl")
    keyfile.write_private(folder / "tls.key.pem", "for ssl")
    return folder


def refusal(folder, suite, password=PASSWORD) -> str:
    with pytest.raises(CryptoUnfit) as refused:
        load_party(folder, suite, password)
    return refused.value.reason


def test_a_kits_folder_says_who_it_is_and_for_whom_it_seals(suite, folder, service, pki):
    party = load_party(folder, suite, PASSWORD)
    assert (party.entity, party.name) == ("bank", "KIT-1")
    assert Usage.SIGNATURE in party.sign.certificate.usage
    assert Usage.KEY_ENCIPHERMENT in party.encrypt.certificate.usage
    assert (party.peer.certificate, party.peers) == (service, None)
    assert party.tls.key == folder / "tls.key.pem"
    assert party.trust.check(party.sign.certificate, Usage.SIGNATURE, pki.now).role is Role.KIT


def test_revocation_lists_in_the_folder_are_believed(suite, folder, pki):
    party = load_party(folder, suite, PASSWORD)
    put(folder / "crl.pem", pem.REVOCATION_LIST, *pki.revocation_lists(party.sign.certificate))
    trust = load_party(folder, suite, PASSWORD).trust
    with pytest.raises(EnvelopeRefused) as refused:
        trust.check(party.sign.certificate, Usage.SIGNATURE, pki.now)
    assert refused.value.reason == "certificate.revoked"


def test_a_folder_with_kits_is_a_services(suite, folder):
    (folder / FOLDER).mkdir()
    assert load_party(folder, suite, PASSWORD).peers is not None


def test_a_party_without_a_peer_has_none(suite, folder):
    (folder / "peer-encrypt.crt.pem").unlink()
    assert load_party(folder, suite, PASSWORD).peer is None


@pytest.mark.parametrize("name", ["sign.crt.pem", "encrypt.crt.pem", "trust.pem", "tls.crt.pem", "tls-trust.pem"])
def test_a_missing_file_is_named(suite, folder, name):
    (folder / name).unlink()
    with pytest.raises(CryptoUnfit, match=name) as refused:
        load_party(folder, suite, PASSWORD)
    assert refused.value.reason == "party.file"


@pytest.mark.parametrize("name", ["sign.key.pem", "encrypt.key.pem", "tls.key.pem"])
def test_every_key_must_be_its_owners_alone(suite, folder, name):
    (folder / name).chmod(0o644)
    assert refusal(folder, suite) == "key.mode"


def test_a_wrong_password_is_refused(suite, folder):
    assert refusal(folder, suite, b"something else") == "key.password"


def test_certificates_of_two_owners_are_no_party(suite, folder, pki):
    for file in folder.glob("encrypt.*"):
        file.unlink()
    put_identity(folder, "encrypt", pki.identity("KIT-2", Role.KIT, ENCRYPT))
    assert refusal(folder, suite) == "party.names"


def test_swapped_certificates_are_refused(suite, folder):
    shutil.copy(folder / "encrypt.crt.pem", folder / "sign.crt.pem")
    assert refusal(folder, suite) == "certificate.usage"


def test_a_key_of_another_issue_is_refused(suite, folder):
    (folder / "sign.key.pem").unlink()
    shutil.copy(folder / "encrypt.key.pem", folder / "sign.key.pem")
    assert refusal(folder, suite) == "key.pair"


def test_a_recipient_is_read_from_its_file(suite, folder, service):
    assert load_recipient(folder / "peer-encrypt.crt.pem", suite).key_id == service.key_id


def test_a_kit_may_know_the_banks_hsm(suite, folder, pki):
    assert load_party(folder, suite, PASSWORD).hsm is None
    hsm = pki.identity("HSM-1", Role.HSM, ENCRYPT).certificate
    put(folder / "hsm-encrypt.crt.pem", pem.CERTIFICATE, hsm.der)
    assert load_party(folder, suite, PASSWORD).hsm.certificate == hsm


def test_a_service_is_never_taken_for_the_hsm(suite, folder, service):
    put(folder / "hsm-encrypt.crt.pem", pem.CERTIFICATE, service.der)
    assert refusal(folder, suite) == "hsm.role"


class Elsewhere:
    """A source that holds keys in no file, as a token does."""

    def __init__(self, *identities) -> None:
        self.keys = {identity.key.public: identity.key for identity in identities}
        self.asked = []

    def key(self, usage, point):
        self.asked.append(usage)
        return self.keys[point]


def test_private_keys_may_come_from_elsewhere(suite, folder, pki):
    sign, encrypt = pki.identity("KIT-1", Role.KIT), pki.identity("KIT-1", Role.KIT, ENCRYPT)
    for name, identity in (("sign", sign), ("encrypt", encrypt)):
        (folder / f"{name}.key.pem").unlink()
        put(folder / f"{name}.crt.pem", pem.CERTIFICATE, identity.certificate.der)
    source = Elsewhere(sign, encrypt)
    party = load_party(folder, suite, keys=source)
    assert (party.sign.key, party.encrypt.key) == (sign.key, encrypt.key)
    assert source.asked == [Usage.SIGNATURE, Usage.KEY_ENCIPHERMENT]


def test_a_source_that_gives_another_key_is_refused(suite, folder, pki):
    other = pki.identity("KIT-1", Role.KIT).key

    class Wrong:
        def key(self, usage, point):
            return other

    with pytest.raises(CryptoUnfit, match=r"key\.pair"):
        load_party(folder, suite, keys=Wrong())


def test_a_service_may_hold_a_key_for_commands(suite, folder, pki):
    assert load_party(folder, suite, PASSWORD).command is None
    put_identity(folder, "command", pki.identity("central", Role.COMMAND))
    assert load_party(folder, suite, PASSWORD).command.certificate.role is Role.COMMAND


def test_only_a_command_certificate_signs_commands(suite, folder, pki):
    put_identity(folder, "command", pki.identity("central", Role.SERVICE))
    assert refusal(folder, suite) == "command.role"


def test_the_key_before_this_one_opens_until_its_time_is_over(suite, folder, pki):
    former = pki.identity("KIT-1", Role.KIT, ENCRYPT)
    put_identity(folder, "encrypt-previous", former)
    endless = load_party(folder, suite, PASSWORD)
    assert endless.own(NOW) == (endless.encrypt, *endless.previous)
    (folder / "encrypt-previous.until").write_text(f"{NOW:%FT%TZ}\n")
    party = load_party(folder, suite, PASSWORD)
    assert [one.certificate for one in party.own(NOW)] == [party.encrypt.certificate, former.certificate]
    assert party.own(NOW + timedelta(seconds=1)) == (party.encrypt,)


@pytest.mark.parametrize("text", ["soon", "2026-11-22T08:00:00"])
def test_the_end_of_an_overlap_is_a_moment_with_its_zone(suite, folder, text):
    (folder / "encrypt-previous.until").write_text(text)
    assert refusal(folder, suite) == "party.moment"


def test_a_kit_may_know_a_support_desk(suite, folder, pki):
    assert load_party(folder, suite, PASSWORD).support is None
    put(
        folder / "support-encrypt.crt.pem", pem.CERTIFICATE, pki.identity("desk", Role.SERVICE, ENCRYPT).certificate.der
    )
    assert load_party(folder, suite, PASSWORD).support.name == "desk"
