"""One decoder for all profiles: which of the accepted ones a message can be. It has no say in what is accepted."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Protocol, assert_never

from padkit_contract import der, oids
from padkit_contract.cms import profile_a, profile_b, profile_c, profile_d
from padkit_contract.cms.around import check_around
from padkit_contract.cms.dialect import Dialect
from padkit_contract.cms.parts import MAX_AROUND, Message
from padkit_contract.crypto.suite import PrivateKey
from padkit_contract.errors import CryptoUnfit, EnvelopeRefused
from padkit_contract.profiles import Profile

DIALECTS: Mapping[Profile, Dialect] = {Profile.D: Dialect.STANDARD, Profile.D_GMSSL: Dialect.GMSSL}
OUTER: Mapping[Profile, bytes] = {
    Profile.A: der.encode(oids.AUTH_ENVELOPED_DATA),
    Profile.B: der.encode(oids.AUTH_ENVELOPED_DATA),
    Profile.C: der.encode(oids.ENVELOPED_DATA),
    Profile.D: der.encode(oids.GM_SIGNED_AND_ENVELOPED_DATA),
    Profile.D_GMSSL: der.encode(oids.GM_SIGNED_AND_ENVELOPED_DATA),
}
SEQUENCE, LONG = 0x30, 0x80


class Closed(Protocol):
    """An envelope in its parts, nothing decrypted. `context` is None where it is not readable outside."""

    @property
    def recipient(self) -> bytes: ...

    @property
    def context(self) -> bytes | None: ...

    def message(self, key: PrivateKey) -> Message:
        """Return the inside. Raises `EnvelopeRefused`."""
        ...


def decode(envelope: bytes, accept: Set[Profile]) -> tuple[Profile, Closed]:
    """Return which of the profiles in `accept` an envelope has, and its parts.

    Raises:
        EnvelopeRefused: ``envelope.profile``: another of our profiles; ``envelope.form``: none that is accepted.
    """
    possible = _possible(envelope)
    candidates = [profile for profile in Profile if profile in accept and profile in possible]
    if possible and not candidates:
        raise EnvelopeRefused("envelope.profile", f"like {_names(possible)}; accepted here: {_names(accept)}")
    found = "the outer content type is none of ours"
    for profile in candidates:
        try:
            return profile, _decode(envelope, profile)
        except (ValueError, CryptoUnfit) as exc:
            found = f"not what profile {profile.value} writes: {exc}"
    raise EnvelopeRefused("envelope.form", found)


def _possible(envelope: bytes) -> Set[Profile]:
    """Tell by the outer content type, before anything is parsed, which profiles this can be."""
    head = envelope[:32]
    if len(head) < 2 or head[0] != SEQUENCE:
        return frozenset()
    begin = 2 + (head[1] - LONG if head[1] > LONG else 0)
    return {profile for profile, outer in OUTER.items() if head.startswith(outer, begin)}


def _decode(envelope: bytes, profile: Profile) -> Closed:
    check_around(envelope, MAX_AROUND)
    match profile:
        case Profile.A:
            return profile_a.decode(envelope)
        case Profile.B:
            return profile_b.decode(envelope)
        case Profile.C:
            return profile_c.decode(envelope)
        case Profile.D | Profile.D_GMSSL:
            return profile_d.decode(envelope, DIALECTS[profile])
    assert_never(profile)


def _names(profiles: Set[Profile]) -> str:
    return " or ".join(profile.value for profile in Profile if profile in profiles)
