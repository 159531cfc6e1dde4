"""What the CA takes back: a list that only grows, and revocation lists (CRLs) made of it, one for root and each sub CA."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from padkit_central.ca.folder import MARK, CaRefused, append_line
from padkit_central.ca.shelf import AUTHORITIES, TLS_CA, Shelf
from padkit_contract import party, pem
from padkit_contract.issue import make_revocation_list
from padkit_contract.x509 import Certificate, load_certificates

REVOKED, NUMBER = "revoked.jsonl", "crl-number"
LIST_DAYS = (
    400  # outlives the certificates: a kit that was away for a year is stopped by its own first, and asks for new ones
)


class Revoked(msgspec.Struct, frozen=True):
    """One line of the list. `serial` is hexadecimal."""

    serial: str
    ca: str
    at: str
    reason: str


class Revocations:
    """The list of one CA."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def revoke_file(self, path: Path, reason: str) -> tuple[str, ...]:
        """Take back every certificate of a PEM file; return their serials. Raises `CaRefused`, `CryptoUnfit`."""
        certificates = load_certificates(pem.text_of(path))
        named = [(certificate, self._ca_of(certificate)) for certificate in certificates]
        return tuple(self._append(ca, certificate.serial, reason) for certificate, ca in named)

    def revoke_serial(self, serial: str, reason: str) -> str:
        """Take back a certificate of the list of issued ones. Raises `CaRefused`."""
        wanted = serial.lower().lstrip("0")
        for line in self._shelf.issued():
            if line.serial == wanted:
                if line.ca == TLS_CA:
                    raise CaRefused(f"{serial} is a TLS certificate; revoke a kit with `padkit-central kit revoke`")
                return self._append(line.ca, int(wanted, 16), reason)
        raise CaRefused(f"{serial}: not issued here; look it up with `padkit-central ca show FILE`")

    def revoked(self) -> Sequence[Revoked]:
        """Return the list, the oldest first."""
        path = self._shelf.folder / REVOKED
        if not path.exists():
            return ()
        return [msgspec.json.decode(line, type=Revoked) for line in path.read_bytes().splitlines()]

    def make_lists(self, days: int) -> list[bytes]:
        """Return new revocation lists (DER), each with a number above all before it."""
        number = self._next_number()
        now, revoked = self._shelf.means.now, self.revoked()
        return [
            make_revocation_list(
                self._shelf.issuer(ca),
                [(int(line.serial, 16), datetime.fromisoformat(line.at)) for line in revoked if line.ca == ca],
                number=number,
                now=now,
                days=days,
            )
            for ca in AUTHORITIES
        ]

    def _append(self, ca: str, serial: int, reason: str) -> str:
        text = f"{serial:x}"
        if not any((line.serial, line.ca) == (text, ca) for line in self.revoked()):
            line = Revoked(text, ca, self._shelf.means.now.isoformat(timespec="seconds"), reason)
            append_line(self._shelf.folder / REVOKED, msgspec.json.encode(line))
        return text

    def _ca_of(self, certificate: Certificate) -> str:
        for ca in AUTHORITIES:
            if self._shelf.certificate(ca).subject == certificate.issuer:
                return ca
        raise CaRefused(
            f"{certificate.entity}/{certificate.name}: not issued by {self._shelf.folder}; name the other CA"
        )

    def _next_number(self) -> int:
        path = self._shelf.folder / NUMBER
        number = 1 + (int(path.read_text(encoding="ascii")) if path.exists() else 0)
        replace_text(path, f"{number}\n")
        return number


def install_lists(folder: Path, lists: Sequence[bytes]) -> None:
    """Put revocation lists into a party's folder, in place of those of before. Raises `CaRefused`."""
    if not folder.is_dir():
        raise CaRefused(f"{folder} is no folder; name a party's")
    replace_text(folder / party.REVOCATION_LISTS, "".join(pem.write(pem.REVOCATION_LIST, each, MARK) for each in lists))


def replace_text(path: Path, text: str) -> None:
    """Replace a file whole: whoever reads it finds the old text or the new."""
    half = path.with_name(f"{path.name}.half")
    with half.open("w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
