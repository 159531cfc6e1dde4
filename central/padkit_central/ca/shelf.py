"""A CA's own folder: its certificates and keys, and the list of what it issued. Who gets what is decided elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from padkit_central.ca import tls
from padkit_central.ca.folder import CaRefused, append_line, put_private, put_public
from padkit_contract import keyfile, party, pem
from padkit_contract.crypto import SoftwareKey, Suite
from padkit_contract.issue import Issuer, Name, Purpose, make_certificate
from padkit_contract.x509 import Certificate, Role, load_certificate

ROOT, TLS_CA = "root", "tls-ca"
SUB_CAS = {
    Role.KIT: "kit-ca",
    Role.SERVICE: "service-ca",
    Role.COMMAND: "command-ca",
    Role.OPERATOR: "operator-ca",
    Role.HSM: "hsm-ca",
    Role.SEAL: "seal-ca",
}
AUTHORITIES = (ROOT, *SUB_CAS.values())  # those that sign with SM2
ISSUED = "issued.jsonl"
ROOT_DAYS, SUB_DAYS, PARTY_DAYS = 3650, 1825, 365


@dataclass(frozen=True, slots=True)
class Means:
    """What issuing needs from outside: crypto, the CA's password, the clock and chance."""

    suite: Suite
    password: bytes
    now: datetime
    random_bytes: Callable[[int], bytes]


class Issued(msgspec.Struct, frozen=True):
    """One line of the list: a certificate that left this folder. `serial` is hexadecimal."""

    serial: str
    ca: str
    entity: str
    name: str
    not_after: str


class Shelf:
    """Reads the CA's files and signs with its keys."""

    def __init__(self, folder: Path, means: Means) -> None:
        self.folder = folder
        self.means = means

    def certificate(self, file: str) -> Certificate:
        """Return one CA's certificate. Raises `CaRefused` when it is not there."""
        return load_certificate(self.text(f"{file}.crt.pem"))

    def issuer(self, file: str) -> Issuer:
        """Return one CA ready to sign. Raises `CaRefused`, and `CryptoUnfit` when the password is wrong."""
        certificate = self.certificate(file)
        key = keyfile.load_key(self.folder / f"{file}.key.pem", self.means.password, self.means.suite)
        return Issuer(Name(certificate.entity, certificate.name), key)

    def tls_ca(self) -> tls.TlsIssuer:
        """Return the TLS CA ready to sign. Raises `CaRefused`."""
        key = keyfile.read_private(self.folder / f"{TLS_CA}.key.pem").encode("ascii")
        try:
            return tls.load_ca(self.text(f"{TLS_CA}.crt.pem").encode("ascii"), key, self.means.password)
        except ValueError as exc:
            raise CaRefused(f"{self.folder}: the password does not open the TLS CA's key; give the CA's own") from exc

    def trusted(self) -> list[bytes]:
        """Return root and sub CAs (DER), as every party keeps them."""
        return [self.certificate(file).der for file in AUTHORITIES]

    def certify(self, name: Name, point: bytes, issuer: Issuer, purpose: Purpose, days: int) -> Certificate:
        """Return a certificate signed by `issuer`."""
        means = self.means
        return make_certificate(name, point, issuer, purpose, now=means.now, days=days, random_bytes=means.random_bytes)

    def issue_pair(
        self, subject: Name, purpose: Purpose, folder: Path, files: tuple[str, str], password: bytes
    ) -> Certificate:
        """Write a new key and its certificate into `folder` under the two names, and the certificate into the list."""
        assert purpose.role is not None
        ca, key = SUB_CAS[purpose.role], self.means.suite.generate()
        certificate = self.certify(subject, key.public, self.issuer(ca), purpose, PARTY_DAYS)
        self.note(ca, subject, certificate.serial, certificate.not_after)
        put_public(folder / files[0], pem.CERTIFICATE, certificate.der)
        put_private(folder / files[1], pem.ENCRYPTED_KEY, keyfile.wrap_key(key, password, self.means.random_bytes))
        return certificate

    def put_trust(self, folder: Path) -> None:
        """Write whom a party believes."""
        put_public(folder / party.TRUST, pem.CERTIFICATE, *self.trusted())

    def put_ca(self, folder: Path, file: str, certificate: Certificate, key: SoftwareKey) -> None:
        """Write a CA's certificate and key, the certificate last: a CA without one is not there."""
        wrapped = keyfile.wrap_key(key, self.means.password, self.means.random_bytes)
        put_private(folder / f"{file}.key.pem", pem.ENCRYPTED_KEY, wrapped)
        put_public(folder / f"{file}.crt.pem", pem.CERTIFICATE, certificate.der)

    def note(self, ca: str, subject: Name, serial: int, not_after: datetime) -> None:
        """Append to the list, before the certificate leaves."""
        line = Issued(f"{serial:x}", ca, subject.entity, subject.name, not_after.isoformat())
        append_line(self.folder / ISSUED, msgspec.json.encode(line))

    def issued(self) -> Sequence[Issued]:
        """Return the list, the oldest first."""
        path = self.folder / ISSUED
        return (
            [msgspec.json.decode(line, type=Issued) for line in path.read_bytes().splitlines()] if path.exists() else []
        )

    def text(self, file: str) -> str:
        """Return a file's text. Raises `CaRefused` with what to do when it is not there."""
        try:
            return (self.folder / file).read_text(encoding="ascii")
        except OSError as exc:
            raise CaRefused(f"{self.folder} holds no CA ({file}: {exc.strerror}); {self._next_step()}") from exc

    def _next_step(self) -> str:
        if (self.folder / f"{ROOT}.crt.pem").exists():
            return (
                f"this CA is of an earlier version: `padkit-central ca init {self.folder} --upgrade` adds what it lacks"
            )
        return f"make a CA with `padkit-central ca init {self.folder} --entity E`"
