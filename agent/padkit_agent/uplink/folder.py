"""The kit's folder of keys and certificates, changed as a whole: a power cut at any step leaves the old folder or the new one.

New keys are made in ``<folder>.asked`` and stay there until certificates came for them. These are proved in
``<folder>.half``; as ``<folder>.next`` the folder is whole and takes the place of the old one, at the next start if need be.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from padkit_contract import keyfile, party, pem
from padkit_contract.crypto import Suite
from padkit_contract.enrol import Papers, Requests
from padkit_contract.errors import ContractError
from padkit_contract.issue import Name, make_request
from padkit_contract.party import Party, load_party, load_trust
from padkit_contract.trust import Trust
from padkit_contract.x509 import Certificate, Role, Usage, load_certificates
from padkit_sdk.errors import Refused

REQUESTS = ("sign.csr.pem", "encrypt.csr.pem", "tls.csr.pem")
KEYS = (party.SIGN_KEY, party.ENCRYPT_KEY, party.TLS_KEY)
PRIVATE_KEY = "PRIVATE KEY"


@dataclass(frozen=True, slots=True)
class KitFolder:
    """Where a kit's keys live, and what opens them."""

    path: Path
    suite: Suite
    password: bytes = field(repr=False)

    @property
    def asked(self) -> Path:
        """New keys for which certificates are asked."""
        return self._beside("asked")

    def load(self) -> Party:
        """Return who the kit is, after finishing what a power cut left. Raises `CryptoUnfit`."""
        self.recover()
        return load_party(self.path, self.suite, self.password)

    def recover(self) -> None:
        """Let a folder that is whole take its place."""
        if self._beside("next").exists():
            self._switch()
        elif self.path.exists():
            shutil.rmtree(self._beside("former"), ignore_errors=True)

    def draft(self, name: Name, random_bytes: Callable[[int], bytes], tls_serial: str = "") -> Requests:
        """Return requests for three new keys, or those that were made before and got no answer yet."""
        if not self.asked.exists() or self._answered():
            shutil.rmtree(self.asked, ignore_errors=True)
            half = _fresh(self.asked.with_name(f"{self.asked.name}.half"))
            for key_file, request_file in zip(KEYS[:2], REQUESTS[:2], strict=True):
                key = self.suite.generate()
                wrapped = keyfile.wrap_key(key, self.password, random_bytes)
                keyfile.write_private(half / key_file, pem.write(pem.ENCRYPTED_KEY, wrapped))
                (half / request_file).write_text(pem.write(pem.REQUEST, make_request(name, key)), encoding="ascii")
            private, request = _tls_request(name)
            keyfile.write_private(half / party.TLS_KEY, pem.write(PRIVATE_KEY, private))
            (half / REQUESTS[2]).write_text(pem.write(pem.REQUEST, request), encoding="ascii")
            _settle(half, self.asked)
        texts = [(self.asked / file).read_text(encoding="ascii") for file in REQUESTS]
        sign, encrypt, tls = (pem.read(pem.REQUEST, text)[0] for text in texts)
        return Requests(sign, encrypt, tls, tls_serial)

    def take(self, papers: Papers, name: Name, now: datetime, *, same_root: bool) -> Party:
        """Prove the certificates, put them in place with their keys, and return who the kit is now.

        `same_root` refuses to believe another root than until now; what was sealed for the former key still opens.

        Raises:
            Refused: ``papers.names``, ``papers.root``, ``papers.chain``, ``papers.tls``; nothing was changed.
        """
        half = _fresh(self._beside("half"))
        for file, text in _files(papers).items():
            (half / file).write_text(text, encoding="ascii")
        for file in KEYS:
            shutil.copy(self.asked / file, half / file)
        former = (party.ENCRYPT_CERTIFICATE, party.PREVIOUS_CERTIFICATE), (party.ENCRYPT_KEY, party.PREVIOUS_KEY)
        if all((self.path / file).exists() for file, _ in former):
            for file, kept in former:
                shutil.copy(self.path / file, half / kept)
        try:
            self._prove(half, name, now, same_root=same_root)
        except ContractError as exc:
            raise Refused("papers.chain", f"kit {name.name}: {exc}; what central gave is not believed") from exc
        _settle(half, self._beside("next"))
        self._switch()
        return load_party(self.path, self.suite, self.password)

    def write(self, file: str, text: str) -> None:
        """Replace one public file whole."""
        half = self.path / f"{file}.half"
        half.write_text(text, encoding="ascii")
        _sync(half)
        half.replace(self.path / file)
        _sync(self.path)

    def _prove(self, folder: Path, name: Name, now: datetime, *, same_root: bool) -> None:
        new = load_party(folder, self.suite, self.password)  # the keys are those of the certificates
        if (new.entity, new.name, new.sign.certificate.role) != (name.entity, name.name, Role.KIT):
            raise Refused("papers.names", f"asked for kit {name.name} of {name.entity}, got {new.name} of {new.entity}")
        known = load_certificates((folder / party.TRUST).read_text(encoding="ascii"))
        roots = [it for it in known if it.is_root]
        if same_root and not set(roots) <= set(_roots(self.path)):
            raise Refused("papers.root", f"kit {name.name}: another root than the kit believes; enrol it again")
        trust = Trust(self.suite, roots, [it for it in known if not it.is_root])
        trust.check(new.sign.certificate, Usage.SIGNATURE, now)
        trust.check(new.encrypt.certificate, Usage.KEY_ENCIPHERMENT, now)
        if new.peer is None or trust.check(new.peer.certificate, Usage.KEY_ENCIPHERMENT, now).role is not Role.SERVICE:
            raise Refused("papers.chain", f"kit {name.name}: no certificate of central came along")
        load_trust(folder, self.suite)
        _prove_tls(folder, name)

    def _answered(self) -> bool:
        """Tell whether the keys asked for are those in use: the power went before they were put away."""
        asked, used = (folder / party.SIGN_KEY for folder in (self.asked, self.path))
        return used.exists() and asked.read_bytes() == used.read_bytes()

    def _switch(self) -> None:
        former, new = self._beside("former"), self._beside("next")
        if self.path.exists():
            shutil.rmtree(former, ignore_errors=True)
            self.path.rename(former)
        new.rename(self.path)
        _sync(self.path.parent)
        shutil.rmtree(former, ignore_errors=True)
        shutil.rmtree(self.asked, ignore_errors=True)

    def _beside(self, what: str) -> Path:
        return self.path.with_name(f"{self.path.name}.{what}")


