"""Challenges that are read over the telephone, and the codes that answer them."""

from __future__ import annotations

import tomllib
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_contract.errors import Invalid
from padkit_contract.unlock import DIGITS, Challenge, new_challenge, read_challenge, unlock_code

FILE = Path(__file__).parents[3] / "vectors" / "crypto" / "unlock.toml"
VECTORS = tomllib.loads(FILE.read_text())["vector"]
KEY = bytes(range(32))
CHALLENGE = new_challenge("TEST0001", "KIT-0042", "lease", 7, bytes.fromhex("1122334455667788"))


def made(vector: dict[str, str]) -> Challenge:
    nonce = bytes.fromhex(vector["nonce"])
    return new_challenge(vector["entity"], vector["kit"], vector["cause"], int(vector["counter"]), nonce)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["cause"])
def test_the_challenge_is_that_of_the_vector(vector: dict[str, str]) -> None:
    assert made(vector).text() == vector["challenge"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["cause"])
def test_the_code_is_that_of_the_vector(vector: dict[str, str]) -> None:
    code = unlock_code(bytes.fromhex(vector["key"]), vector["entity"], vector["kit"], made(vector))
    assert code == vector["code"]


@given(st.integers(0, (1 << 20) - 1), st.integers(0, 65535), st.binary(min_size=8, max_size=8))
def test_what_is_shown_is_read_back(tag: int, counter: int, nonce: bytes) -> None:
    challenge = Challenge(tag, counter, nonce)
    assert read_challenge(challenge.text()) == challenge


def test_case_blanks_and_letters_that_look_alike_do_not_matter() -> None:
    text = new_challenge("TEST0001", "KIT-0042", "lost", 1, bytes(8)).text()
    heard = text.lower().replace("0", "o").replace("1", "i").replace("-", " ")
    assert read_challenge(heard) == read_challenge(text)


def test_any_single_wrong_character_is_found() -> None:
    text = CHALLENGE.text().replace("-", "")
    for at, right in enumerate(text):
        for wrong in DIGITS.replace(right, ""):
            with pytest.raises(Invalid, match=r"challenge\.check"):
                read_challenge(text[:at] + wrong + text[at + 1 :])


def test_any_two_exchanged_characters_are_found() -> None:
    text = CHALLENGE.text().replace("-", "")
    for one, other in combinations(range(len(text)), 2):
        if text[one] == text[other]:
            continue
        mixed = list(text)
        mixed[one], mixed[other] = mixed[other], mixed[one]
        with pytest.raises(Invalid, match=r"challenge\.check"):
            read_challenge("".join(mixed))


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "length"), ("7SSA", "length"), ("0" * 1_000_000, "length"), ("U" * 21, "character"), ("ß" * 21, "length")],
)
def test_nonsense_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_challenge(text)
    assert refused.value.reason == f"challenge.{reason}"


@given(st.text(max_size=60))
def test_garbage_is_refused_or_a_challenge_that_says_the_same(text: str) -> None:
    try:
        challenge = read_challenge(text)
    except Invalid:
        return
    assert read_challenge(challenge.text()) == challenge


def test_a_challenge_knows_its_kit_and_its_lock() -> None:
    assert CHALLENGE.is_for("TEST0001", "KIT-0042", "lease")
    assert not CHALLENGE.is_for("TEST0001", "KIT-0042", "lost")
    assert not CHALLENGE.is_for("TEST0001", "KIT-0043", "lease")
    assert not CHALLENGE.is_for("TEST0002", "KIT-0042", "lease")


def test_the_code_changes_with_every_part() -> None:
    nonce = CHALLENGE.nonce
    codes = {
        unlock_code(KEY, "TEST0001", "KIT-0042", CHALLENGE),
        unlock_code(bytes(32), "TEST0001", "KIT-0042", CHALLENGE),
        unlock_code(KEY, "TEST0002", "KIT-0042", CHALLENGE),
        unlock_code(KEY, "TEST0001", "KIT-0043", CHALLENGE),
        unlock_code(KEY, "TEST0001", "KIT-0042", Challenge(CHALLENGE.tag ^ 1, 7, nonce)),
        unlock_code(KEY, "TEST0001", "KIT-0042", Challenge(CHALLENGE.tag, 8, nonce)),
        unlock_code(KEY, "TEST0001", "KIT-0042", Challenge(CHALLENGE.tag, 7, nonce[::-1])),
    }
    assert len(codes) == 7


def test_a_key_or_nonce_of_another_size_is_refused() -> None:
    with pytest.raises(Invalid, match=r"escrow\.size"):
        unlock_code(KEY[:16], "TEST0001", "KIT-0042", CHALLENGE)
    with pytest.raises(Invalid, match=r"challenge\.nonce"):
        new_challenge("TEST0001", "KIT-0042", "lease", 7, b"short")
