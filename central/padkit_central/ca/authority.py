"""The CA's work: make itself, then issue the folder of a service or of a kit. Files as `padkit_contract.party` reads them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from padkit_central.ca import tls
from padkit_central.ca.folder import CaRefused, check_name, put_private, put_public, whole_folder
from padkit_contract import keyfile, party, pem
from padkit_contract.crypto import SoftwareKey, Suite
from padkit_contract.issue import ENCRYPT, ISSUE, SIGN, Issuer, Name, Purpose, make_certificate
from padkit_contract.peers import FOLDER as KITS
from padkit_contract.peers import file_name
from padkit_contract.x509 import Certificate, Role, load_certificate

ROOT, TLS_CA = "root", "tls-ca"
SUB_CAS = {
    Role.KIT: "kit-ca",
    Role.SERVICE: "service-ca",
    Role.COMMAND: "command-ca",
    Role.OPERATOR: "operator-ca",
    Role.HSM: "hsm-ca",
}
SERVICES = "services"
ROOT_DAYS, SUB_DAYS, PARTY_DAYS = 3650, 1825, 365
PRIVATE_KEY = "PRIVATE KEY"


@dataclass(frozen=True, slots=True)
class Means:
    """What issuing needs from outside: crypto, the CA's password, the clock and chance."""

    suite: Suite
    password: bytes
    now: datetime
    random_bytes: Callable[[int], bytes]


