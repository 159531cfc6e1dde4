"""Electronic seals: a stamp holds for one document, one seal and its signer; what does not hold is named."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_central.ca.authority import Authority, Means
from padkit_contract import der
from padkit_contract.crypto import Suite, choose_suite
from padkit_contract.crypto.symmetric import sm3
from padkit_contract.envelope import Identity
from padkit_contract.errors import Invalid
from padkit_contract.eseal import FILE as SEAL
from padkit_contract.eseal import MAX_PICTURE, check_picture, check_stamp, face_of, put_stamp
from padkit_contract.keys import FileKeys
from padkit_contract.party import SIGN_CERTIFICATE, load_identity, load_trust
from padkit_contract.trust import Trust
from padkit_contract.x509 import Usage

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
PASSWORD = b"TEST ONLY"
PICTURE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10TEST ONLY"
DOCUMENT = sm3(b"a receipt")


class Office:
    """A CA, a bank's seal and whom a kit believes."""

    def __init__(self, folder: Path, suite: Suite) -> None:
        means = Means(suite, PASSWORD, NOW, secrets.token_bytes)
        authority = Authority(folder / "ca", means)
        authority.init("bank")
        authority.issue_seal("bank-1", "样例农村商业银行", PICTURE, folder / "seal", password=PASSWORD)
        authority.issue_seal("bank-2", "样例农村商业银行", PICTURE, folder / "other", password=PASSWORD)
        authority.issue_operator("li", folder / "li", password=PASSWORD)
        self.folder, self.suite = folder, suite
        self.seal = (folder / "seal" / SEAL).read_bytes()
        self.trust: Trust = load_trust(folder / "seal", suite)
        self.signer, self.other, self.li = self.identity("seal"), self.identity("other"), self.identity("li")

    def identity(self, name: str) -> Identity:
        folder = self.folder / name
        return load_identity(folder / SIGN_CERTIFICATE, Usage.SIGNATURE, FileKeys(folder, self.suite, PASSWORD))

    def stamp(self, signer: Identity | None = None, seal: bytes | None = None, at: datetime = NOW) -> bytes:
        return put_stamp(seal or self.seal, DOCUMENT, "D-RECEIPT S1", signer or self.signer, at)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    suite = choose_suite(allow_pure=True, library="libcrypto.so.3", log=lambda *_, **__: None)
    return Office(tmp_path_factory.mktemp("seal"), suite)


def reason(office: Office, raw: bytes, digest: bytes = DOCUMENT, now: datetime = LATER) -> str:
    with pytest.raises(Invalid) as caught:
        check_stamp(raw, digest, office.trust, now)
    return caught.value.reason


def test_a_stamp_holds_for_its_document_and_says_whose_seal_it_is(office: Office) -> None:
    stamped = check_stamp(office.stamp(), DOCUMENT, office.trust, LATER)
    assert (stamped.face.number, stamped.face.name, stamped.by, stamped.at) == (
        "bank-1",
        "样例农村商业银行",
        "bank-1",
        NOW,
    )
    assert stamped.face.picture == PICTURE
    assert face_of(office.seal) == stamped.face
    assert "TEST ONLY" not in repr(stamped)


def test_another_document_another_signer_another_time_do_not_hold(office: Office) -> None:
    assert reason(office, office.stamp(), sm3(b"another")) == "seal.document"
    assert reason(office, office.stamp(office.other)) == "seal.signer"
    assert reason(office, office.stamp(office.li)) == "seal.signer"
    assert reason(office, office.stamp(at=NOW - timedelta(seconds=1))) == "seal.time"
    assert reason(office, office.stamp(at=LATER + timedelta(seconds=1))) == "seal.time"


def test_a_seal_that_nobody_known_made_is_none(office: Office, tmp_path: Path) -> None:
    stranger = Office(tmp_path, office.suite)
    assert reason(office, stranger.stamp()) == "seal.maker"
    own = replace_seal(office.stamp(), stranger.seal)
    assert reason(office, own) == "seal.maker"


def replace_seal(raw: bytes, seal: bytes) -> bytes:
    stamp = der.decode(der.Stamp, raw)
    content = der.StampContent(
        version=stamp.content.version,
        seal=der.decode(der.Seal, seal),
        at=stamp.content.at,
        digest=stamp.content.digest,
        about=stamp.content.about,
    )
    return der.encode(
        der.Stamp(content=content, certificate=stamp.certificate, algorithm=stamp.algorithm, signature=stamp.signature)
    )


def test_the_stamp_of_one_seal_is_not_that_of_another_one(office: Office) -> None:
    other = (office.folder / "other" / SEAL).read_bytes()
    assert reason(office, replace_seal(office.stamp(), other)) == "seal.signer"


@given(place=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_a_changed_byte_is_found_wherever_it_is(office: Office, place: int, bit: int) -> None:
    raw = bytearray(office.stamp())
    raw[place % len(raw)] ^= 1 << bit
    assert reason(office, bytes(raw)).startswith("seal.")


def test_every_single_byte_of_a_stamp_counts(office: Office) -> None:
    raw = office.stamp()
    for place in range(len(raw)):
        changed = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        assert reason(office, changed).startswith("seal."), place


@given(raw=st.binary(max_size=200))
def test_bytes_from_outside_are_no_stamp(office: Office, raw: bytes) -> None:
    assert reason(office, raw) == "seal.form"


def test_what_is_too_large_or_no_picture_is_refused(office: Office) -> None:
    assert reason(office, bytes(1 << 20)) == "seal.form"
    for strange in (b"GIF89a", PICTURE[:12], PICTURE + bytes(MAX_PICTURE)):
        with pytest.raises(Invalid, match="a PNG of at most"):
            check_picture(strange)
    assert check_picture(PICTURE) == (16, 16)


def test_who_was_issued_for_something_else_stamps_with_no_seal(office: Office) -> None:
    """Even named in a seal that the maker signed, a certificate of another role is none for a seal."""
    from padkit_central.ca.shelf import SUB_CAS, Shelf
    from padkit_contract.eseal import make_seal
    from padkit_contract.x509 import Role

    shelf = Shelf(office.folder / "ca", Means(office.suite, PASSWORD, NOW, secrets.token_bytes))
    maker = SUB_CAS[Role.SEAL]
    face = replace(face_of(office.seal), number="bank-9")
    seal = make_seal(face, office.li.certificate, shelf.issuer(maker), shelf.certificate(maker), NOW)
    assert reason(office, office.stamp(office.li, seal)) == "seal.signer"
