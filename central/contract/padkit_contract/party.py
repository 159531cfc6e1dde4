"""The files of one party (a kit, or a service of central) in a folder, read into what envelopes and TLS need.

sign.crt.pem sign.key.pem          SM2, signs envelopes
encrypt.crt.pem encrypt.key.pem    SM2, opens envelopes
tls.crt.pem tls.key.pem            ECDSA P-256, for TLS
trust.pem tls-trust.pem            roots and sub CAs: SM2, TLS
peer-encrypt.crt.pem               kits only: the service's encryption certificate
hsm-encrypt.crt.pem                kits only, optional: the bank's HSM, for C3 fields
support-encrypt.crt.pem            kits only, optional: who opens support bundles
command.crt.pem command.key.pem    services only, optional: SM2, signs commands
encrypt-previous.crt.pem .key.pem  optional: the encryption key before this one
encrypt-previous.until             optional: the moment (ISO 8601) after which that one opens nothing more
kits/                              services only: the kits' encryption certificates
crl.pem                            optional: revocation lists of root and sub CAs
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from padkit_contract import keyfile, keys, peers, pem
from padkit_contract.crypto.suite import Suite
from padkit_contract.envelope import Identity, Recipient
from padkit_contract.errors import CryptoUnfit
from padkit_contract.keys import FileKeys, KeySource
from padkit_contract.peers import Peers
from padkit_contract.trust import Trust
from padkit_contract.x509 import Certificate, Role, Usage, load_certificate, load_certificates

SIGN_CERTIFICATE, SIGN_KEY = "sign.crt.pem", keys.SIGN_KEY
ENCRYPT_CERTIFICATE, ENCRYPT_KEY = "encrypt.crt.pem", keys.ENCRYPT_KEY
HSM_CERTIFICATE, SUPPORT_CERTIFICATE = "hsm-encrypt.crt.pem", "support-encrypt.crt.pem"
COMMAND_CERTIFICATE, COMMAND_KEY = "command.crt.pem", keys.COMMAND_KEY
PREVIOUS_CERTIFICATE, PREVIOUS_KEY = "encrypt-previous.crt.pem", keys.PREVIOUS_KEY
PREVIOUS_UNTIL = "encrypt-previous.until"
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
    """Who we are, how we sign and open, whom we believe, and for whom we seal: `peer` at a kit, `peers` at a service.

    `hsm` is for whom a kit seals C3 fields; without it, it takes none. `support` is for whom it seals support bundles.
    `command` signs a service's commands. `previous` are former encryption keys, in use until `previous_until`.
    """

    entity: str
    name: str
    sign: Identity
    encrypt: Identity
    trust: Trust
    peer: Recipient | None
    peers: Peers | None
    tls: TlsFiles
    hsm: Recipient | None = None
    support: Recipient | None = None
    command: Identity | None = None
    previous: tuple[Identity, ...] = ()
    previous_until: datetime | None = None

    @property
    def kept(self) -> tuple[Identity, ...]:
        """The identities that open what we keep ourselves: the overlap ends for messages, not for what lies on disk."""
        return (self.encrypt, *self.previous)

    def own(self, now: datetime) -> tuple[Identity, ...]:
        """Return the identities that open what is sealed for us at `now`, the newest first."""
        over = self.previous_until is not None and now > self.previous_until
        return (self.encrypt,) if over else (self.encrypt, *self.previous)


def load_party(folder: Path, suite: Suite, password: bytes = b"", *, keys: KeySource | None = None) -> Party:
    """Read a party's folder; its private keys come from `keys`, or from the folder's files, which `password` opens.

    Raises:
        KeySilent: a hardware key gives no answer.
        CryptoUnfit: ``party.file`` names what is missing; ``party.names``: the certificates are not one party's;
            ``party.moment``, ``command.role``, ``hsm.role``: a file holds something else;
            ``key.*``, ``pem.*``, ``certificate.*`` as the files deserve.
    """
    first = keys or FileKeys(folder, suite, password)
    second = keys or FileKeys(folder, suite, password, COMMAND_KEY, PREVIOUS_KEY)
    sign = load_identity(folder / SIGN_CERTIFICATE, Usage.SIGNATURE, first)
    encrypt = load_identity(folder / ENCRYPT_CERTIFICATE, Usage.KEY_ENCIPHERMENT, first)
    owner = (sign.certificate.entity, sign.certificate.name, sign.certificate.role)
    if owner != (encrypt.certificate.entity, encrypt.certificate.name, encrypt.certificate.role):
        raise CryptoUnfit("party.names", f"{folder}: signing and encryption certificates of different owners")
    trust = load_trust(folder, suite)
    kits = folder / peers.FOLDER
    command, previous = folder / COMMAND_CERTIFICATE, folder / PREVIOUS_CERTIFICATE
    return Party(
        entity=sign.certificate.entity,
        name=sign.certificate.name,
        sign=sign,
        encrypt=encrypt,
        trust=trust,
        peer=_recipient(folder / PEER, suite),
        peers=Peers(kits, trust) if kits.is_dir() else None,
        tls=_tls(folder),
        hsm=_load_hsm_recipient(folder / HSM_CERTIFICATE, suite),
        support=_recipient(folder / SUPPORT_CERTIFICATE, suite),
        command=_command(command, second) if command.exists() else None,
        previous=(load_identity(previous, Usage.KEY_ENCIPHERMENT, second),) if previous.exists() else (),
        previous_until=_moment(folder / PREVIOUS_UNTIL),
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


def load_identity(path: Path, usage: Usage, keys: KeySource) -> Identity:
    """Read one of our own certificates and take its key from `keys`. Raises `CryptoUnfit` and what `keys` raises."""
    certificate: Certificate = load_certificate(_text(path))
    if usage not in certificate.usage:
        raise CryptoUnfit("certificate.usage", f"{path}: not made for {usage.name}; take the other certificate")
    return Identity(certificate, keys.key(usage, certificate.point))


def _command(path: Path, keys: KeySource) -> Identity:
    identity = load_identity(path, Usage.SIGNATURE, keys)
    if identity.certificate.role is not Role.COMMAND:
        raise CryptoUnfit("command.role", f"{path}: may not sign commands; issue the service's folder again")
    return identity


def _moment(path: Path) -> datetime | None:
    if not path.exists():
        return None
    try:
        moment = datetime.fromisoformat(_text(path).strip())
    except ValueError as exc:
        raise CryptoUnfit("party.moment", f"{path}: {exc}; rotate the key again") from exc
    if moment.tzinfo is None:
        raise CryptoUnfit("party.moment", f"{path}: {moment} has no zone; rotate the key again")
    return moment


def _recipient(path: Path, suite: Suite) -> Recipient | None:
    return load_recipient(path, suite) if path.exists() else None


def _load_hsm_recipient(path: Path, suite: Suite) -> Recipient | None:
    recipient = _recipient(path, suite)
    if recipient is None:
        return None
    if recipient.certificate.role is not Role.HSM:
        raise CryptoUnfit("hsm.role", f"{path}: not the certificate of an HSM; issue the kit's folder again")
    return recipient


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