def _files(papers: Papers) -> dict[str, str]:
    files = {
        party.SIGN_CERTIFICATE: papers.sign,
        party.ENCRYPT_CERTIFICATE: papers.encrypt,
        party.TLS_CERTIFICATE: papers.tls,
        party.TRUST: papers.trust,
        party.TLS_TRUST: papers.tls_trust,
        party.PEER: papers.peer,
        party.HSM_CERTIFICATE: papers.hsm,
        party.SUPPORT_CERTIFICATE: papers.support,
        party.REVOCATION_LISTS: papers.revocation_lists,
    }
    return {file: text for file, text in files.items() if text}


def _roots(folder: Path) -> list[Certificate]:
    return [it for it in load_certificates((folder / party.TRUST).read_text(encoding="ascii")) if it.is_root]


def _tls_request(name: Name) -> tuple[bytes, bytes]:
    """Return a new ECDSA P-256 key (PKCS#8) and a request for it (DER)."""
    from cryptography import x509  # late: its import costs a kit 0.1 s, and keys are seldom made
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    names = ((NameOID.ORGANIZATION_NAME, name.entity), (NameOID.COMMON_NAME, name.name))
    subject = x509.Name([x509.NameAttribute(kind, value) for kind, value in names])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    encoding = serialization.Encoding.DER
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return private, request.public_bytes(encoding)


def tls_serial(folder: Path) -> str:
    """Return the serial (hex) of the TLS certificate in use."""
    from cryptography import x509

    return f"{x509.load_pem_x509_certificate((folder / party.TLS_CERTIFICATE).read_bytes()).serial_number:x}"


def _prove_tls(folder: Path, name: Name) -> None:
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from cryptography.x509.oid import NameOID

    try:
        leaf = x509.load_pem_x509_certificate((folder / party.TLS_CERTIFICATE).read_bytes())
        authority = x509.load_pem_x509_certificate((folder / party.TLS_TRUST).read_bytes())
        key = load_pem_private_key((folder / party.TLS_KEY).read_bytes(), None)
        leaf.verify_directly_issued_by(authority)
        kinds = (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME)
        named = [it.value for kind in kinds for it in leaf.subject.get_attributes_for_oid(kind)]
        right = named == [name.entity, name.name] and leaf.public_key() == key.public_key()
    except (ValueError, TypeError, InvalidSignature) as exc:
        raise Refused("papers.tls", f"kit {name.name}: the TLS certificate is not believed: {exc!r}") from exc
    if not right:
        raise Refused("papers.tls", f"kit {name.name}: the TLS certificate is another's; ask again")


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    return folder


def _settle(half: Path, whole: Path) -> None:
    """Give a folder its name once all of it is on disk."""
    for path in half.iterdir():
        _sync(path)
    _sync(half)
    half.rename(whole)
    _sync(whole.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
