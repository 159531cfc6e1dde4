"""The context an envelope is bound to: who says what to whom, in which place, until when.

It stands in the authenticated attributes and in the signed attributes of every envelope, byte for byte the same, and is
compared with what the receiver expects. Canonical form: JSON, fields in the order below, no white space, UTF-8.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from padkit_contract.errors import EnvelopeRefused

VERSION = 2
MAX_SIZE = 1024
MAX_SEQUENCE = (1 << 53) - 1
CLOCK_SKEW_S = 300  # how far a kit's clock may be off before its envelopes count as expired


class Context(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One envelope's binding.

    `entity` is the legal bank, `kit` the kit whatever the direction, `envelope` a UUIDv7, `sequence` the place in the kit's
    chain (0 in answers), `business` the catalogue id (answers: the same id behind ``reply:``), `catalogue` the catalogue's
    version, `key` the id of the recipient's key, `recipient` the receiver's name, `not_after` seconds since 1970 (UTC),
    `previous` the link of the record before this one in the kit's chain (`chain.link_of`; empty outside the chain).
    """

    version: int
    entity: str
    kit: str
    envelope: str
    sequence: Annotated[int, msgspec.Meta(ge=0, le=MAX_SEQUENCE)]
    business: str
    catalogue: int
    key: str
    recipient: str
    not_after: int
    previous: str = ""

    def encode(self) -> bytes:
        """Return the canonical bytes."""
        return msgspec.json.encode(self)

    @staticmethod
    def decode(raw: bytes) -> Context:
        """Read canonical bytes back. Raises `EnvelopeRefused` ``context.*`` on any other form."""
        if len(raw) > MAX_SIZE:
            raise EnvelopeRefused("context.size", f"{len(raw)} bytes, at most {MAX_SIZE}")
        try:
            context = msgspec.json.decode(raw, type=Context)
        except (msgspec.MsgspecError, UnicodeDecodeError) as exc:
            raise EnvelopeRefused("context.form", str(exc)) from exc
        if context.encode() != raw:
            raise EnvelopeRefused("context.canonical", "not in canonical form")
        if context.version != VERSION:
            raise EnvelopeRefused("context.version", f"{context.version}, this side speaks {VERSION}")
        return context

    def expired(self, now_s: float) -> bool:
        """Tell whether `not_after` is past, allowing `CLOCK_SKEW_S`."""
        return now_s > self.not_after + CLOCK_SKEW_S
