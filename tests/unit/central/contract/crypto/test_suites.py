"""Both backends behind the same four functions: the standard's examples, each other, a third library, bad input."""

from __future__ import annotations

import random
import tomllib
from pathlib import Path

import gmalg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from padkit_contract import der
from padkit_contract.crypto import PureSuite, Suite, sm3
from padkit_contract.crypto.curve import DEFAULT_ID, MAX_MESSAGE, G, N, P
from padkit_contract.crypto.digest import signer_digest
from padkit_contract.crypto.suite import DigestSigner
from padkit_contract.errors import CryptoUnfit

VECTORS = tomllib.loads((Path(__file__).parents[4] / "vectors" / "crypto" / "sm2.toml").read_text())
(SIGN,) = VECTORS["sign"]
(ENCRYPT,) = VECTORS["encrypt"]
SCALAR, POINT = bytes.fromhex(SIGN["scalar"]), bytes.fromhex(SIGN["point"])
MESSAGE, SIGNATURE = SIGN["message"].encode(), bytes.fromhex(SIGN["signature"])
PLAIN, CIPHERTEXT = ENCRYPT["message"].encode(), bytes.fromhex(ENCRYPT["ciphertext"])

ZERO_STREAM_NONCE = 470  # with POINT its first stream byte is zero; found by counting up
PURE = PureSuite()


def signature_of(r: int, s: int) -> bytes:
    return der.encode(der.Sm2Signature(r=r, s=s))


def with_parts(**changes: object) -> bytes:
    parts = der.decode(der.Sm2Ciphertext, CIPHERTEXT)
    fields = {"x": parts.x, "y": parts.y, "digest": parts.digest, "data": parts.data} | changes
    return der.encode(der.Sm2Ciphertext(**fields))


def bad_signatures() -> dict[str, bytes]:
    pair = der.decode(der.Sm2Signature, SIGNATURE)
    return {
        "empty": b"",
        "raw r and s": pair.r.to_bytes(32, "big") + pair.s.to_bytes(32, "big"),
        "trailing byte": SIGNATURE + b"\0",
        "cut off": SIGNATURE[:-1],
        "long form length": b"\x30\x81" + SIGNATURE[1:],
        "padded integer": b"\x30\x47\x02\x22\x00" + SIGNATURE[4:],
        "r is zero": signature_of(0, pair.s),
        "s is zero": signature_of(pair.r, 0),
        "s is n": signature_of(pair.r, N),
        "r plus n": signature_of(pair.r + N, pair.s),
        "negative": signature_of(-pair.r, pair.s),
        "r plus s is n": signature_of(pair.r, N - pair.r),
        "swapped": signature_of(pair.s, pair.r),
        "far too long": signature_of(1 << 4000, pair.s),
    }


def bad_ciphertexts() -> dict[str, bytes]:
    parts = der.decode(der.Sm2Ciphertext, CIPHERTEXT)
    return {
        "empty": b"",
        "trailing byte": CIPHERTEXT + b"\0",
        "cut off": CIPHERTEXT[:-1],
        "long form length": b"\x30\x81" + CIPHERTEXT[1:],
        "x not reduced": with_parts(x=parts.x + P),
        "off the curve": with_parts(y=parts.y ^ 1),
        "the other y": with_parts(y=P - parts.y),
        "zero point": with_parts(x=0, y=0),
        "no data": with_parts(data=b""),
        "changed C2": with_parts(data=parts.data[:-1] + bytes([parts.data[-1] ^ 1])),
        "shortened C2": with_parts(data=parts.data[:-1]),
        "changed C3": with_parts(digest=bytes([parts.digest[0] ^ 1]) + parts.digest[1:]),
        "far too long": with_parts(data=bytes(MAX_MESSAGE + 1)),
        "raw C1C3C2": POINT + parts.digest + parts.data,
    }


def test_the_standards_signature_verifies(suite):
    assert suite.load_public(POINT).verify(SIGNATURE, MESSAGE)


def test_the_standards_ciphertext_decrypts(suite):
    assert suite.load_private(SCALAR, POINT).decrypt(CIPHERTEXT) == PLAIN


def test_with_the_standards_nonce_gmssl_makes_the_standards_signature():
    suite = PureSuite(random_below=lambda _: int(SIGN["nonce"], 16) - 1)
    assert suite.load_private(SCALAR, POINT).sign(MESSAGE) == SIGNATURE


