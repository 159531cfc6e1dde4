"""The hash chain of a kit's records: each names the one before it, so nothing can be replaced, dropped, reordered or invented.

A record's link covers the link before it, its place, its envelope id, its business and its body. The link before travels in
the signed context (`Context.previous`); the receiver computes the record's own.
"""

from __future__ import annotations

from padkit_contract.crypto.symmetric import sm3

START = "0" * 64  # what the first record of a chain names as its predecessor


def link_of(previous: str, sequence: int, envelope: str, business: str, body: bytes) -> str:
    """Return the link (64 hex digits) of a record."""
    head = f"padkit chain v1\n{previous}\n{sequence}\n{envelope}\n{business}\n".encode()
    return sm3(head + sm3(body)).hex()
