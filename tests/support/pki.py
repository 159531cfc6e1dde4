"""A small public key infrastructure, TEST ONLY, for the tests of certificates and envelopes, the peers and the fuzzing."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime

from padkit_contract import der
from padkit_contract.crypto import SoftwareKey, Suite
from padkit_contract.envelope import Identity
from padkit_contract.issue import ISSUE, SIGN, Issuer, Name, Purpose, make_certificate, make_revocation_list
from padkit_contract.trust import Trust
from padkit_contract.x509 import Certificate, Role, Usage

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@dataclass
class Pki:
    """A root with a kit CA and a service CA; everything is made at `now`."""

    suite: Suite
    root: Issuer
    root_certificate: Certificate
    subs: dict[Role, Issuer] = field(default_factory=dict)
    sub_certificates: dict[Role, Certificate] = field(default_factory=dict)
    now: datetime = NOW

    def identity(
        self,
        name: str,
        role: Role | None,
        usage: Usage = SIGN,
        *,
        by: Role | None = None,
        entity: str = "bank",
        days: int = 90,
    ) -> Identity:
        """Return a fresh key with a certificate of the sub CA for `by` (the role's own if left out)."""
        key = self.suite.generate()
        issuer = self.subs[by or role]
        return Identity(certify(Name(entity, name), key, issuer, Purpose(usage, role), days, now=self.now), key)

    def trust(self, lists: tuple[bytes, ...] = ()) -> Trust:
        return Trust(self.suite, [self.root_certificate], list(self.sub_certificates.values()), lists)

    def revocation_lists(self, *revoked: Certificate, days: int = 7) -> tuple[bytes, ...]:
        """Return one list of every CA, good for `days`."""
        lists = []
        for issuer in (self.root, *self.subs.values()):
            name = der.encode(issuer.name.encode())
            entries = [(certificate.serial, self.now) for certificate in revoked if certificate.issuer == name]
            lists.append(make_revocation_list(issuer, entries, number=1, now=self.now, days=days))
        return tuple(lists)


def certify(
    subject: Name, key: SoftwareKey, issuer: Issuer, purpose: Purpose, days: int = 90, *, now: datetime = NOW
) -> Certificate:
    return make_certificate(subject, key.public, issuer, purpose, now=now, days=days, random_bytes=os.urandom)


def make_pki(suite: Suite, now: datetime = NOW) -> Pki:
    name, key = Name("bank", "TEST ONLY root"), suite.generate()
    root = Issuer(name, key)
    pki = Pki(suite, root, certify(name, key, root, Purpose(ISSUE, ca_depth=1), now=now), now=now)
    for role in Role:
        sub_name, sub_key = Name("bank", f"TEST ONLY {role.value} CA"), suite.generate()
        pki.subs[role] = Issuer(sub_name, sub_key)
        pki.sub_certificates[role] = certify(sub_name, sub_key, root, Purpose(ISSUE, role, ca_depth=0), now=now)
    return pki
