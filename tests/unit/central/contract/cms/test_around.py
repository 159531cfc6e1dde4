"""What stands beside the large part of a message is counted before anything is parsed."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_contract.cms.around import check_around
from padkit_contract.der.tree import SEQUENCE, SET, header
from padkit_contract.envelope import MAX_ENVELOPE
from padkit_contract.profiles import Profile

NULL = b"\x05\x00"
MOST = 4096
MILLIONS = NULL * ((MAX_ENVELOPE - MOST) // 2)


def element(tag: int, content: bytes) -> bytes:
    return header(tag, len(content)) + content


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize("size", [1, 3000, 100_000])
def test_an_envelope_of_ours_passes(ends, profile, size):
    envelope = ends.sealed(bytes(size), profile=profile)
    check_around(envelope, MOST)
    assert ends.opened(envelope, accept=frozenset({profile})).payload == bytes(size)


@pytest.mark.parametrize("before", [b"", element(0x04, bytes(MAX_ENVELOPE // 4))], ids=["alone", "beside content"])
def test_millions_of_elements_are_too_much(before):
    whole = element(SEQUENCE, before + element(SET, MILLIONS[: MAX_ENVELOPE // 2]))
    with pytest.raises(ValueError, match="too much around"):
        check_around(whole, MOST)


def test_they_are_refused_in_an_envelope_before_they_are_parsed(ends):
    """Half a gigabyte of objects would be made of them."""
    good = ends.sealed()
    begin = good.index(ends.central.number)
    stuffed = element(SEQUENCE, good[4:begin] + element(SET, MILLIONS[: 1 << 20]))
    assert ends.refused(stuffed) == "envelope.form"


def nested(levels: int) -> bytes:
    whole = element(0x04, bytes(2 * MOST))
    for _ in range(levels):
        whole = element(SEQUENCE, whole)
    return whole


def test_a_few_levels_are_no_more_than_their_lengths():
    check_around(nested(10), MOST)


def test_a_thousand_levels_are_too_much():
    with pytest.raises(ValueError, match="too much around"):
        check_around(nested(2000), MOST)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"\x30", "cut off"),
        (b"\x30\x80" + NULL, "cannot be"),
        (b"\x30\x85\0\0\0\0\1\0", "cannot be"),
        (b"\x30\x84\xff\xff\xff\xff" + NULL, "longer than what holds it"),
    ],
    ids=["tag alone", "indefinite", "too many octets", "too long"],
)
def test_a_length_that_does_not_fit_is_refused(raw, why):
    with pytest.raises(ValueError, match=why):
        check_around(raw, 0)


@given(st.binary(max_size=300))
def test_garbage_passes_or_is_refused(raw):
    with suppress(ValueError):
        check_around(raw, 16)
