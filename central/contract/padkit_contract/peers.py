"""The kits a service answers: one encryption certificate each, as PEM files in a folder that may grow while we run."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from padkit_contract.envelope import Recipient
from padkit_contract.errors import CryptoUnfit
from padkit_contract.trust import Trust
from padkit_contract.x509 import Certificate, Usage, load_certificate

FOLDER = "kits"  # in the service's party folder
NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.-]{0,31}")


def file_name(entity: str, kit: str) -> str:
    """Return the name of a kit's file. Raises `CryptoUnfit` ``peer.name`` for names that are no file names."""
    for part in (entity, kit):
        if NAME.fullmatch(part) is None:
            raise CryptoUnfit("peer.name", f"{part!r} is not a name of an entity or kit")
    return f"{entity}@{kit}.crt.pem"


class Peers:
    """Looks kits up by name; a changed file is read again."""

    def __init__(self, folder: Path, trust: Trust) -> None:
        self._folder = folder
        self._trust = trust
        self._read: dict[Path, tuple[int, Certificate]] = {}

    def recipient(self, entity: str, kit: str, now: datetime) -> Recipient:
        """Return the kit's key to seal for.

        Raises:
            CryptoUnfit: ``peer.unknown``: no such file; ``peer.name``: it is another kit's certificate, or no name.
            EnvelopeRefused: ``certificate.*``: expired, revoked, or of another authority.
        """
        certificate = self._certificate(self._folder / file_name(entity, kit))
        if (certificate.entity, certificate.name) != (entity, kit):
            raise CryptoUnfit("peer.name", f"{entity}/{kit}: the file holds {certificate.entity}/{certificate.name}")
        trusted = self._trust.check(certificate, Usage.KEY_ENCIPHERMENT, now)
        return Recipient(certificate, trusted.key)

    def names(self, entity: str) -> list[str]:
        """Return the kits of an entity that have a file, whatever it is worth."""
        start, end = f"{entity}@", ".crt.pem"
        found = (path.name for path in self._folder.glob(f"*{end}"))
        return sorted(name.removeprefix(start).removesuffix(end) for name in found if name.startswith(start))

    def _certificate(self, path: Path) -> Certificate:
        try:
            changed_ns = path.stat().st_mtime_ns
            kept = self._read.get(path)
            if kept is None or kept[0] != changed_ns:
                kept = self._read[path] = (changed_ns, load_certificate(path.read_text(encoding="ascii")))
        except OSError as exc:
            raise CryptoUnfit("peer.unknown", f"{path}: {exc.strerror}; issue the kit with --register") from exc
        return kept[1]
