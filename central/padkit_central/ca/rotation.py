"""A new encryption key for a running service. The one before it opens for some more days; then it opens nothing.

Cut short anywhere, the same call again brings it to its end: the former pair is copied aside before anything is replaced.
"""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

from padkit_central.ca.authority import SERVICES
from padkit_central.ca.folder import CaRefused, check_name
from padkit_central.ca.revocation import replace_text
from padkit_central.ca.shelf import Shelf
from padkit_contract.issue import ENCRYPT, Name, Purpose
from padkit_contract.party import (
    ENCRYPT_CERTIFICATE,
    ENCRYPT_KEY,
    PREVIOUS_CERTIFICATE,
    PREVIOUS_KEY,
    PREVIOUS_UNTIL,
)
from padkit_contract.x509 import Role, load_certificate

FORMER = "former"
NEW = (f"{ENCRYPT_CERTIFICATE}.new", f"{ENCRYPT_KEY}.new")


def rotate(shelf: Shelf, service: str, folder: Path, *, password: bytes, overlap_days: int) -> datetime:
    """Give the service of `folder` a new encryption key; return until when the one before it opens.

    Raises:
        CaRefused: the folder is not that service's, or the overlap of the last rotation is not over.
    """
    check_name("service", service)
    subject = _owner(folder, service)
    certificate, key = (folder / name for name in NEW)
    if certificate.exists() and not key.exists():  # cut short between key and certificate
        return _finish(shelf, service, folder)
    now = shelf.means.now
    if not key.exists():  # else one was cut short before anything was replaced
        _check_overlap(folder, now)
    key.unlink(missing_ok=True)
    _put_by(folder)
    shelf.issue_pair(subject, Purpose(ENCRYPT, Role.SERVICE), folder, NEW, password)
    for name, kept in ((ENCRYPT_KEY, PREVIOUS_KEY), (ENCRYPT_CERTIFICATE, PREVIOUS_CERTIFICATE)):
        shutil.copy(folder / name, folder / kept)
    end = now + timedelta(days=overlap_days)
    replace_text(folder / PREVIOUS_UNTIL, end.isoformat(timespec="seconds") + "\n")
    key.replace(folder / ENCRYPT_KEY)
    return _finish(shelf, service, folder)


def _finish(shelf: Shelf, service: str, folder: Path) -> datetime:
    replace_text(shelf.folder / SERVICES / f"{service}.crt.pem", (folder / NEW[0]).read_text("ascii"))
    (folder / NEW[0]).replace(folder / ENCRYPT_CERTIFICATE)
    return _end(folder)


def _put_by(folder: Path) -> None:
    """Keep the pair before the former one for what lies sealed on disk; nothing that comes in is opened with it."""
    certificate = folder / PREVIOUS_CERTIFICATE
    if not certificate.exists():
        return
    place = folder / FORMER
    place.mkdir(mode=0o700, exist_ok=True)
    name = load_certificate(certificate.read_text(encoding="ascii")).key_id
    for kept, end in ((PREVIOUS_CERTIFICATE, "crt.pem"), (PREVIOUS_KEY, "key.pem")):
        if not (place / f"{name}.{end}").exists():  # else it was cut short after this, and the pair is another by now
            shutil.copy(folder / kept, place / f"{name}.{end}")


def _owner(folder: Path, service: str) -> Name:
    path = folder / ENCRYPT_CERTIFICATE
    if not path.exists():
        raise CaRefused(f"{folder} is not a party's folder; name that of service {service}")
    certificate = load_certificate(path.read_text(encoding="ascii"))
    if (certificate.role, certificate.name) != (Role.SERVICE, service):
        raise CaRefused(
            f"{folder} is the folder of {certificate.name}, not of service {service}; name the other folder"
        )
    return Name(certificate.entity, certificate.name)


def _check_overlap(folder: Path, now: datetime) -> None:
    if (folder / PREVIOUS_UNTIL).exists() and now <= _end(folder):
        raise CaRefused(f"{folder}: the key before this one opens until {_end(folder):%F %R}; rotate after that")


def _end(folder: Path) -> datetime:
    return datetime.fromisoformat((folder / PREVIOUS_UNTIL).read_text(encoding="ascii").strip())
