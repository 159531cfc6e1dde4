"""Profiles B, C and D, field by field: what a profile fixes is taken in no other form. (A has its own file.)"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_contract import der, oids
from padkit_contract.cms import profile_b, profile_c, profile_d
from padkit_contract.cms.dialect import Dialect
from padkit_contract.errors import CryptoUnfit
from padkit_contract.profiles import Profile

PROFILES = (Profile.B, Profile.C, Profile.D, Profile.D_GMSSL)
INFOS = {
    Profile.B: der.BareAuthEnvelopedDataInfo,
    Profile.C: der.EnvelopedDataInfo,
    Profile.D: der.SignedAndEnvelopedDataInfo,
    Profile.D_GMSSL: der.SignedAndEnvelopedDataInfo,
}
DECODERS: dict[Profile, Callable[[bytes], object]] = {
    Profile.B: profile_b.decode,
    Profile.C: profile_c.decode,
    Profile.D: lambda raw: profile_d.decode(raw, Dialect.STANDARD),
    Profile.D_GMSSL: lambda raw: profile_d.decode(raw, Dialect.GMSSL),
}
Change = Callable[[object, object], None]


def set_(path: str, value: object) -> Change:
    """Return a change that puts `value` at `path` of the content."""

    def change(_info, data) -> None:
        *way, last = path.split(".")
        for name in way:
            data = getattr(data, name)
        setattr(data, last, value)

    return change


def one(field: str, name: str, value: object) -> Change:
    """Return a change to the one member of a set."""

    def change(_info, data) -> None:
        (member,) = getattr(data, field).as_list()
        target = member
        *way, last = name.split(".")
        for part in way:
            target = getattr(target, part)
        setattr(target, last, value)
        setattr(data, field, der.SetOf([member]))

    return change


def many(field: str, times: int) -> Change:
    def change(_info, data) -> None:
        setattr(data, field, der.SetOf(getattr(data, field).as_list() * times))

    return change


def outer(kind) -> Change:
    def change(info, _data) -> None:
        info.type = kind

    return change


NULL = der.Algorithm(algorithm=oids.SM3, parameters=der.Null())
EVERYWHERE: dict[str, Change] = {
    "outer type": outer(oids.SIGNED_DATA),
    "version": set_("version", 2),
    "recipient's version": one("recipients", "version", 3),
    "key encryption": one("recipients", "algorithm.algorithm", oids.SM2_SIGNATURE),
    "key encryption's parameters": one("recipients", "algorithm.parameters", der.Null()),
    "two recipients": many("recipients", 2),
    "no recipient": many("recipients", 0),
    "content type": set_("content.type", oids.SIGNED_DATA),
    "cipher": set_("content.algorithm.algorithm", oids.SM3),
}
GCM: dict[str, Change] = {
    "short nonce": set_("content.algorithm.parameters.nonce", bytes(8)),
    "tag size": set_("content.algorithm.parameters.tag_size", 12),
    "short tag": set_("tag", bytes(12)),
}
CBC: dict[str, Change] = {
    "short IV": set_("content.algorithm.iv", bytes(8)),
    "long IV": set_("content.algorithm.iv", bytes(17)),
}
SIGNED: dict[str, Change] = {
    "two digests": many("digest_algorithms", 2),
    "no digest": many("digest_algorithms", 0),
    "another digest": set_("digest_algorithms", der.SetOf([der.algorithm(oids.SM4_CBC)])),
    "digest with NULL": set_("digest_algorithms", der.SetOf([NULL])),
    "two certificates": many("certificates", 2),
    "no certificate": many("certificates", 0),
    "another thing as certificate": set_("certificates", der.SetOf([der.raw(b"\x30\x00")])),
    "two signers": many("signers", 2),
    "no signer": many("signers", 0),
    "signer's version": one("signers", "version", 2),
    "signer is another": one("signers", "signer.serial", 1),
    "signer's digest": one("signers", "digest_algorithm", der.algorithm(oids.SM4_CBC)),
    "signer's digest with NULL": one("signers", "digest_algorithm", NULL),
    "signature algorithm": one("signers", "signature_algorithm", der.algorithm(oids.SM2_SIGNATURE)),
}
CHANGES = {
    Profile.B: EVERYWHERE | GCM,
    Profile.C: EVERYWHERE | CBC,
    Profile.D: EVERYWHERE | CBC | SIGNED,
    Profile.D_GMSSL: EVERYWHERE | CBC | SIGNED,
}
CASES = [(profile, what) for profile in PROFILES for what in CHANGES[profile]]


@pytest.fixture(scope="module")
def envelopes(ends) -> dict[Profile, bytes]:
    return {profile: ends.sealed(profile=profile) for profile in PROFILES}


@pytest.mark.parametrize(("profile", "what"), CASES, ids=[f"{profile.value}: {what}" for profile, what in CASES])
def test_anything_a_profile_does_not_fix_so_is_refused(envelopes, profile, what):
    info = der.decode(INFOS[profile], envelopes[profile])
    CHANGES[profile][what](info, info.content)
    changed = der.encode(info)
    assert changed != envelopes[profile]
    with pytest.raises((ValueError, CryptoUnfit)):
        DECODERS[profile](changed)


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.value)
def test_what_was_sealed_is_read(envelopes, profile):
    assert DECODERS[profile](envelopes[profile])


@given(st.binary(max_size=300))
def test_garbage_is_refused(garbage):
    for decode in DECODERS.values():
        with pytest.raises(ValueError):
            decode(garbage)
