"""PEM text (RFC 7468) read and written. Text before a block is a comment, such as the TEST ONLY mark."""

from __future__ import annotations

import base64
import binascii
import re
from pathlib import Path

from padkit_contract.errors import CryptoUnfit

MAX_TEXT = 1 << 18
MAX_BLOCKS = 64
LINE = 64

CERTIFICATE = "CERTIFICATE"
ENCRYPTED_KEY = "ENCRYPTED PRIVATE KEY"
REQUEST = "CERTIFICATE REQUEST"
REVOCATION_LIST = "X509 CRL"
MESSAGE = "CMS"

_BLOCK = re.compile(r"^-----BEGIN ([A-Z0-9 ]{1,40})-----$([A-Za-z0-9+/=\s]*)^-----END \1-----$", re.MULTILINE)


def text_of(path: Path) -> str:
    """Return the text of a PEM file. Raises `CryptoUnfit` ``pem.blocks`` when it is none, `OSError` when it is not there."""
    try:
        return path.read_text(encoding="ascii")
    except UnicodeDecodeError as exc:
        raise CryptoUnfit("pem.blocks", f"{path} is no PEM file; convert it") from exc


def write(label: str, der: bytes, comment: str = "") -> str:
    """Return one block, after `comment` on lines of its own that begin with #."""
    body = base64.b64encode(der).decode("ascii")
    lines = [f"# {line}" for line in comment.splitlines()]
    lines += [f"-----BEGIN {label}-----"]
    lines += [body[at : at + LINE] for at in range(0, len(body), LINE)]
    lines += [f"-----END {label}-----", ""]
    return "\n".join(lines)


def read(label: str, text: str, *, max_text: int = MAX_TEXT) -> tuple[bytes, ...]:
    """Return the contents of all blocks with this label, in order. Raises `CryptoUnfit` ``pem.*``."""
    if len(text) > max_text:
        raise CryptoUnfit("pem.size", f"{len(text)} characters, at most {max_text}")
    blocks = [match[2] for match in _BLOCK.finditer(text) if match[1] == label]
    if not 1 <= len(blocks) <= MAX_BLOCKS:
        raise CryptoUnfit(
            "pem.blocks", f"{len(blocks)} blocks {label!r}, expected 1 to {MAX_BLOCKS}; is it the right file?"
        )
    try:
        return tuple(base64.b64decode("".join(block.split()), validate=True) for block in blocks)
    except binascii.Error as exc:
        raise CryptoUnfit("pem.base64", f"{label}: {exc}; copy the file again") from exc
