"""How the core asks its HSM: one question, no retry. What is not opened is not executed."""

from __future__ import annotations

import re
from collections.abc import Mapping

import aiohttp
import msgspec

from padkit_sim.neighbours.txn import C3_FIELDS, MAX_CIPHER, SEALED, Code, CoreRefusal, Request

TOKEN_HEADER = "X-Core-Token"  # noqa: S105 - the name of a header
TIMEOUT_S = 5.0
MAX_ANSWER = 64 << 10
EXPIRY = re.compile(r"[0-9]{2}(0[1-9]|1[0-2])")  # yymm
CARD_EXPIRY = "card_expiry"


class _Opened(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    fields: dict[str, str]


class HsmClient:
    """Knows one HSM. A connection a question: the HSM may be started anew between two."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url.rstrip("/")
        self._headers = {TOKEN_HEADER: token, "Content-Type": "application/json"}

    async def open(self, request: Request) -> Mapping[str, str]:
        """Return the C3 fields of `request`, looked at. Raises `CoreRefusal` 2052 or 3002, both not executed."""
        asked = {
            "entity": request.entity,
            "serial": request.serial,
            "attempt": request.attempt,
            "sealed": request.text(SEALED),
        }
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_S)) as session,
                session.post(f"{self._url}/open", data=msgspec.json.encode(asked), headers=self._headers) as answer,
            ):
                status, raw = answer.status, await answer.content.read(MAX_ANSWER)
        except (aiohttp.ClientError, TimeoutError, OSError) as exc:
            what = f"not executed: the HSM at {self._url} gives no answer ({type(exc).__name__}); send again"
            raise CoreRefusal(Code.HSM_SILENT, what, not_executed=True) from exc
        if status != 200:
            raise _not_opened("the HSM refuses them")
        return _looked_at(raw)


def _looked_at(raw: bytes) -> Mapping[str, str]:
    try:
        fields = msgspec.json.decode(raw, type=_Opened).fields
    except (msgspec.MsgspecError, UnicodeDecodeError) as exc:
        raise _not_opened("the HSM's answer makes no sense") from exc
    if fields.keys() - C3_FIELDS:
        raise _not_opened("there are fields among them that are not C3")
    blocks = [value for name, value in fields.items() if name != CARD_EXPIRY]
    if not blocks or not all(0 < len(block) <= MAX_CIPHER for block in blocks):
        raise _not_opened("there is no PIN block")
    if CARD_EXPIRY in fields and EXPIRY.fullmatch(fields[CARD_EXPIRY]) is None:
        raise _not_opened("the card's expiry is not yymm")
    return fields


def _not_opened(why: str) -> CoreRefusal:
    return CoreRefusal(
        Code.C3_REFUSED, f"not executed: C3 fields: {why}; let the customer enter the PIN again", not_executed=True
    )
