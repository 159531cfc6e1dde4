"""Files of `padkit-central envelope`: messages in PEM or DER, keys, certificates, trust; a dash is standard input or output."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from padkit_contract import keyfile, pem
from padkit_contract.crypto import Suite, choose_suite
from padkit_contract.envelope import MAX_ENVELOPE, Identity
from padkit_contract.errors import CryptoUnfit
from padkit_contract.foreign import Chains
from padkit_contract.trust import Trust
from padkit_contract.x509 import Certificate, load_certificate, load_certificates

DASH = "-"
MAX_READ = MAX_ENVELOPE + 1
MAX_PEM = 2 * MAX_ENVELOPE  # base64 and line ends
BEGIN = b"-----BEGIN "
LABELS = (pem.MESSAGE, "PKCS7")  # the second is how OpenSSL called it before
PRIVATE, PUBLIC = 0o600, 0o644


@dataclass(frozen=True, slots=True)
class KeyFiles:
    """Where a key of ours lies, and how it is opened."""

    key: Path | None
    cert: Path | None
    password_file: Path | None

    def identity(self, suite: Suite) -> Identity | None:
        """Return the key with its certificate, None when neither was named. Raises `CryptoUnfit`, `click.UsageError`."""
        if self.key is None and self.cert is None:
            return None
        if self.key is None or self.cert is None or self.password_file is None:
            raise click.UsageError("--key, --cert and --password-file (or PADKIT_KEY_PASSWORD_FILE) belong together")
        password = keyfile.read_password(self.password_file)
        with _about(self.key):
            key = keyfile.load_key(self.key, password, suite)
        return Identity(certificate(self.cert), key)

    def needed(self, suite: Suite) -> Identity:
        """Do as `identity`, but for a command that cannot do without. Raises `click.UsageError`."""
        identity = self.identity(suite)
        if identity is None:
            raise click.UsageError("this needs a key of ours: name --key and --cert")
        return identity


def fit_suite(libcrypto: str) -> Suite:
    """Return the machine's SM2 once it has proved itself. Raises `CryptoUnfit`."""
    return choose_suite(allow_pure=False, library=libcrypto, log=_silent)


def _silent(_event: str, /, **_fields: str) -> None:
    """Log nothing: without the pure fallback there is no choice to report, and a refusal says all."""


def read_message(name: str) -> bytes:
    """Return a message as DER (or BER), out of PEM if it is in PEM. Raises `CryptoUnfit` ``pem.*``, OSError."""
    raw = read_bytes(name, MAX_PEM)
    if BEGIN not in raw[:4096]:
        return raw
    text = raw.decode("ascii", "replace")
    label = next((label for label in LABELS if f"-----BEGIN {label}-----" in text), pem.MESSAGE)
    with _about(name):
        return pem.read(label, text, max_text=MAX_PEM)[0]


def read_bytes(name: str, most: int = MAX_READ) -> bytes:
    """Return at most `most` bytes of a file or of standard input; who gets that many refuses them. Raises OSError."""
    if name == DASH:
        return sys.stdin.buffer.read(most)
    with Path(name).open("rb") as file:
        return file.read(most)


def write_bytes(name: str, data: bytes, *, mode: int, force: bool) -> None:
    """Write a whole file with `mode`, or to standard output.

    Raises:
        OSError: it exists and `force` is not given, and is left as it is; there is no such folder.
    """
    if name == DASH:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    path = Path(name)
    if path.exists() and not force:
        raise FileExistsError(f"{path} exists already and is left as it is; take another name or say --force")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"{path.parent} is no folder; make it first")
    descriptor, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(part).chmod(mode)
        Path(part).replace(path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise


def certificate(path: Path) -> Certificate:
    """Return the certificate of a PEM file. Raises `CryptoUnfit`, OSError."""
    with _about(path):
        return load_certificate(pem.text_of(path))


def chains(path: Path) -> Chains:
    """Return whom a file of roots, CAs and revocation lists (PEM) makes believable. Raises `CryptoUnfit`, OSError."""
    text = pem.text_of(path)
    with _about(path):
        given = load_certificates(text)
        lists = pem.read(pem.REVOCATION_LIST, text) if f"-----BEGIN {pem.REVOCATION_LIST}-----" in text else ()
    roots, authorities = ([each for each in given if each.is_root is wanted] for wanted in (True, False))
    return Chains(tuple(roots), tuple(authorities), lists)


def trust(path: Path, suite: Suite) -> Trust:
    """Return the same for envelopes of ours. Raises `CryptoUnfit`, OSError."""
    known = chains(path)
    return Trust(suite, known.roots, known.authorities, known.revocation_lists)


@contextmanager
def _about(place: str | Path) -> Iterator[None]:
    """Say of which file a refusal speaks."""
    try:
        yield
    except CryptoUnfit as exc:
        raise CryptoUnfit(exc.reason, f"{place}: {str(exc).removeprefix(f'{exc.reason}: ')}") from exc
