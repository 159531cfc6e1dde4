from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_contract import pem
from padkit_contract.errors import CryptoUnfit


@given(st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=4))
def test_what_was_written_is_read(contents):
    text = "".join(pem.write(pem.CERTIFICATE, content, "TEST ONLY\ntwo lines") for content in contents)
    assert pem.read(pem.CERTIFICATE, text) == tuple(contents)


def test_a_comment_stands_before_the_block_and_is_skipped():
    text = pem.write(pem.CERTIFICATE, b"abc", "TEST ONLY")
    assert text == "# TEST ONLY\n-----BEGIN CERTIFICATE-----\nYWJj\n-----END CERTIFICATE-----\n"


def test_other_blocks_are_passed_over():
    text = pem.write(pem.REQUEST, b"one") + pem.write(pem.CERTIFICATE, b"two")
    assert pem.read(pem.CERTIFICATE, text) == (b"two",)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "pem.blocks"),
        (pem.write(pem.REQUEST, b"one"), "pem.blocks"),
        ("-----BEGIN CERTIFICATE-----\nYWJj\n-----END X509 CRL-----\n", "pem.blocks"),
        ("-----BEGIN CERTIFICATE-----\nYWJ\n-----END CERTIFICATE-----\n", "pem.base64"),
        (pem.write(pem.CERTIFICATE, b"x") * 65, "pem.blocks"),
        (" " * (pem.MAX_TEXT + 1), "pem.size"),
    ],
    ids=["empty", "other label", "unlike ends", "cut off", "too many", "too long"],
)
def test_what_is_no_certificate_file_is_refused(text, reason):
    with pytest.raises(CryptoUnfit) as refused:
        pem.read(pem.CERTIFICATE, text)
    assert refused.value.reason == reason
