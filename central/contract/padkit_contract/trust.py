"""Whom this side believes: chains of SM2 certificates up to known roots, with revocation lists, judged once and kept.

The chain is checked by OpenSSL through pyOpenSSL, imported at the first unknown certificate. A verified certificate is
kept by its fingerprint together with the time in which its whole chain holds, so an envelope costs a look-up only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from padkit_contract.crypto.suite import PublicKey, Suite
from padkit_contract.errors import EnvelopeRefused
from padkit_contract.trust_openssl import next_update, verified_chain
from padkit_contract.x509 import Certificate, Role, Usage

MAX_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Trusted:
    """A certificate whose chain holds from `holds_from` to `holds_until`, and its key."""

    certificate: Certificate
    key: PublicKey
    role: Role
    holds_from: datetime
    holds_until: datetime


class Trust:
    """Roots, the CAs below them, and revocation lists (DER).

    With any list given, every CA of a chain must have a current one.
    """

    def __init__(
        self,
        suite: Suite,
        roots: Sequence[Certificate],
        authorities: Sequence[Certificate],
        revocation_lists: Sequence[bytes] = (),
    ) -> None:
        self.suite = suite
        self.roots = tuple(roots)
        self.authorities = tuple(authorities)
        self.revocation_lists = tuple(revocation_lists)
        self._kept: dict[bytes, Trusted] = {}

    def check(self, certificate: Certificate, usage: Usage, now: datetime) -> Trusted:
        """Return the verified certificate.

        Raises:
            EnvelopeRefused: ``certificate.usage``, ``certificate.expired``, ``certificate.revoked``,
                ``certificate.role``, ``certificate.chain`` (everything else that OpenSSL finds).
        """
        if usage not in certificate.usage or certificate.is_ca:
            raise EnvelopeRefused("certificate.usage", f"{certificate.name}: not made for {usage.name}")
        kept = self._kept  # with `renew` meanwhile, what is judged by the old lists is kept nowhere
        trusted = kept.get(certificate.fingerprint)
        if trusted is None:
            trusted = self._judge(certificate, now)
            if len(kept) >= MAX_KEPT:
                kept.clear()
            kept[certificate.fingerprint] = trusted
        if not trusted.holds_from <= now <= trusted.holds_until:
            raise EnvelopeRefused(
                "certificate.expired", f"{certificate.name}: its chain ended {trusted.holds_until:%F}"
            )
        return trusted

    def renew(self, revocation_lists: Sequence[bytes]) -> None:
        """Judge everybody anew, by these lists (DER). May be called while other threads check."""
        self.revocation_lists = tuple(revocation_lists)
        self._kept = {}

    def _judge(self, certificate: Certificate, now: datetime) -> Trusted:
        chain = verified_chain(certificate, self.roots, self.authorities, self.revocation_lists, now)
        role = certificate.role
        if role is None or any(authority.role is not role for authority in chain[1:-1]):
            raise EnvelopeRefused("certificate.role", f"{certificate.name}: its CA may not issue for this role")
        return Trusted(
            certificate=certificate,
            key=self.suite.load_public(certificate.point),
            role=role,
            holds_from=max(link.not_before for link in chain),
            holds_until=min([link.not_after for link in chain] + [next_update(der) for der in self.revocation_lists]),
        )
