"""The files of one party (a kit, or a service of central) in a folder, read into what envelopes and TLS need.

sign.crt.pem sign.key.pem          SM2, signs envelopes
encrypt.crt.pem encrypt.key.pem    SM2, opens envelopes
tls.crt.pem tls.key.pem            ECDSA P-256, for TLS
trust.pem tls-trust.pem            roots and sub CAs: SM2, TLS
peer-encrypt.crt.pem               kits only: the service's encryption certificate
kits/                              services only: the kits' encryption certificates
crl.pem                            optional: revocation lists of root and sub CAs
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from padkit_contract import keyfile, peers, pem
from padkit_contract.crypto.suite import Suite
from padkit_contract.envelope import Identity, Recipient
from padkit_contract.errors import CryptoUnfit
from padkit_contract.peers import Peers
from padkit_contract.trust import Trust
from padkit_contract.x509 import Certificate, Usage, load_certificate, load_certificates

SIGN_CERTIFICATE, SIGN_KEY = "sign.crt.pem", "sign.key.pem"
ENCRYPT_CERTIFICATE, ENCRYPT_KEY = "encrypt.crt.pem", "encrypt.key.pem"
TLS_CERTIFICATE, TLS_KEY, TLS_TRUST = "tls.crt.pem", "tls.key.pem", "tls-trust.pem"
TRUST, PEER, REVOCATION_LISTS = "trust.pem", "peer-encrypt.crt.pem", "crl.pem"


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """Paths for Python's `ssl`: own certificate, own key, and the CA file that peers must chain to."""

    cert: Path
    key: Path
    trust: Path


@dataclass(frozen=True, slots=True)
class Party:
    """Who we are, how we sign and open, whom we believe, and for whom we seal: `peer` at a kit, `peers` at a service."""

    entity: str
    name: str
    sign: Identity
    encrypt: Identity
    trust: Trust
    peer: Recipient | None
    peers: Peers | None
    tls: TlsFiles


def load_party(folder: Path, suite: Suite, password: bytes) -> Party:
    """Read a party's folder.

    Raises:
        CryptoUnfit: ``party.file`` names what is missing; ``party.names``: the certificates are not one party's;
            ``key.*``, ``pem.*``, ``certificate.*`` as the files deserve.
    """
    sign = _identity(folder / SIGN_CERTIFICATE, folder / SIGN_KEY, Usage.SIGNATURE, suite, password)
    encrypt = _identity(folder / ENCRYPT_CERTIFICATE, folder / ENCRYPT_KEY, Usage.KEY_ENCIPHERMENT, suite, password)
    owner = (sign.certificate.entity, sign.certificate.name, sign.certificate.role)
    if owner != (encrypt.certificate.entity, encrypt.certificate.name, encrypt.certificate.role):
        raise CryptoUnfit("party.names", f"{folder}: signing and encryption certificates of different owners")
    trust = load_trust(folder, suite)
    kits = folder / peers.FOLDER
    return Party(
        entity=sign.certificate.entity,
        name=sign.certificate.name,
        sign=sign,
        encrypt=encrypt,
        trust=trust,
        peer=load_recipient(folder / PEER, suite) if (folder / PEER).exists() else None,
        peers=Peers(kits, trust) if kits.is_dir() else None,
        tls=_tls(folder),
    )


def load_trust(folder: Path, suite: Suite) -> Trust:
    """Read a party's roots, sub CAs and revocation lists. Raises `CryptoUnfit`."""
    certificates = load_certificates(_text(folder / TRUST))
    lists = folder / REVOCATION_LISTS
    return Trust(
        suite,
        roots=[certificate for certificate in certificates if certificate.is_root],
        authorities=[certificate for certificate in certificates if not certificate.is_root],
        revocation_lists=pem.read(pem.REVOCATION_LIST, _text(lists)) if lists.exists() else (),
    )


def load_recipient(path: Path, suite: Suite) -> Recipient:
    """Read an encryption certificate for whose owner we seal. Raises `CryptoUnfit`."""
    return Recipient.load(load_certificate(_text(path)), suite)


def _identity(certificate_path: Path, key_path: Path, usage: Usage, suite: Suite, password: bytes) -> Identity:
    certificate: Certificate = load_certificate(_text(certificate_path))
    if usage not in certificate.usage:
        raise CryptoUnfit(
            "certificate.usage", f"{certificate_path}: not made for {usage.name}; take the other certificate"
        )
    return Identity(certificate, keyfile.load_key(key_path, password, suite))


def _tls(folder: Path) -> TlsFiles:
    files = TlsFiles(cert=folder / TLS_CERTIFICATE, key=folder / TLS_KEY, trust=folder / TLS_TRUST)
    _text(files.cert)
    _text(files.trust)
    keyfile.read_private(files.key)
    return files


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as exc:
        raise CryptoUnfit("party.file", f"{path}: {exc}; issue the party's files again") from exc
