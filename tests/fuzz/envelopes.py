"""Targets: the opener, from outside and from a sender who holds good keys, and what an envelope claims of itself.

The first byte of an input says which profile; behind it stands the envelope, the signed message or the context.
"""

from __future__ import annotations

import kept
from ends import chance
from talk import Talk
from target import Target

from padkit_contract.claim import claimed_context
from padkit_contract.cms import profile_a, profile_b, profile_c, signed
from padkit_contract.errors import EnvelopeRefused
from padkit_contract.foreign import Chains, read
from padkit_contract.profiles import Profile

PAYLOAD = b'{"serial":"1"}'
PROFILES = tuple(Profile)
MOST = 4096  # bytes of a kept message that is worth beginning from
NESTED = (Profile.A, Profile.B, Profile.C)  # a SignedData inside; D signs and seals in one structure


def outside(talk: Talk) -> Target:
    """Bytes of a stranger: nothing but what was sealed opens."""
    sealed = [talk.sealed(PAYLOAD, profile=profile) for profile in PROFILES]

    def read(raw: bytes) -> None:
        profile, envelope = _split(raw, PROFILES)
        talk.opened(envelope, accept=frozenset({profile}))
        assert envelope in sealed, "another envelope than one that was sealed has been opened"

    return Target(read, (EnvelopeRefused,), _seeds(sealed), der=True, head=1)


def inside(talk: Talk) -> Target:
    """A signed message of somebody who can seal for us: nothing but what was signed opens."""
    context = talk.context().encode()
    good = signed.sign(PAYLOAD, context, talk.kit.certificate, talk.kit.key, talk.pki.now)

    def read(raw: bytes) -> None:
        profile, inner = _split(raw, NESTED)
        talk.opened(_wrapped(talk, inner, context, profile), accept=frozenset({profile}))
        assert inner == good, "another message than the one that was signed has been believed"

    return Target(read, (EnvelopeRefused,), _seeds([good] * len(NESTED)), der=True, head=1)


def bound(talk: Talk) -> Target:
    """A context of somebody who signs and seals with good keys of his own."""
    context = talk.context().encode()

    def read(raw: bytes) -> None:
        profile, bound = _split(raw, NESTED)
        inner = signed.sign(PAYLOAD, bound, talk.kit.certificate, talk.kit.key, talk.pki.now)
        talk.opened(_wrapped(talk, inner, bound, profile), accept=frozenset({profile}))

    return Target(read, (EnvelopeRefused,), _seeds([context] * len(NESTED)))


def claimed(talk: Talk) -> Target:
    """What central reads before it opens."""
    return Target(claimed_context, (EnvelopeRefused,), [talk.sealed(PAYLOAD), talk.sealed(PAYLOAD)[-700:]])


def foreign(talk: Talk) -> Target:
    """Messages of other makers, opened and judged: their shapes, nesting and encodings are many."""
    ours = (Profile.C, Profile.D, Profile.D_GMSSL)
    sealed = [talk.sealed(PAYLOAD, profile=profile) for profile in ours]
    inner = signed.sign(PAYLOAD, b"{}", talk.kit.certificate, talk.kit.key, talk.pki.now)
    suite, now = talk.pki.suite, talk.pki.now
    other = kept.load_kept(suite)
    own = [talk.service_receives, other.receiver]
    authorities = (*talk.pki.sub_certificates.values(), *other.chains.authorities)
    chains = Chains((talk.pki.root_certificate, *other.chains.roots), authorities)
    others = [(kept.FOLDER / message["file"]).read_bytes() for message in kept.MESSAGES]
    seeds = [*sealed, inner, *(raw for raw in others if len(raw) < MOST)]
    return Target(
        lambda raw: read(raw, suite=suite, own=own, chains=chains, now=now), (EnvelopeRefused,), seeds, der=True
    )


def _split(raw: bytes, profiles: tuple[Profile, ...]) -> tuple[Profile, bytes]:
    return profiles[raw[0] % len(profiles)] if raw else profiles[0], raw[1:]


def _seeds(inputs: list[bytes]) -> list[bytes]:
    return [bytes([place]) + it for place, it in enumerate(inputs)]


def _wrapped(talk: Talk, inner: bytes, context: bytes, profile: Profile) -> bytes:
    recipient = talk.central
    if profile is Profile.A:
        return profile_a.seal(inner, context, recipient.number, recipient.key, chance)
    seal = profile_b.seal if profile is Profile.B else profile_c.seal
    return seal(inner, recipient.number, recipient.key, chance)
