from __future__ import annotations

from datetime import timedelta

import pytest

from padkit_contract import der
from padkit_contract import trust as trust_module
from padkit_contract.errors import EnvelopeRefused
from padkit_contract.issue import ENCRYPT, ISSUE, SIGN, Issuer, Name, Purpose
from padkit_contract.x509 import Certificate, Role, Usage


@pytest.fixture(scope="module")
def kit(pki):
    return pki.identity("KIT-1", Role.KIT).certificate


def reason(trust, certificate, now, usage=Usage.SIGNATURE) -> str:
    with pytest.raises(EnvelopeRefused) as refused:
        trust.check(certificate, usage, now)
    return refused.value.reason


def test_a_chain_up_to_our_root_is_believed(pki, kit):
    trusted = pki.trust().check(kit, Usage.SIGNATURE, pki.now)
    assert (trusted.certificate, trusted.role) == (kit, Role.KIT)
    assert trusted.key.point == kit.point


def test_revocation_lists_that_do_not_name_it_let_it_pass(pki, kit):
    assert pki.trust(pki.revocation_lists()).check(kit, Usage.SIGNATURE, pki.now).role is Role.KIT


def test_a_revoked_certificate_is_refused(pki, kit):
    assert reason(pki.trust(pki.revocation_lists(kit)), kit, pki.now) == "certificate.revoked"


def test_a_revoked_sub_ca_takes_its_certificates_along(pki, kit):
    lists = pki.revocation_lists(pki.sub_certificates[Role.KIT])
    assert reason(pki.trust(lists), kit, pki.now) == "certificate.revoked"


def test_a_missing_revocation_list_is_refused_when_any_is_kept(pki, kit):
    assert reason(pki.trust(pki.revocation_lists()[:1]), kit, pki.now) == "certificate.chain"


def test_a_stale_revocation_list_is_refused(pki, kit):
    late = pki.now + timedelta(days=8)
    assert reason(pki.trust(pki.revocation_lists()), kit, late) == "certificate.crl_expired"


def unreadable_lists(pki):
    """What the fuzzing found: no list, one that OpenSSL alone cannot read, one of another version."""
    good = pki.revocation_lists()[0]
    outer = der.decode(der.SignedObject, good)
    body = der.decode(der.TbsRevocationList, der.encode(outer.body))
    twice = [*body.extensions, body.extensions[-1]]
    return {
        "none": b"",
        "an extension twice": rewritten(outer, body, extensions=twice),
        "another version": rewritten(outer, body, version=9),
    }


def rewritten(outer, body, **changes):
    fields = {name: getattr(body, name) for name in type(body).__annotations__} | changes
    raw = der.raw(der.encode(der.TbsRevocationList(**fields)))
    return der.encode(der.SignedObject(body=raw, algorithm=outer.algorithm, signature=outer.signature))


@pytest.mark.parametrize("which", ["none", "an extension twice", "another version"])
def test_an_unreadable_revocation_list_is_refused_as_such(pki, kit, which):
    assert reason(pki.trust((unreadable_lists(pki)[which],)), kit, pki.now) == "certificate.crl"


def test_a_stale_revocation_list_ends_what_was_kept(pki, kit):
    trust = pki.trust(pki.revocation_lists())
    trust.check(kit, Usage.SIGNATURE, pki.now)
    assert reason(trust, kit, pki.now + timedelta(days=8)) == "certificate.expired"


@pytest.mark.parametrize("days", [-1, 91])
def test_outside_its_days_a_certificate_is_refused(pki, kit, days):
    assert reason(pki.trust(), kit, pki.now + timedelta(days=days)) == "certificate.expired"


@pytest.mark.parametrize("days", [-1, 91])
def test_the_days_count_again_for_a_certificate_that_was_kept(pki, kit, days):
    trust = pki.trust()
    trust.check(kit, Usage.SIGNATURE, pki.now)
    assert reason(trust, kit, pki.now + timedelta(days=days)) == "certificate.expired"


def test_another_root_with_the_same_names_is_refused(pki, other_pki, kit):
    assert reason(other_pki.trust(), kit, pki.now) == "certificate.chain"


def test_a_changed_certificate_is_refused(pki, kit):
    bad = bytearray(kit.der)
    bad[-1] ^= 1
    assert reason(pki.trust(), Certificate.load(bytes(bad)), pki.now) == "certificate.chain"


def test_a_certificate_is_good_for_its_usage_only(pki, kit):
    assert reason(pki.trust(), kit, pki.now, Usage.KEY_ENCIPHERMENT) == "certificate.usage"
    receiver = pki.identity("KIT-1", Role.KIT, ENCRYPT).certificate
    assert reason(pki.trust(), receiver, pki.now) == "certificate.usage"


def test_a_ca_may_not_speak_itself(pki):
    assert reason(pki.trust(), pki.sub_certificates[Role.KIT], pki.now) == "certificate.usage"


def test_the_kit_ca_cannot_make_a_service(pki):
    forged = pki.identity("central", Role.SERVICE, by=Role.KIT).certificate
    assert reason(pki.trust(), forged, pki.now) == "certificate.role"


def test_a_certificate_without_a_role_is_refused(pki):
    assert reason(pki.trust(), pki.identity("x", None, by=Role.KIT).certificate, pki.now) == "certificate.role"


def test_a_kit_cannot_act_as_a_ca(pki, make_certificate_of):
    kit, key = pki.identity("KIT-1", Role.KIT), pki.suite.generate()
    issuer = Issuer(Name("bank", "KIT-1"), kit.key)
    forged = make_certificate_of(Name("bank", "KIT-2"), key, issuer, Purpose(SIGN, Role.KIT))
    trust = trust_module.Trust(pki.suite, [pki.root_certificate], [*pki.sub_certificates.values(), kit.certificate])
    assert reason(trust, forged, pki.now) == "certificate.chain"


def test_a_sub_ca_cannot_make_another_ca(pki, make_certificate_of):
    name, key, leaf_key = Name("bank", "deeper CA"), pki.suite.generate(), pki.suite.generate()
    deeper = make_certificate_of(name, key, pki.subs[Role.KIT], Purpose(ISSUE, Role.KIT, ca_depth=0))
    leaf = make_certificate_of(Name("bank", "KIT-1"), leaf_key, Issuer(name, key), Purpose(SIGN, Role.KIT))
    trust = trust_module.Trust(pki.suite, [pki.root_certificate], [*pki.sub_certificates.values(), deeper])
    assert reason(trust, leaf, pki.now) == "certificate.chain"


def test_a_chain_is_judged_once(pki, kit, monkeypatch):
    judged = []
    real = trust_module.verified_chain
    monkeypatch.setattr(trust_module, "verified_chain", lambda *given: judged.append(1) or real(*given))
    trust = pki.trust()
    first = trust.check(kit, Usage.SIGNATURE, pki.now)
    assert trust.check(kit, Usage.SIGNATURE, pki.now) is first
    assert judged == [1]


def test_what_is_kept_has_a_limit(pki, monkeypatch):
    monkeypatch.setattr(trust_module, "MAX_KEPT", 2)
    trust = pki.trust()
    kits = [pki.identity(f"KIT-{number}", Role.KIT).certificate for number in range(5)]
    for kit in kits:
        trust.check(kit, Usage.SIGNATURE, pki.now)
    assert trust.check(kits[0], Usage.SIGNATURE, pki.now).certificate == kits[0]
