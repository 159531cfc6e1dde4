"""Certificates for kits that hold their keys themselves: issued to their requests, while the service runs.

Of the CA's folder it takes the kit CA and the TLS CA only, opened once; root and the other CAs can stay locked away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from padkit_central.ca import tls
from padkit_central.ca.shelf import SUB_CAS, Means, Shelf
from padkit_contract import party
from padkit_contract.crypto import Suite
from padkit_contract.enrol import EnrolRefused, Requests
from padkit_contract.errors import CryptoUnfit
from padkit_contract.issue import ENCRYPT, SIGN, Issuer, Name, Purpose, check_request, make_certificate
from padkit_contract.x509 import Certificate, Role


@dataclass(frozen=True, slots=True)
class KitCertificates:
    """What one kit got: two SM2 certificates, and the TLS one (DER, serial, end)."""

    sign: Certificate
    encrypt: Certificate
    tls: bytes
    tls_serial: int
    tls_not_after: datetime


class KitIssuer:
    """The kit CA and the TLS CA, ready to sign."""

    def __init__(self, kit_ca: Issuer, tls_ca: tls.TlsIssuer, folder: Path, means: Means, days: int) -> None:
        self._kit_ca = kit_ca
        self._tls_ca = tls_ca
        self._folder = folder
        self._suite: Suite = means.suite
        self._random_bytes: Callable[[int], bytes] = means.random_bytes
        self._days = days

    @classmethod
    def load(cls, folder: Path, means: Means, days: int) -> KitIssuer:
        """Open the two CAs. Raises `CaRefused`, and `CryptoUnfit` when the password is wrong."""
        shelf = Shelf(folder, means)
        return cls(shelf.issuer(SUB_CAS[Role.KIT]), shelf.tls_ca(), folder, means, days)

    def issue(self, entity: str, kit: str, requests: Requests, now: datetime) -> KitCertificates:
        """Return certificates for the kit's three keys.

        Raises:
            EnrolRefused: ``request.*``: a request is malformed, not signed by its own key, for another name, or two are for
                the same key.
        """
        name = Name(entity, kit)
        points = [self._point(name, each) for each in (requests.sign, requests.encrypt)]
        if points[0] == points[1]:
            raise EnrolRefused("request.keys", f"{kit}: one key to sign and to decrypt; make two")
        key = self._tls_key(name, requests.tls)
        sign, encrypt = (
            make_certificate(
                name,
                point,
                self._kit_ca,
                Purpose(usage, Role.KIT),
                now=now,
                days=self._days,
                random_bytes=self._random_bytes,
            )
            for point, usage in zip(points, (SIGN, ENCRYPT), strict=True)
        )
        leaf = tls.certify_client(name, key, self._tls_ca, now=now, days=self._days)
        return KitCertificates(sign, encrypt, tls.certificate_der(leaf), leaf.serial_number, leaf.not_valid_after_utc)

    def beside(self) -> tuple[str, str]:
        """Return for whom kits seal beside the service: HSM and support desk (PEM), empty where there is none."""
        paths = (self._folder / party.HSM_CERTIFICATE, self._folder / party.SUPPORT_CERTIFICATE)
        hsm, support = (path.read_text(encoding="ascii") if path.exists() else "" for path in paths)
        return hsm, support

    def _point(self, name: Name, raw: bytes) -> bytes:
        try:
            request = check_request(raw, self._suite)
        except CryptoUnfit as exc:
            raise EnrolRefused(exc.reason, str(exc)) from exc
        if request.name != name:
            raise EnrolRefused("request.name", f"{name.entity}/{name.name}: a request names {request.name}")
        return request.point

    def _tls_key(self, name: Name, raw: bytes) -> tls.PublicKey:
        try:
            named, key = tls.check_request(raw)
        except ValueError as exc:
            raise EnrolRefused("request.tls", f"{name.name}: {exc}") from exc
        if named != name:
            raise EnrolRefused("request.name", f"{name.entity}/{name.name}: the TLS request names {named}")
        return key
