"""What an envelope says of itself before anybody has looked inside: for a receipt and a duplicate check, never to act on.

Profile A only, the one that central takes from kits; the others show no context outside. It stands in clear near the end
of the envelope and is found by its object identifier in a few microseconds; the opened envelope must carry the same
one, or it is refused.
"""

from __future__ import annotations

from padkit_contract import der, oids
from padkit_contract.cms import opener
from padkit_contract.context import MAX_SIZE, Context
from padkit_contract.errors import EnvelopeRefused
from padkit_contract.profiles import Profile

ONLY = frozenset({Profile.A})
MARK = der.encode(oids.CONTEXT)
SET, OCTET_STRING = 0x31, 0x04


def claimed_context(envelope: bytes) -> Context:
    """Return the context that `envelope` claims. Raises `EnvelopeRefused` ``envelope.*`` or ``context.*``."""
    start = envelope.rfind(MARK)
    if start < 0:
        opener.decode(envelope, ONLY)  # another profile is told from no envelope
        raise EnvelopeRefused("envelope.form", "no context in it; is it an envelope at all?")
    at = start + len(MARK)
    head = envelope[at : at + 8 + MAX_SIZE]
    values = _content(head, SET)
    return Context.decode(_content(values, OCTET_STRING))


def _content(raw: bytes, tag: int) -> bytes:
    """Return the content of the DER value that `raw` begins with."""
    size = raw[1] if len(raw) > 1 else 0
    begin = 2
    if size > 0x80:
        begin += size - 0x80
        size = int.from_bytes(raw[2:begin], "big")
    if not raw or raw[0] != tag or size > MAX_SIZE + 4 or len(raw) < begin + size:
        raise EnvelopeRefused("envelope.form", "no context where it should be")
    return raw[begin : begin + size]
