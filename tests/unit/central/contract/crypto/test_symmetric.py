from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import CBC
from hypothesis import given
from hypothesis import strategies as st

from padkit_contract.crypto import gcm_open, gcm_seal, hmac_sm3, sm3
from padkit_contract.crypto.symmetric import cbc_decrypt, cbc_encrypt, gcm_decrypt, pbkdf2_sm3

VECTORS = Path(__file__).parents[4] / "vectors" / "crypto"
SM3 = tomllib.loads((VECTORS / "sm3.toml").read_text())
SM4_VECTORS = tomllib.loads((VECTORS / "sm4.toml").read_text())

KEY, NONCE = bytes(range(16)), bytes(12)


@pytest.mark.parametrize("vector", SM3["digest"], ids=lambda vector: vector["source"])
def test_sm3_gives_the_published_digests(vector):
    assert sm3(vector["message"].encode() * vector["repeat"]).hex() == vector["sm3"]


@pytest.mark.parametrize("vector", SM3["hmac"], ids=lambda vector: vector["source"])
def test_hmac_sm3_gives_the_agreed_value(vector):
    assert hmac_sm3(bytes.fromhex(vector["key"]), vector["message"].encode()).hex() == vector["mac"]


@pytest.mark.parametrize("vector", SM3["pbkdf2"], ids=lambda vector: vector["source"])
def test_pbkdf2_sm3_gives_the_agreed_key(vector):
    derived = pbkdf2_sm3(vector["password"].encode(), vector["salt"].encode(), vector["iterations"])
    assert derived.hex() == vector["key"][:32]


@pytest.mark.parametrize("vector", SM4_VECTORS["block"], ids=lambda vector: vector["source"])
def test_sm4_gives_the_published_block(vector):
    encryptor = Cipher(SM4(bytes.fromhex(vector["key"])), CBC(bytes(16))).encryptor()
    assert encryptor.update(bytes.fromhex(vector["plain"])).hex() == vector["cipher"]


@pytest.mark.parametrize("vector", SM4_VECTORS["cbc"], ids=lambda vector: vector["source"])
def test_sm4_cbc_gives_the_published_blocks_and_opens_them(vector):
    key, iv, plain = (bytes.fromhex(vector[name]) for name in ("key", "iv", "plain"))
    ciphertext = cbc_encrypt(key, iv, plain)
    assert ciphertext.hex().startswith(vector["cipher"])
    assert cbc_decrypt(key, iv, ciphertext) == plain


@pytest.mark.parametrize("vector", SM4_VECTORS["gcm"], ids=lambda vector: vector["source"])
def test_sm4_gcm_gives_the_published_bytes_and_tag(vector):
    key, nonce, aad, plain = (bytes.fromhex(vector[name]) for name in ("key", "nonce", "aad", "plain"))
    sealed = gcm_seal(key, nonce, aad, plain)
    assert sealed.hex() == vector["cipher"] + vector["tag"]
    assert gcm_open(key, nonce, aad, sealed) == plain


@given(st.binary(max_size=200), st.binary(max_size=40), st.integers(0, 215), st.integers(0, 7))
def test_one_changed_bit_closes_sm4_gcm(plain, aad, place, bit):
    sealed = bytearray(gcm_seal(KEY, NONCE, aad, plain))
    sealed[place % len(sealed)] ^= 1 << bit
    with pytest.raises(ValueError, match="SM4-GCM refused"):
        gcm_open(KEY, NONCE, aad, bytes(sealed))


def test_other_authenticated_data_closes_sm4_gcm():
    sealed = gcm_seal(KEY, NONCE, b"one", b"plain")
    with pytest.raises(ValueError, match="SM4-GCM refused"):
        gcm_open(KEY, NONCE, b"two", sealed)


@pytest.mark.parametrize("size", [0, 4, 12, 15])
def test_a_short_tag_is_refused(size):
    sealed = gcm_seal(KEY, NONCE, b"", b"plain")
    with pytest.raises(ValueError, match="SM4-GCM refused"):
        gcm_decrypt(KEY, NONCE, b"", sealed[:-16], sealed[-16:][:size])


def test_a_message_shorter_than_its_tag_is_refused():
    with pytest.raises(ValueError, match="SM4-GCM refused"):
        gcm_open(KEY, NONCE, b"", b"short")
