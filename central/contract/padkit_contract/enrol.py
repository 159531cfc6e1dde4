"""How a kit gets its certificates: by a one-time code at check-out, later by asking with the old key.

The code is spoken, never sent. Both sides make a key of it; with that key the kit proves that it knows the code, and central
proves that the certificates are its own, before the kit has any other reason to believe it.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from typing import TypeVar

import msgspec

from padkit_contract.crypto.symmetric import hmac_sm3, sm3
from padkit_contract.errors import ContractError

VERSION = 1
MAX_REQUEST = 16 << 10
MAX_ANSWER = 256 << 10
CODE_BYTES = 10
CODE_LENGTH = 16
GROUP = 4
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no letter that is read as a digit
READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
LABEL = "padkit enrolment v1"

T = TypeVar("T")


class EnrolRefused(ContractError):
    """An enrolment that is not believed, or not possible; `reason` says why, for the log or the person at the kit."""


class Requests(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Three certificate requests (DER), each signed by the key it asks for: SM2, SM2, ECDSA P-256.

    `tls_serial` (hex) is the TLS certificate in use, when there is one.
    """

    sign: bytes
    encrypt: bytes
    tls: bytes
    tls_serial: str = ""

    def digest(self) -> str:
        """Return what tells these requests from others (hex)."""
        return sm3(msgspec.json.encode((self.sign, self.encrypt, self.tls))).hex()


class EnrolRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a kit asks at the enrolment door."""

    version: int
    entity: str
    kit: str
    requests: Requests


class Papers(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a kit gets (PEM texts): its certificates, whom it believes, and for whom it seals."""

    sign: str
    encrypt: str
    tls: str
    trust: str
    tls_trust: str
    peer: str
    hsm: str = ""
    support: str = ""
    revocation_lists: str = ""


class Maced(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A message at the enrolment door: the bytes as they are, and HMAC-SM3 over them under the code's key."""

    body: bytes
    mac: bytes


def make_code(random_bytes: Callable[[int], bytes]) -> str:
    """Return a new code of 80 bits in groups, to be read out."""
    number = int.from_bytes(random_bytes(CODE_BYTES), "big")
    letters = "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(CODE_LENGTH)))
    return "-".join(letters[at : at + GROUP] for at in range(0, CODE_LENGTH, GROUP))


def read_code(text: str) -> str:
    """Return a code as it was heard, without groups. Raises `EnrolRefused` ``code.form``."""
    code = text.strip().upper().translate(READ_AS)
    if len(code) != CODE_LENGTH or not re.fullmatch(f"[{ALPHABET}]*", code):
        raise EnrolRefused("code.form", f"{CODE_LENGTH} letters and digits without I, L, O, U; listen again")
    return code


def mac_key(entity: str, kit: str, code: str) -> bytes:
    """Return the key of a code; only this is kept. Raises `EnrolRefused` ``code.form``."""
    return hmac_sm3(read_code(code).encode("ascii"), f"{LABEL}\n{entity}\n{kit}".encode())


def seal_request(request: EnrolRequest, key: bytes) -> bytes:
    """Return what is posted."""
    body = msgspec.json.encode(request)
    return msgspec.json.encode(Maced(body, _mac(key, "request", b"", body)))


def read_maced(raw: bytes, limit: int) -> Maced:
    """Read a message whose MAC is not judged yet. Raises `EnrolRefused` ``enrol.size`` or ``enrol.form``."""
    if len(raw) > limit:
        raise EnrolRefused("enrol.size", f"{len(raw)} bytes, at most {limit}")
    return _decode(raw, Maced)


def read_request(maced: Maced) -> EnrolRequest:
    """Read the request inside; nothing is proved yet. Raises `EnrolRefused` ``enrol.form`` or ``enrol.version``."""
    request = _decode(maced.body, EnrolRequest)
    if request.version != VERSION:
        raise EnrolRefused("enrol.version", f"{request.version}, this side speaks {VERSION}")
    return request


def is_by(maced: Maced, key: bytes) -> bool:
    """Tell whether who wrote the request knows the code."""
    return hmac.compare_digest(maced.mac, _mac(key, "request", b"", maced.body))


def seal_answer(papers: Papers, request: Maced, key: bytes) -> bytes:
    """Return central's answer to that very request."""
    body = msgspec.json.encode(papers)
    return msgspec.json.encode(Maced(body, _mac(key, "answer", request.body, body)))


def open_answer(raw: bytes, posted: bytes, key: bytes) -> Papers:
    """Return the papers. Raises `EnrolRefused` ``enrol.mac`` unless who answers knows the code and answers this request."""
    answer, request = read_maced(raw, MAX_ANSWER), read_maced(posted, MAX_REQUEST)
    if not hmac.compare_digest(answer.mac, _mac(key, "answer", request.body, answer.body)):
        raise EnrolRefused("enrol.mac", "the answer is not from who made the code; ask for another code and try again")
    return _decode(answer.body, Papers)


def _mac(key: bytes, way: str, about: bytes, body: bytes) -> bytes:
    return hmac_sm3(key, f"{LABEL}\n{way}\n".encode() + sm3(about) + sm3(body))


def _decode(raw: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
        raise EnrolRefused("enrol.form", f"{kind.__name__}: {exc}") from exc
