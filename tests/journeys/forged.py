"""Envelopes that somebody has forged, moved or bent: what central's door must refuse, each for its own reason."""

from __future__ import annotations

import os

import msgspec
from journey import Journey
from kit_hand import KitHand, load, new_id, now
from strangers import EXPIRED, OTHER_SERVICE

from padkit_contract import der, messages
from padkit_contract.cms import profile_a, signed
from padkit_contract.messages import KIT_PACK, Posted, Request
from padkit_contract.profiles import Profile

PACK = messages.encode(Request("", 0, "", {}))


def posted(envelope: bytes, c3: bytes = b"") -> bytes:
    return msgspec.msgpack.encode(Posted(envelope, c3))


async def of_profile_b(hand: KitHand, _: Journey) -> bytes:
    return posted(hand.sealed(KIT_PACK, PACK, profile=Profile.B))


async def of_profile_c(hand: KitHand, _: Journey) -> bytes:
    return posted(hand.sealed(KIT_PACK, PACK, profile=Profile.C))


async def of_profile_d(hand: KitHand, _: Journey) -> bytes:
    return posted(hand.sealed(KIT_PACK, PACK, profile=Profile.D))


async def with_a_byte_behind_it(hand: KitHand, _: Journey) -> bytes:
    return posted(hand.sealed(KIT_PACK, PACK) + b"\0")


async def with_a_key_off_the_curve(hand: KitHand, _: Journey) -> bytes:
    """The first step of an invalid-curve attack on the service's key."""
    sealed = hand.sealed(KIT_PACK, PACK)
    wrapped = profile_a.decode(sealed).wrapped_key
    parts = der.decode(der.Sm2Ciphertext, wrapped)
    bent = der.Sm2Ciphertext(x=parts.x, y=parts.y ^ 1, digest=parts.digest, data=parts.data)
    return posted(sealed.replace(wrapped, der.encode(bent)))


async def of_another_entity(hand: KitHand, _: Journey) -> bytes:
    return posted(hand.sealed(KIT_PACK, PACK, entity="another-bank"))


async def signed_with_an_expired_certificate(hand: KitHand, journey: Journey) -> bytes:
    return posted(hand.sealed(KIT_PACK, PACK, by=load(journey, EXPIRED)))


async def wrapped_again_as_it_was_for_another(hand: KitHand, journey: Journey) -> bytes:
    """What our kit wrote to another service, put into an envelope for central by that service."""
    return _wrapped_again(hand, journey, renamed=False)


async def wrapped_again_under_another_name(hand: KitHand, journey: Journey) -> bytes:
    """The same, the outside made to fit."""
    return _wrapped_again(hand, journey, renamed=True)


def _wrapped_again(hand: KitHand, journey: Journey, *, renamed: bool) -> bytes:
    other, central, envelope = load(journey, OTHER_SERVICE).peer, hand.party.peer, new_id()
    assert other is not None
    assert central is not None
    theirs = hand.context(KIT_PACK, other, envelope).encode()
    inner = signed.sign(PACK, theirs, hand.party.sign.certificate, hand.party.sign.key, now())
    outside = hand.context(KIT_PACK, central, envelope).encode() if renamed else theirs
    return posted(profile_a.seal(inner, outside, central.number, central.key, os.urandom))


FORGED = {
    of_profile_b: "envelope.form",
    of_profile_c: "envelope.profile",
    of_profile_d: "envelope.profile",
    with_a_byte_behind_it: "envelope.form",
    with_a_key_off_the_curve: "envelope.key",
    of_another_entity: "context.kit",
    signed_with_an_expired_certificate: "certificate.expired",
    wrapped_again_as_it_was_for_another: "context.recipient",
    wrapped_again_under_another_name: "signed.context",
}
