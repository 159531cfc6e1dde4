"""Judging the signatures of one layer: digest, content type, signature by which rule, and the signer's chain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from padkit_contract import der, oids
from padkit_contract.crypto.suite import Suite
from padkit_contract.crypto.symmetric import sm3
from padkit_contract.der.tree import Node
from padkit_contract.errors import CryptoUnfit
from padkit_contract.foreign import rules
from padkit_contract.foreign.chains import Chains
from padkit_contract.foreign.layers import Layer, Signer
from padkit_contract.foreign.names import name_of
from padkit_contract.foreign.opening import names
from padkit_contract.foreign.report import CHAIN, CONTENT_TYPE, DIGEST, SIGNATURE, Check, Verdict
from padkit_contract.oids import ObjectIdentifier
from padkit_contract.x509 import Certificate, issuer_and_serial

SM2_NAMES = {oids.SM2_WITH_SM3, oids.SM2_SIGNATURE}  # both are written for the same signature


@dataclass(frozen=True, slots=True)
class Judge:
    """What signatures are judged with. Without `chains` no chain is checked."""

    suite: Suite
    chains: Chains | None
    now: datetime

    def judge(self, layer: Layer, content: bytes) -> tuple[Check, ...]:
        """Return the checks of every signer of this layer on `content`."""
        if not layer.signers:
            return (Check(SIGNATURE, Verdict.FAILS, "nobody signed it"),)
        return tuple(check for signer in layer.signers for check in self._judge(layer, signer, content))

    def _judge(self, layer: Layer, signer: Signer, content: bytes) -> list[Check]:
        if signer.digest.oid != oids.SM3 or signer.algorithm.oid not in SM2_NAMES:
            named = f"{name_of(signer.digest.oid)}, {name_of(signer.algorithm.oid)}"
            return [Check(SIGNATURE, Verdict.OPEN, f"{named}: not understood here")]
        checks = [] if signer.attributes is None else _attribute_checks(layer, signer.attributes, content)
        certificate = _certificate(layer.certificates, signer)
        if certificate is None:
            return [*checks, Check(SIGNATURE, Verdict.OPEN, f"no readable SM2 certificate of {signer.party.text}")]
        rule = rules.fitting(layer, signer, content, self.suite.load_public(certificate.point))
        if rule is None:
            return [*checks, Check(SIGNATURE, Verdict.FAILS, f"by none of the rules {certificate.name}'s")]
        return [*checks, Check(SIGNATURE, Verdict.HOLDS, rule.name), self._chain(certificate, layer)]

    def _chain(self, certificate: Certificate, layer: Layer) -> Check:
        if self.chains is None:
            return Check(CHAIN, Verdict.OPEN, f"{certificate.entity}/{certificate.name}; name the roots with --trust")
        return self.chains.check(certificate, layer.certificates, self.now)


def _attribute_checks(layer: Layer, attributes: Sequence[Node], content: bytes) -> list[Check]:
    digest = _value(attributes, oids.MESSAGE_DIGEST) == der.encode(sm3(content))
    kind = _value(attributes, oids.CONTENT_TYPE) == der.encode(layer.content_type)
    return [
        Check(DIGEST, _verdict(holds=digest), "signed attribute messageDigest = SM3(content)"),
        Check(CONTENT_TYPE, _verdict(holds=kind), "signed attribute contentType = the content's"),
    ]


def _verdict(*, holds: bool) -> Verdict:
    return Verdict.HOLDS if holds else Verdict.FAILS


def _value(attributes: Sequence[Node], kind: ObjectIdentifier) -> bytes | None:
    """Return the one value (DER) of the one attribute of this type, else None."""
    values: list[Node] = []
    for attribute in attributes:
        name, group = attribute.children
        if name.identifier() == kind:
            values.extend(group.children)
    return values[0].encode() if len(values) == 1 else None


def _certificate(certificates: Sequence[bytes], signer: Signer) -> Certificate | None:
    for raw in certificates:
        try:
            certificate = Certificate.load(raw)
        except CryptoUnfit:
            continue
        if names(signer.party, certificate, der.encode(issuer_and_serial(certificate))):
            return certificate
    return None
