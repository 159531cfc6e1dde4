"""The keys of kits: for which to seal, and which signatures count. A kit with certificates of its own here has no others.

`Standings` keeps this current: what it read at a kit's contact is what holds for the contact's envelopes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from padkit_central.store import IdentityBook, KeyUse, Known
from padkit_contract.envelope import Recipient
from padkit_contract.errors import EnvelopeRefused
from padkit_contract.peers import Peers
from padkit_contract.trust import Trust
from padkit_contract.x509 import Certificate, Usage

Key = tuple[str, str]  # entity, kit


class KitKeys:
    """Kits by name: from rows, else from the files of kits that were issued by hand."""

    def __init__(self, book: IdentityBook, files: Peers, trust: Trust) -> None:
        self._book = book
        self._files = files
        self._trust = trust
        self._known: dict[Key, Known] = {}
        self._bodies: dict[tuple[str, str, str], Certificate] = {}  # entity, kit, serial
        self._in_use: dict[Key, str] = {}  # the requests whose TLS certificate the kit came with last

    async def load(self) -> None:
        """Read every kit; called before anything is opened that waited on disk."""
        for key, known in (await self._book.known(await self._book.with_certificates())).items():
            await self.learn(key, known)

    async def learn(self, key: Key, known: Known, tls_serial: str = "") -> None:
        """Take in what was just read of a kit that came with `tls_serial`."""
        for row in known.certificates:
            if row.use is KeyUse.ENCRYPT and row.body == b"" and (*key, row.serial) not in self._bodies:
                body = await self._book.body(*key, row.serial)
                if body:
                    self._bodies[(*key, row.serial)] = Certificate.load(body)
            if row.use is KeyUse.TLS and row.serial == tls_serial:
                self._in_use[key] = row.request
        self._known[key] = known

    def recipient(self, entity: str, kit: str, now: datetime) -> Recipient:
        """Return the key to seal for: the one beside the TLS certificate that the kit came with last, else its oldest good one.

        A kit that renewed opens both; one that did not learn of it yet only the older.

        Raises:
            CryptoUnfit: ``peer.*``: no such kit.
            EnvelopeRefused: ``certificate.*``: none that is good.
        """
        good = self._good((entity, kit), KeyUse.ENCRYPT, now)
        if good is None:
            return self._files.recipient(entity, kit, now)
        named = [serial for serial, request in good if request == self._in_use.get((entity, kit))]
        serial = (named or [serial for serial, _ in good[-1:]] or [""])[0]
        certificate = self._bodies.get((entity, kit, serial))
        if certificate is None:
            raise EnvelopeRefused(
                "certificate.withdrawn", f"{entity}/{kit}: no certificate to seal for; enrol it again"
            )
        return Recipient(certificate, self._trust.check(certificate, Usage.KEY_ENCIPHERMENT, now).key)

    def check_signer(self, certificate: Certificate, now: datetime) -> None:
        """Refuse a signature by a certificate that is not the kit's own any more. Raises `EnvelopeRefused`."""
        key = (certificate.entity, certificate.name)
        good = self._good(key, KeyUse.SIGN, now)
        if good is not None and all(serial != f"{certificate.serial:x}" for serial, _ in good):
            raise EnvelopeRefused(
                "certificate.withdrawn", f"{key[0]}/{key[1]}: serial {certificate.serial:x}; enrol it again"
            )

    def names(self, entity: str) -> Sequence[str]:
        """Return the kits of an entity that have certificates here, or a file."""
        here = {kit for (owner, kit), known in self._known.items() if owner == entity and known.certificates}
        return sorted(here | set(self._files.names(entity)))

    def _good(self, key: Key, use: KeyUse, now: datetime) -> list[tuple[str, str]] | None:
        """Return (serial, requests) of the good certificates, the newest first; None when the kit has no rows."""
        known = self._known.get(key)
        if known is None or not known.certificates:
            return None
        at = moment(now)
        return [(row.serial, row.request) for row in known.certificates if row.use is use and row.good(at)]


def moment(at: datetime) -> str:
    """Return a moment as rows hold it."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