def test_with_the_standards_nonce_gmssl_makes_the_standards_ciphertext():
    suite = PureSuite(random_below=lambda _: int(ENCRYPT["nonce"], 16) - 1)
    assert suite.load_public(POINT).encrypt(PLAIN) == CIPHERTEXT


def test_a_signature_holds_for_its_message_and_key_only(suite):
    key, other = suite.generate(), suite.generate()
    signature = key.sign(b"one")
    assert suite.load_public(key.public).verify(signature, b"one")
    assert not suite.load_public(key.public).verify(signature, b"two")
    assert not suite.load_public(other.public).verify(signature, b"one")


@pytest.mark.parametrize("name", bad_signatures())
def test_a_malformed_signature_is_false(suite, name):
    assert suite.load_public(POINT).verify(bad_signatures()[name], MESSAGE) is False


@pytest.mark.parametrize("name", bad_ciphertexts())
def test_a_changed_ciphertext_is_refused_with_the_one_wording(suite, name):
    with pytest.raises(ValueError, match=r"^SM2 ciphertext refused$"):
        suite.load_private(SCALAR, POINT).decrypt(bad_ciphertexts()[name])


@given(garbage=st.binary(max_size=200))
@settings(max_examples=30)
def test_garbage_is_neither_signature_nor_ciphertext(suite, garbage):
    key = suite.load_private(SCALAR, POINT)
    assert not suite.load_public(POINT).verify(garbage, MESSAGE)
    with pytest.raises(ValueError, match="SM2 ciphertext refused"):
        key.decrypt(garbage)


@pytest.mark.parametrize("size", [1, 16, 31, 32, 33, MAX_MESSAGE])
def test_every_size_comes_back(suite, size):
    key = suite.generate()
    plain = bytes(range(256)) * 4
    assert key.decrypt(suite.load_public(key.public).encrypt(plain[:size])) == plain[:size]


@pytest.mark.parametrize("size", [0, MAX_MESSAGE + 1])
def test_nothing_and_too_much_are_not_encrypted(suite, size):
    with pytest.raises(ValueError, match=f"not {size}"):
        suite.load_public(POINT).encrypt(bytes(size))


@pytest.mark.parametrize(
    "point",
    [
        b"",
        POINT[:-1],
        POINT + b"\0",
        b"\x02" + POINT[1:33],
        b"\x06" + POINT[1:],
        POINT[:-1] + b"\0",
        b"\x04" + bytes(64),
    ],
    ids=["empty", "short", "long", "compressed", "hybrid", "off the curve", "zero"],
)
def test_what_is_not_a_point_is_refused(suite, point):
    with pytest.raises(CryptoUnfit, match=r"key\.point"):
        suite.load_public(point)


@pytest.mark.parametrize("scalar", [0, N - 1, N, N + 1, (1 << 256) - 1])
def test_a_scalar_out_of_range_is_refused(suite, scalar):
    with pytest.raises(CryptoUnfit, match=r"key\.scalar"):
        suite.load_private(scalar.to_bytes(32, "big"), POINT)


def test_a_scalar_of_another_size_is_refused(suite):
    with pytest.raises(CryptoUnfit, match=r"key\.scalar"):
        suite.load_private(SCALAR[1:], POINT)


def test_a_scalar_with_somebody_elses_point_is_refused(suite):
    with pytest.raises(CryptoUnfit, match="key pair check"):
        suite.load_private(SCALAR, G)


def test_a_key_shows_nothing_private(suite):
    key = suite.load_private(SCALAR, POINT)
    assert key.scalar() == SCALAR
    for shown in (repr(key), str(key), f"{key}"):
        assert SIGN["scalar"][:8] not in shown
        assert "public" in shown


def test_the_backends_understand_each_other(native):
    for size in range(1, 13):
        key = native.generate()
        check_interop(native, key.scalar(), key.public, bytes([size]) * size)


@pytest.mark.parametrize("seed", range(8))
def test_libcrypto_gmssl_and_gmalg_agree_on_drawn_keys(native, seed):
    key = PureSuite(random_below=random.Random(seed).randrange).generate()
    scalar, point = key.scalar(), key.public
    check_interop(native, scalar, point, b"a key of 16 byte")
    third = gmalg.SM2(scalar, DEFAULT_ID, point)
    for suite in (native, PURE):
        pair = der.decode(der.Sm2Signature, suite.load_private(scalar, point).sign(MESSAGE))
        assert third.verify(MESSAGE, pair.r.to_bytes(32, "big"), pair.s.to_bytes(32, "big"))