class Authority:
    """One CA in one folder."""

    def __init__(self, folder: Path, means: Means) -> None:
        self._folder = folder
        self._means = means

    def init(self, entity: str) -> None:
        """Make root, kit CA, service CA and TLS CA. Raises `CaRefused`, also when the folder is there already."""
        check_name("entity", entity)
        means = self._means
        next_step = f"issue with `padkit-central ca service {self._folder} NAME --out DIR`, or name another folder"
        with whole_folder(self._folder, next_step) as folder:
            root_name = Name(entity, "padkit TEST ONLY root")
            root_key = means.suite.generate()
            root = Issuer(root_name, root_key)
            certificate = self._certify(root_name, root_key.public, root, Purpose(ISSUE, ca_depth=1), ROOT_DAYS)
            self._put(folder, ROOT, certificate, root_key)
            for role, file in SUB_CAS.items():
                name, key = Name(entity, f"padkit TEST ONLY {role.value} CA"), means.suite.generate()
                purpose = Purpose(ISSUE, role, ca_depth=0)
                self._put(folder, file, self._certify(name, key.public, root, purpose, SUB_DAYS), key)
            tls_ca = tls.make_ca(Name(entity, "padkit TEST ONLY TLS CA"), now=means.now, days=ROOT_DAYS)
            put_public(folder / f"{TLS_CA}.crt.pem", pem.CERTIFICATE, tls.certificate_der(tls_ca.certificate))
            put_private(folder / f"{TLS_CA}.key.pem", pem.ENCRYPTED_KEY, tls.key_der(tls_ca.key, means.password))
            (folder / SERVICES).mkdir()
            (folder / KITS).mkdir()

    def issue_service(self, name: str, out: Path, *, hosts: Sequence[str], password: bytes) -> None:
        """Make a service's folder; `password` closes its keys. Its encryption certificate is kept for kits."""
        subject = Name(self._certificate(ROOT).entity, check_name("service", name))
        with whole_folder(out, "name another folder") as folder:
            encrypt = self._issue_party(subject, Role.SERVICE, folder, password)
            leaf = tls.make_server(subject, self._tls_ca(), hosts, now=self._means.now, days=PARTY_DAYS)
            self._put_tls(folder, leaf)
            (folder / KITS).mkdir()
            for kit in (self._folder / KITS).iterdir():
                shutil.copy(kit, folder / KITS / kit.name)
            put_public(self._folder / SERVICES / f"{name}.crt.pem", pem.CERTIFICATE, encrypt.der)

    def issue_hsm(self, name: str, out: Path, *, password: bytes) -> None:
        """Make an HSM's folder. Kits issued from now on seal C3 fields for it, those of before for the one they know."""
        subject = Name(self._certificate(ROOT).entity, check_name("HSM", name))
        with whole_folder(out, "name another folder") as folder:
            issuer = self._issuer(SUB_CAS[Role.HSM])
            key = self._means.suite.generate()
            certificate = self._certify(subject, key.public, issuer, Purpose(ENCRYPT, Role.HSM), PARTY_DAYS)
            wrapped = keyfile.wrap_key(key, password, self._means.random_bytes)
            put_public(folder / party.ENCRYPT_CERTIFICATE, pem.CERTIFICATE, certificate.der)
            put_private(folder / party.ENCRYPT_KEY, pem.ENCRYPTED_KEY, wrapped)
            self._put_trust(folder)
            put_public(self._folder / party.HSM_CERTIFICATE, pem.CERTIFICATE, certificate.der)

    def issue_kit(
        self, kit: str, entity: str, out: Path, *, service: str, password: bytes, register: Path | None
    ) -> None:
        """Make a kit's folder; it seals for `service`. `register` is the service's folder, which learns the kit's key."""
        subject = Name(check_name("entity", entity), check_name("kit", kit))
        peer = self._folder / SERVICES / f"{check_name('service', service)}.crt.pem"
        if not peer.exists():
            raise CaRefused(f"no service {service!r} at {self._folder}; run `padkit-central ca service` for it first")
        if register is not None and not (register / KITS).is_dir():
            raise CaRefused(f"{register} is not a service's folder; give the --out of `padkit-central ca service`")
        with whole_folder(out, "name another folder, or remove it to issue new keys") as folder:
            encrypt = self._issue_party(subject, Role.KIT, folder, password)
            self._put_tls(folder, tls.make_client(subject, self._tls_ca(), now=self._means.now, days=PARTY_DAYS))
            shutil.copy(peer, folder / party.PEER)
            if (self._folder / party.HSM_CERTIFICATE).exists():
                shutil.copy(self._folder / party.HSM_CERTIFICATE, folder / party.HSM_CERTIFICATE)
            for place in filter(None, (self._folder, register)):
                put_public(place / KITS / file_name(entity, kit), pem.CERTIFICATE, encrypt.der)

    def _issue_party(self, subject: Name, role: Role, folder: Path, password: bytes) -> Certificate:
        """Write signing and encryption keys and the trusted certificates; return the encryption certificate."""
        issuer = self._issuer(SUB_CAS[role])
        suite, random_bytes = self._means.suite, self._means.random_bytes
        pairs = (
            (party.SIGN_CERTIFICATE, party.SIGN_KEY, SIGN),
            (party.ENCRYPT_CERTIFICATE, party.ENCRYPT_KEY, ENCRYPT),
        )
        for certificate_file, key_file, usage in pairs:
            key = suite.generate()
            certificate = self._certify(subject, key.public, issuer, Purpose(usage, role), PARTY_DAYS)
            put_public(folder / certificate_file, pem.CERTIFICATE, certificate.der)
            put_private(folder / key_file, pem.ENCRYPTED_KEY, keyfile.wrap_key(key, password, random_bytes))
        self._put_trust(folder)
        return certificate

    def _put_trust(self, folder: Path) -> None:
        trusted = [self._certificate(file).der for file in (ROOT, *SUB_CAS.values())]
        put_public(folder / party.TRUST, pem.CERTIFICATE, *trusted)

    def _certify(self, name: Name, point: bytes, issuer: Issuer, purpose: Purpose, days: int) -> Certificate:
        means = self._means
        return make_certificate(name, point, issuer, purpose, now=means.now, days=days, random_bytes=means.random_bytes)

    def _put(self, folder: Path, file: str, certificate: Certificate, key: SoftwareKey) -> None:
        put_public(folder / f"{file}.crt.pem", pem.CERTIFICATE, certificate.der)
        wrapped = keyfile.wrap_key(key, self._means.password, self._means.random_bytes)
        put_private(folder / f"{file}.key.pem", pem.ENCRYPTED_KEY, wrapped)

    def _put_tls(self, folder: Path, leaf: tls.TlsIssuer) -> None:
        put_public(folder / party.TLS_CERTIFICATE, pem.CERTIFICATE, tls.certificate_der(leaf.certificate))
        put_private(folder / party.TLS_KEY, PRIVATE_KEY, tls.key_der(leaf.key, None))
        shutil.copy(self._folder / f"{TLS_CA}.crt.pem", folder / party.TLS_TRUST)

    def _certificate(self, file: str) -> Certificate:
        return load_certificate(self._text(f"{file}.crt.pem"))

    def _issuer(self, file: str) -> Issuer:
        certificate = self._certificate(file)
        key = keyfile.load_key(self._folder / f"{file}.key.pem", self._means.password, self._means.suite)
        return Issuer(Name(certificate.entity, certificate.name), key)

    def _tls_ca(self) -> tls.TlsIssuer:
        key = keyfile.read_private(self._folder / f"{TLS_CA}.key.pem").encode("ascii")
        try:
            return tls.load_ca(self._text(f"{TLS_CA}.crt.pem").encode("ascii"), key, self._means.password)
        except ValueError as exc:
            raise CaRefused(f"{self._folder}: the password does not open the TLS CA's key; give the CA's own") from exc

    def _text(self, file: str) -> str:
        try:
            return (self._folder / file).read_text(encoding="ascii")
        except OSError as exc:
            next_step = f"make a CA with `padkit-central ca init {self._folder} --entity E`"
            raise CaRefused(f"{self._folder} holds no CA ({file}: {exc.strerror}); {next_step}") from exc
