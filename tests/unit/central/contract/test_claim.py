"""The context that an envelope claims, found without opening it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_contract import der, oids
from padkit_contract.claim import claimed_context
from padkit_contract.context import Context
from padkit_contract.errors import EnvelopeRefused

CONTEXT = Context(2, "demo", "kit-1", "0191", 7, "ACC-01", 1, "key", "central", 2_000_000_000)


def tagged(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    return bytes([tag, 0x82]) + size.to_bytes(2, "big") + content


def attribute(raw: bytes) -> bytes:
    """Return what an envelope carries: the identifier, and a set of one octet string."""
    return der.encode(oids.CONTEXT) + tagged(0x31, tagged(0x04, raw))


def test_the_context_is_found_where_an_envelope_carries_it() -> None:
    assert claimed_context(b"before" + attribute(CONTEXT.encode()) + b"tag and rest") == CONTEXT


def test_a_long_context_is_found_as_well() -> None:
    long = Context(2, "d" * 300, "kit-1", "0191", 7, "ACC-01", 1, "key", "central", 2_000_000_000)
    assert claimed_context(attribute(long.encode())) == long


def test_the_last_one_counts_so_content_cannot_claim() -> None:
    other = Context(2, "demo", "kit-9", "0191", 7, "ACC-01", 1, "key", "central", 2_000_000_000)
    assert claimed_context(attribute(other.encode()) + attribute(CONTEXT.encode())) == CONTEXT


@pytest.mark.parametrize("cut", range(1, 40))
def test_an_envelope_that_is_cut_off_claims_nothing(cut: int) -> None:
    with pytest.raises(EnvelopeRefused):
        claimed_context(attribute(CONTEXT.encode())[:-cut])


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_garbage_claims_nothing(before: bytes, after: bytes) -> None:
    for raw in (before, before + der.encode(oids.CONTEXT) + after):
        with pytest.raises(EnvelopeRefused):
            claimed_context(raw)


def test_another_profile_is_told_from_no_envelope() -> None:
    """What is refused for its outer content type alone need not be whole."""
    with pytest.raises(EnvelopeRefused, match=r"envelope\.profile"):
        claimed_context(tagged(0x30, der.encode(oids.ENVELOPED_DATA)))