@pytest.mark.parametrize("first", ["0", "4"])
def test_keys_that_gmssl_alone_would_shorten_work(native, first):
    """gmssl's constructor strips leading 0 and 4 of the point's hex digits."""
    key = native.generate()
    while key.public[1:].hex()[0] != first:
        key = native.generate()
    check_interop(native, key.scalar(), key.public, b"a key of 16 byte")


def test_the_pure_backends_own_keys_work_natively(native):
    key = PURE.generate()
    check_interop(native, key.scalar(), key.public, b"a key of 16 byte")


def check_interop(native: Suite, scalar: bytes, point: bytes, message: bytes) -> None:
    for one, other in ((native, PURE), (PURE, native)):
        key, peer = one.load_private(scalar, point), other.load_public(point)
        assert peer.verify(key.sign(message), message)
        assert key.decrypt(peer.encrypt(message)) == message


def test_a_third_library_agrees(suite):
    key = suite.generate()
    third = gmalg.SM2(key.scalar(), DEFAULT_ID, key.public)
    pair = der.decode(der.Sm2Signature, key.sign(MESSAGE))
    assert third.verify(MESSAGE, pair.r.to_bytes(32, "big"), pair.s.to_bytes(32, "big"))
    r, s = third.sign(MESSAGE)
    assert suite.load_public(key.public).verify(
        signature_of(int.from_bytes(r, "big"), int.from_bytes(s, "big")), MESSAGE
    )
    parts = der.decode(der.Sm2Ciphertext, suite.load_public(key.public).encrypt(PLAIN))
    c1 = b"\x04" + parts.x.to_bytes(32, "big") + parts.y.to_bytes(32, "big")
    assert third.decrypt(c1 + parts.digest + parts.data) == PLAIN
    raw = third.encrypt(PLAIN)
    x, y = int.from_bytes(raw[1:33], "big"), int.from_bytes(raw[33:65], "big")
    assert key.decrypt(der.encode(der.Sm2Ciphertext(x=x, y=y, digest=raw[65:97], data=raw[97:]))) == PLAIN


def test_a_key_stream_of_zeros_is_drawn_again(native):
    """A stream of zeros would show the plaintext; one nonce in 256 gives one for a single byte."""
    drawn = iter([ZERO_STREAM_NONCE - 1, 41])
    ciphertext = PureSuite(random_below=lambda _: next(drawn)).load_public(POINT).encrypt(b"Z")
    assert der.decode(der.Sm2Ciphertext, ciphertext).data != b"Z"
    assert native.load_private(SCALAR, POINT).decrypt(ciphertext) == b"Z"
    assert list(drawn) == []


# ---- 32 bytes as they are, for peers that sign something else than Z ‖ data -----------------------------------------


def test_the_standards_signature_is_on_the_digest_with_z(suite):
    public = suite.load_public(POINT)
    assert public.verify_digest(SIGNATURE, signer_digest(POINT, MESSAGE))
    assert not public.verify_digest(SIGNATURE, signer_digest(POINT, MESSAGE, b""))
    assert not public.verify_digest(SIGNATURE, sm3(MESSAGE))


def test_each_backend_verifies_the_digests_that_the_other_signed(native, suite):
    digest = sm3(MESSAGE)
    for signer, verifier in ((native, suite), (suite, native)):
        key = signer.load_private(SCALAR, POINT)
        assert isinstance(key, DigestSigner)
        assert verifier.load_public(POINT).verify_digest(key.sign_digest(digest), digest)


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_a_digest_of_another_size_is_not_signed_and_never_verifies(suite, size):
    with pytest.raises(ValueError, match="expected 32"):
        suite.load_private(SCALAR, POINT).sign_digest(bytes(size))
    assert not suite.load_public(POINT).verify_digest(SIGNATURE, bytes(size))


@pytest.mark.parametrize("what", bad_signatures())
def test_a_bad_signature_on_a_digest_is_simply_false(suite, what):
    assert not suite.load_public(POINT).verify_digest(bad_signatures()[what], signer_digest(POINT, MESSAGE))
