"""Certificates issued to a kit's requests, as rows."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from padkit_central.kits.keys import moment
from padkit_central.store import CertificateRow, KeyUse
from padkit_contract.enrol import Requests
from padkit_contract.x509 import Certificate


class Issued(Protocol):
    """What a CA gives for three requests."""

    @property
    def sign(self) -> Certificate: ...
    @property
    def encrypt(self) -> Certificate: ...
    @property
    def tls(self) -> bytes: ...
    @property
    def tls_serial(self) -> int: ...
    @property
    def tls_not_after(self) -> datetime: ...


class Issuer(Protocol):
    """The CA that issues to kits; see `padkit_central.ca.kits`."""

    def issue(self, entity: str, kit: str, requests: Requests, now: datetime) -> Issued: ...

    def beside(self) -> tuple[str, str]: ...


def issue(issuer: Issuer, entity: str, kit: str, requests: Requests, now: datetime) -> list[CertificateRow]:
    """Return the rows of three new certificates. Raises `EnrolRefused` ``request.*``."""
    issued = issuer.issue(entity, kit, requests, now)
    made = (
        (KeyUse.SIGN, issued.sign.serial, issued.sign.der, issued.sign.not_after),
        (KeyUse.ENCRYPT, issued.encrypt.serial, issued.encrypt.der, issued.encrypt.not_after),
        (KeyUse.TLS, issued.tls_serial, issued.tls, issued.tls_not_after),
    )
    digest = requests.digest()
    return [
        CertificateRow(entity, kit, f"{serial:x}", use, body, moment(now), moment(not_after), request=digest)
        for use, serial, body, not_after in made
    ]
