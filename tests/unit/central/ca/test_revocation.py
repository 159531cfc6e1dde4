from __future__ import annotations

import msgspec
import pytest

from padkit_central.ca.folder import CaRefused
from padkit_central.ca.revocation import Revocations, install_lists
from padkit_central.ca.show import describe
from padkit_contract import pem
from padkit_contract.errors import EnvelopeRefused
from padkit_contract.x509 import Usage


def lists_of(ca, days=400):
    return Revocations(ca.shelf).make_lists(days)


def test_a_revoked_certificate_is_refused_once_the_lists_are_there(new_ca):
    service = new_ca.party("central")
    assert Revocations(new_ca.shelf).revoke_file(new_ca.place / "central" / "sign.crt.pem", "key lost") == (
        f"{service.sign.certificate.serial:x}",
    )
    install_lists(new_ca.place / "kit", lists_of(new_ca))
    trust = new_ca.party("kit").trust
    with pytest.raises(EnvelopeRefused) as refused:
        trust.check(service.sign.certificate, Usage.SIGNATURE, new_ca.now)
    assert refused.value.reason == "certificate.revoked"
    assert trust.check(service.command.certificate, Usage.SIGNATURE, new_ca.now)


def test_a_certificate_is_revoked_by_its_serial_too(new_ca):
    command = new_ca.party("central").command.certificate
    assert Revocations(new_ca.shelf).revoke_serial(f"00{command.serial:X}", "key lost") == f"{command.serial:x}"
    install_lists(new_ca.place / "kit", lists_of(new_ca))
    with pytest.raises(EnvelopeRefused):
        new_ca.party("kit").trust.check(command, Usage.SIGNATURE, new_ca.now)


def test_each_list_has_a_higher_number_and_holds_for_its_days(new_ca):
    numbers = []
    for _ in range(2):
        text = "".join(pem.write(pem.REVOCATION_LIST, each) for each in lists_of(new_ca, days=3))
        numbers.append([line for line in describe(text) if line.startswith("revocation list")])
    assert all(line.startswith("revocation list 1 of bank/padkit TEST ONLY") for line in numbers[0])
    assert [line.replace("list 2", "list 1") for line in numbers[1]] == numbers[0]
    install_lists(new_ca.place / "kit", lists_of(new_ca, days=3))
    new_ca.go(days=4)
    kit = new_ca.party("kit")
    with pytest.raises(EnvelopeRefused) as refused:
        kit.trust.check(kit.sign.certificate, Usage.SIGNATURE, new_ca.now)
    assert refused.value.reason == "certificate.crl_expired"


def test_a_certificate_is_revoked_once(new_ca):
    revocations = Revocations(new_ca.shelf)
    for reason in ("key lost", "said again"):
        revocations.revoke_file(new_ca.place / "kit" / "sign.crt.pem", reason)
    (line,) = revocations.revoked()
    assert (line.ca, line.reason) == ("kit-ca", "key lost")
    assert "1 revoked" in "".join(describe("".join(pem.write(pem.REVOCATION_LIST, each) for each in lists_of(new_ca))))


def test_what_this_ca_did_not_issue_it_does_not_revoke(new_ca, tmp_path_factory):
    revocations = Revocations(new_ca.shelf)
    with pytest.raises(CaRefused, match="not issued here"):
        revocations.revoke_serial("1234", "no")
    tls = next(line for line in new_ca.shelf.issued() if line.ca == "tls-ca")
    with pytest.raises(CaRefused, match="kit revoke"):
        revocations.revoke_serial(tls.serial, "no")
    other = type(new_ca)(tmp_path_factory.mktemp("other"), new_ca.suite)
    other.authority.init("other")
    with pytest.raises(CaRefused, match="not issued by"):
        revocations.revoke_file(other.place / "ca" / "kit-ca.crt.pem", "no")
    assert revocations.revoked() == ()
    with pytest.raises(CaRefused, match="no folder"):
        install_lists(new_ca.place / "nowhere", lists_of(new_ca))


def test_kits_issued_later_know_what_was_revoked(new_ca):
    Revocations(new_ca.shelf).revoke_file(new_ca.place / "central" / "sign.crt.pem", "key lost")
    install_lists(new_ca.place / "ca", lists_of(new_ca))
    new_ca.authority.issue_kit(
        "KIT-2", "bank", new_ca.place / "kit-2", service="central", password=new_ca.means.password, register=None
    )
    with pytest.raises(EnvelopeRefused):
        new_ca.party("kit-2").trust.check(new_ca.party("central").sign.certificate, Usage.SIGNATURE, new_ca.now)


def test_the_list_is_readable(new_ca):
    Revocations(new_ca.shelf).revoke_file(new_ca.place / "kit" / "encrypt.crt.pem", "kit lost")
    line = msgspec.json.decode((new_ca.place / "ca" / "revoked.jsonl").read_bytes())
    assert (line["reason"], line["at"]) == ("kit lost", "2026-11-22T08:00:00+00:00")
