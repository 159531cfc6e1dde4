"""Whom a report believes: roots, and what they vouch for. Roles of our own certificates are not asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from padkit_contract.errors import CryptoUnfit, EnvelopeRefused
from padkit_contract.foreign.report import CHAIN, Check, Verdict
from padkit_contract.trust_openssl import verified_chain
from padkit_contract.x509 import Certificate, Usage


@dataclass(frozen=True, slots=True)
class Chains:
    """Certificates that are believed, the CAs below them, and revocation lists (DER)."""

    roots: tuple[Certificate, ...]
    authorities: tuple[Certificate, ...] = ()
    revocation_lists: tuple[bytes, ...] = ()

    def check(self, certificate: Certificate, beside: Sequence[bytes], now: datetime) -> Check:
        """Judge a signer's certificate; `beside` are the certificates (DER) that came with the message."""
        who = f"{certificate.entity}/{certificate.name}"
        if Usage.SIGNATURE not in certificate.usage:
            return Check(CHAIN, Verdict.FAILS, f"certificate.usage: {who}: not made for signatures")
        try:
            authorities = [*self.authorities, *_authorities(beside)]
            chain = verified_chain(certificate, self.roots, authorities, self.revocation_lists, now)
        except EnvelopeRefused as exc:
            return Check(CHAIN, Verdict.FAILS, str(exc))
        lists = "revocation lists checked" if self.revocation_lists else "revocation not checked: no list given"
        return Check(CHAIN, Verdict.HOLDS, f"{who} up to {chain[-1].entity}/{chain[-1].name}; {lists}")


def _authorities(beside: Sequence[bytes]) -> list[Certificate]:
    """Return the CAs that came with a message and can be read; the others vouch for nothing."""
    found = []
    for raw in beside:
        try:
            certificate = Certificate.load(raw)
        except CryptoUnfit:
            continue
        if certificate.is_ca:
            found.append(certificate)
    return found
