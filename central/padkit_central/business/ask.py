"""One opened request on its way through the business room, and how its body is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from padkit_contract.catalogue import is_function
from padkit_contract.errors import Invalid
from padkit_contract.messages import C3Part, Reply, Request, decode
from padkit_contract.x509 import Certificate

SERIAL = re.compile(r"[0-9A-Za-z_.:-]{1,64}")
MAX_ATTEMPT = 999


@dataclass(frozen=True, slots=True)
class Ask:
    """What a kit asks, proved to be its own. `c3` is None when the C3 part was lost with a restart, empty when none came."""

    entity: str
    kit: str
    envelope: str
    business: str
    intake_id: str
    received_at: datetime
    payload: bytes = field(repr=False)
    c3: C3Part | None = field(repr=False)
    signer: Certificate | None = field(default=None, repr=False)


class Handler(Protocol):
    """Answers one kind of business. Raises `Invalid`: nothing was done. Any other exception sets the envelope aside."""

    async def __call__(self, ask: Ask, /) -> Reply: ...


class Handlers:
    """Who answers what: `named`, and `function` every other function, of the catalogue or an entity's own."""

    def __init__(self, named: Mapping[str, Handler], function: Handler) -> None:
        self._named = named
        self._function = function

    def __contains__(self, business: object) -> bool:
        return business in self._named or (isinstance(business, str) and is_function(business))

    def __getitem__(self, business: str) -> Handler:
        return self._named.get(business, self._function)


def read_request(ask: Ask) -> Request:
    """Read the body of a request with a serial. Raises `Invalid` ``message.*``, ``serial.form``, ``attempt.form``."""
    request = decode(ask.payload, Request)
    if SERIAL.fullmatch(request.serial) is None:
        raise Invalid("serial.form", f"{request.serial[:64]!r}: 1 to 64 letters, digits or _ . : - are wanted")
    if not 1 <= request.attempt <= MAX_ATTEMPT:
        raise Invalid("attempt.form", f"{request.attempt}: attempts count from 1 to {MAX_ATTEMPT}")
    return request


def moment(text: str, name: str) -> datetime:
    """Read an ISO 8601 moment with its zone. Raises `Invalid` ``message.form``."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise Invalid("message.form", f"{name}: a moment with its zone is wanted, such as 2026-11-22T08:00:00Z")
    return at
