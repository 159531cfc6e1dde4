"""Short messages as the core mock takes them: the last ones are kept, no telephone rings. No I/O here."""

from __future__ import annotations

from typing import Annotated

import msgspec

from padkit_sim.neighbours.txn import MAX_BODY, MAX_TEXT, Code, CoreRefusal, Entity

MAX_MESSAGES = 200


class ShortMessage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``POST /sms``."""

    entity: Entity
    number: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{5,15}$")]
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]

    def __repr__(self) -> str:
        return f"ShortMessage({self.entity}, ending {self.number[-4:]})"


def parse_sms(raw: bytes) -> ShortMessage:
    """Read a message from hostile bytes. Raises `CoreRefusal` 2001 naming the place, never a value."""
    if len(raw) > MAX_BODY:
        raise CoreRefusal(Code.UNREADABLE, f"message of {len(raw)} bytes, at most {MAX_BODY}; send less")
    try:
        return msgspec.json.decode(raw, type=ShortMessage)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
        told = f"message not readable: {str(exc)[:MAX_TEXT]}; send the documented form"
        raise CoreRefusal(Code.UNREADABLE, told) from exc
