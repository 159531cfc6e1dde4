"""The CA's work: make itself, then issue the folder of a party. Files as `padkit_contract.party` reads them."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from padkit_central.ca import tls
from padkit_central.ca.folder import CaRefused, check_name, put_private, put_public, whole_folder
from padkit_central.ca.shelf import PARTY_DAYS, ROOT, ROOT_DAYS, SUB_CAS, SUB_DAYS, TLS_CA, Means, Shelf
from padkit_contract import party, pem
from padkit_contract.eseal import FILE as SEAL
from padkit_contract.eseal import SealFace, make_seal
from padkit_contract.issue import ENCRYPT, ISSUE, SIGN, Issuer, Name, Purpose
from padkit_contract.peers import FOLDER as KITS
from padkit_contract.peers import file_name
from padkit_contract.x509 import Certificate, Role

__all__ = ["SUB_CAS", "Authority", "Means"]

SERVICES = "services"
PRIVATE_KEY = "PRIVATE KEY"
SIGN_PAIR = (party.SIGN_CERTIFICATE, party.SIGN_KEY)
ENCRYPT_PAIR = (party.ENCRYPT_CERTIFICATE, party.ENCRYPT_KEY)
COMMAND_PAIR = (party.COMMAND_CERTIFICATE, party.COMMAND_KEY)
FOR_KITS = (party.HSM_CERTIFICATE, party.SUPPORT_CERTIFICATE, party.REVOCATION_LISTS)  # once there is one


class Authority:
    """One CA in one folder."""

    def __init__(self, folder: Path, means: Means) -> None:
        self._folder = folder
        self._means = means
        self._shelf = Shelf(folder, means)

    def init(self, entity: str) -> None:
        """Make root, sub CAs and TLS CA. Raises `CaRefused`, also when the folder is there already."""
        check_name("entity", entity)
        means = self._means
        next_step = f"issue with `padkit-central ca service {self._folder} NAME --out DIR`, or name another folder"
        with whole_folder(self._folder, next_step) as folder:
            root_name = Name(entity, "padkit TEST ONLY root")
            root_key = means.suite.generate()
            root = Issuer(root_name, root_key)
            purpose = Purpose(ISSUE, ca_depth=1)
            self._shelf.put_ca(
                folder, ROOT, self._shelf.certify(root_name, root_key.public, root, purpose, ROOT_DAYS), root_key
            )
            for role in SUB_CAS:
                self._make_sub_ca(role, root, folder)
            tls_ca = tls.make_ca(Name(entity, "padkit TEST ONLY TLS CA"), now=means.now, days=ROOT_DAYS)
            put_public(folder / f"{TLS_CA}.crt.pem", pem.CERTIFICATE, tls.certificate_der(tls_ca.certificate))
            put_private(folder / f"{TLS_CA}.key.pem", pem.ENCRYPTED_KEY, tls.key_der(tls_ca.key, means.password))
            (folder / SERVICES).mkdir()
            (folder / KITS).mkdir()

    def upgrade(self) -> tuple[str, ...]:
        """Make the sub CAs that a folder of an earlier version lacks; return their names. Raises `CaRefused`."""
        missing = [role for role, file in SUB_CAS.items() if not (self._folder / f"{file}.crt.pem").exists()]
        root = self._shelf.issuer(ROOT)
        for role in missing:
            (self._folder / f"{SUB_CAS[role]}.key.pem").unlink(missing_ok=True)  # of an upgrade that was cut short
            self._make_sub_ca(role, root, self._folder)
        return tuple(SUB_CAS[role] for role in missing)

    def issue_service(self, name: str, out: Path, *, hosts: Sequence[str], password: bytes) -> None:
        """Make a service's folder; `password` closes its keys. Its encryption certificate is kept for kits."""
        subject = self._own(check_name("service", name))
        with whole_folder(out, "name another folder") as folder:
            encrypt = self._issue_party(subject, Role.SERVICE, folder, password)
            self._shelf.issue_pair(subject, Purpose(SIGN, Role.COMMAND), folder, COMMAND_PAIR, password)
            leaf = tls.make_server(subject, self._shelf.tls_ca(), hosts, now=self._means.now, days=PARTY_DAYS)
            self._put_tls(subject, folder, leaf)
            (folder / KITS).mkdir()
            for kit in (self._folder / KITS).iterdir():
                shutil.copy(kit, folder / KITS / kit.name)
            put_public(self._folder / SERVICES / f"{name}.crt.pem", pem.CERTIFICATE, encrypt.der)

    def issue_operator(self, name: str, out: Path, *, password: bytes) -> None:
        """Make the folder of a person who signs orders and approvals."""
        subject = self._own(check_name("operator", name))
        with whole_folder(out, "name another folder") as folder:
            self._shelf.issue_pair(subject, Purpose(SIGN, Role.OPERATOR), folder, SIGN_PAIR, password)
            self._shelf.put_trust(folder)

    def issue_seal(self, name: str, title: str, picture: bytes, out: Path, *, password: bytes) -> None:
        """Make the folder of an entity's electronic seal: who stamps with it, and the seal itself, which the seal CA certifies.

        `title` is what people read, `picture` a PNG. Raises `CaRefused`, `Invalid` ``seal.picture``.
        """
        maker, now = SUB_CAS[Role.SEAL], self._means.now
        number = check_name("seal", name)
        with whole_folder(out, "name another folder") as folder:
            certificate = self._shelf.issue_pair(
                self._own(number), Purpose(SIGN, Role.SEAL), folder, SIGN_PAIR, password
            )
            face = SealFace(number, title, now, certificate.not_after, picture)
            seal = make_seal(face, certificate, self._shelf.issuer(maker), self._shelf.certificate(maker), now)
            (folder / SEAL).write_bytes(seal)
            self._shelf.put_trust(folder)

    def issue_hsm(self, name: str, out: Path, *, password: bytes) -> None:
        """Make an HSM's folder. Kits issued from now on seal C3 fields for it, those of before for the one they know."""
        self._issue_receiver(check_name("HSM", name), Role.HSM, party.HSM_CERTIFICATE, out, password)

    def issue_support(self, name: str, out: Path, *, password: bytes) -> None:
        """Make the folder of who opens support bundles. Kits issued from now on seal theirs for it."""
        self._issue_receiver(check_name("support", name), Role.SERVICE, party.SUPPORT_CERTIFICATE, out, password)

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
            leaf = tls.make_client(subject, self._shelf.tls_ca(), now=self._means.now, days=PARTY_DAYS)
            self._put_tls(subject, folder, leaf)
            shutil.copy(peer, folder / party.PEER)
            for file in FOR_KITS:
                if (self._folder / file).exists():
                    shutil.copy(self._folder / file, folder / file)
            for place in filter(None, (self._folder, register)):
                put_public(place / KITS / file_name(entity, kit), pem.CERTIFICATE, encrypt.der)

    def _own(self, name: str) -> Name:
        return Name(self._shelf.certificate(ROOT).entity, name)

    def _make_sub_ca(self, role: Role, root: Issuer, folder: Path) -> None:
        name = Name(root.name.entity, f"padkit TEST ONLY {role.value} CA")
        key = self._means.suite.generate()
        certificate = self._shelf.certify(name, key.public, root, Purpose(ISSUE, role, ca_depth=0), SUB_DAYS)
        self._shelf.put_ca(folder, SUB_CAS[role], certificate, key)

    def _issue_party(self, subject: Name, role: Role, folder: Path, password: bytes) -> Certificate:
        """Write signing and encryption keys and the trusted certificates; return the encryption certificate."""
        self._shelf.issue_pair(subject, Purpose(SIGN, role), folder, SIGN_PAIR, password)
        self._shelf.put_trust(folder)
        return self._shelf.issue_pair(subject, Purpose(ENCRYPT, role), folder, ENCRYPT_PAIR, password)

    def _issue_receiver(self, name: str, role: Role, file: str, out: Path, password: bytes) -> None:
        """Make the folder of somebody for whom kits seal and who writes to nobody; its certificate is kept as `file`."""
        with whole_folder(out, "name another folder") as folder:
            purpose = Purpose(ENCRYPT, role)
            certificate = self._shelf.issue_pair(self._own(name), purpose, folder, ENCRYPT_PAIR, password)
            self._shelf.put_trust(folder)
            put_public(self._folder / file, pem.CERTIFICATE, certificate.der)

    def _put_tls(self, subject: Name, folder: Path, leaf: tls.TlsIssuer) -> None:
        certificate = leaf.certificate
        self._shelf.note(TLS_CA, subject, certificate.serial_number, certificate.not_valid_after_utc)
        put_public(folder / party.TLS_CERTIFICATE, pem.CERTIFICATE, tls.certificate_der(certificate))
        put_private(folder / party.TLS_KEY, PRIVATE_KEY, tls.key_der(leaf.key, None))
        shutil.copy(self._folder / f"{TLS_CA}.crt.pem", folder / party.TLS_TRUST)
