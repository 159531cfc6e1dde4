"""Sealed envelopes: `seal` and `open_envelope`, the only way business data crosses between kit and central.

An envelope is signed inside, encrypted outside, and bound to one context under the signature. The profile is fixed by
this side, never taken from the message. Whatever is wrong with one, the outside learns only that it was refused;
`EnvelopeRefused.reason` is for the local log.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from padkit_contract import der
from padkit_contract.cms import opener, parts, profile_a, profile_b, profile_c, profile_d, signed
from padkit_contract.context import CLOCK_SKEW_S, Context
from padkit_contract.crypto.suite import PrivateKey, PublicKey, Suite
from padkit_contract.errors import CryptoUnfit, EnvelopeRefused
from padkit_contract.profiles import Profile
from padkit_contract.trust import Trust, Trusted
from padkit_contract.x509 import Certificate, Role, Usage, issuer_and_serial

MAX_ENVELOPE = 8 << 20
MAY_WRITE = {(Role.KIT, Role.SERVICE), (Role.SERVICE, Role.KIT), (Role.KIT, Role.HSM)}  # from, to
MAY_COMMAND = {(Role.COMMAND, Role.KIT)}


class Identity:
    """A certificate and its private key: to sign with, or to open what was sealed for it."""

    def __init__(self, certificate: Certificate, key: PrivateKey) -> None:
        if key.public != certificate.point:
            raise CryptoUnfit(
                "key.pair", f"{certificate.name}: the key is not the certificate's; take files of one issue"
            )
        self.certificate = certificate
        self.key = key
        self.number = der.encode(issuer_and_serial(certificate))

    def __repr__(self) -> str:
        return f"Identity({self.certificate.entity}/{self.certificate.name}, key {self.certificate.key_id})"


class Recipient:
    """A receiver's encryption certificate, parsed once and used for many envelopes."""

    def __init__(self, certificate: Certificate, key: PublicKey) -> None:
        if Usage.KEY_ENCIPHERMENT not in certificate.usage:
            raise CryptoUnfit("certificate.usage", f"{certificate.name}: not an encryption certificate")
        self.certificate = certificate
        self.key = key
        self.number = der.encode(issuer_and_serial(certificate))

    @classmethod
    def load(cls, certificate: Certificate, suite: Suite) -> Recipient:
        """Make a recipient of a certificate that is already believed. Raises `CryptoUnfit`."""
        return cls(certificate, suite.load_public(certificate.point))

    @property
    def name(self) -> str:
        """The receiver's name, as contexts call it."""
        return self.certificate.name

    @property
    def key_id(self) -> str:
        """The receiver's key, as contexts call it."""
        return self.certificate.key_id

    def __repr__(self) -> str:
        return f"Recipient({self.name}, key {self.key_id})"


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed, as its verified certificate says."""

    entity: str
    name: str
    role: Role
    certificate: Certificate
    serial: int


@dataclass(frozen=True, slots=True)
class Opened:
    """What was inside. The caller still has to see that (kit, envelope id) was not used before."""

    payload: bytes = field(repr=False)
    context: Context
    signer: Signer
    profile: Profile = Profile.A


def seal(
    payload: bytes,
    context: Context,
    *,
    sender: Identity,
    recipient: Recipient,
    random_bytes: Callable[[int], bytes],
    now: datetime,
    profile: Profile = Profile.A,
) -> bytes:
    """Return the envelope. `random_bytes` must be the operating system's; `now` (aware) becomes the signing time.

    Raises:
        CryptoUnfit: ``key.digest``: the sender's key cannot sign in GmSSL's dialect.
        EnvelopeRefused: ``context.recipient`` or ``context.key`` names somebody else than `recipient`; other
            ``context.*``: too long or of another version;
            ``envelope.size``: the result exceeds `MAX_ENVELOPE`.
    """
    _check_recipient(context, recipient.certificate)
    bound = context.encode()
    Context.decode(bound)  # what nobody would open is not sealed
    envelope = _sealed(payload, bound, sender, recipient, random_bytes, now, profile)
    _check_size(envelope)
    return envelope


def open_envelope(
    envelope: bytes,
    *,
    own: Sequence[Identity],
    trust: Trust,
    now: datetime,
    accept: frozenset[Profile] = frozenset({Profile.A}),
    sender: Role | None = None,
) -> Opened:
    """Return what is inside, when every check holds. `own` are the identities that may receive, newest first.

    `sender` None opens what kit and service say to each other; `Role.COMMAND` what orders a kit to do something, only that.

    Raises:
        EnvelopeRefused: always this; `reason` is ``envelope.*``, ``signed.*``, ``certificate.*`` or ``context.*``.
    """
    _check_size(envelope)
    profile, closed = opener.decode(envelope, accept)
    outside = None if closed.context is None else Context.decode(closed.context)
    receiver = _receiver(closed.recipient, own)
    if outside is not None:  # what can be told without the key is told without it
        _check_context(outside, receiver.certificate, now)
    inner = closed.message(receiver.key)
    trusted = trust.check(inner.certificate, Usage.SIGNATURE, now)
    if not inner.signed_by(trusted.key):
        raise parts.unsigned()
    context = outside
    if context is None:
        context = Context.decode(inner.context)
        _check_context(context, receiver.certificate, now)
    _check_time(inner.signed_at, now)
    _check_ends(context, trusted, receiver.certificate, MAY_COMMAND if sender is Role.COMMAND else MAY_WRITE)
    return Opened(inner.content, context, _signer(trusted), profile)


def _sealed(
    payload: bytes,
    context: bytes,
    sender: Identity,
    recipient: Recipient,
    random_bytes: Callable[[int], bytes],
    now: datetime,
    profile: Profile,
) -> bytes:
    number, key = recipient.number, recipient.key
    if dialect := opener.DIALECTS.get(profile):
        bound = profile_d.bind(payload, context)
        return profile_d.seal(bound, sender.certificate, sender.key, number, key, dialect, random_bytes)
    inner = signed.sign(payload, context, sender.certificate, sender.key, now)
    if profile is Profile.A:
        return profile_a.seal(inner, context, number, key, random_bytes)
    if profile is Profile.B:
        return profile_b.seal(inner, number, key, random_bytes)
    return profile_c.seal(inner, number, key, random_bytes)


def _check_size(envelope: bytes) -> None:
    if len(envelope) > MAX_ENVELOPE:
        raise EnvelopeRefused("envelope.size", f"{len(envelope)} bytes, at most {MAX_ENVELOPE}; split the message")


def _check_recipient(context: Context, certificate: Certificate) -> None:
    """Without this a receiver could wrap a signed message again, to somebody else."""
    if context.recipient != certificate.name:
        raise EnvelopeRefused("context.recipient", f"meant for {context.recipient!r}, sealed for {certificate.name!r}")
    if context.key != certificate.key_id:
        raise EnvelopeRefused("context.key", f"meant for key {context.key!r}, sealed for {certificate.key_id}")


def _receiver(number: bytes, own: Sequence[Identity]) -> Identity:
    for identity in own:
        if identity.number == number:
            return identity
    raise EnvelopeRefused(
        "envelope.recipient", "sealed for a certificate that is not ours; seal it for the current one"
    )


def _check_context(context: Context, receiver: Certificate, now: datetime) -> None:
    _check_recipient(context, receiver)
    if context.expired(now.timestamp()):
        raise EnvelopeRefused("context.expired", f"not after {context.not_after}, now {now:%FT%TZ}; seal it again")


def _check_time(signed_at: datetime | None, now: datetime) -> None:
    if signed_at is not None and signed_at.timestamp() > now.timestamp() + CLOCK_SKEW_S:
        raise EnvelopeRefused("signed.time", f"signed at {signed_at:%FT%TZ}, now {now:%FT%TZ}; check the clocks")


def _check_ends(
    context: Context, trusted: Trusted, receiver: Certificate, may_write: Container[tuple[Role, Role | None]]
) -> None:
    """One end is the context's kit, of the context's entity; the other one may write to it, or be written to."""
    sender = trusted.certificate
    kit = sender if trusted.role is Role.KIT else receiver
    if (trusted.role, receiver.role) not in may_write:
        raise EnvelopeRefused("context.roles", f"{sender.name} and {receiver.name} may not write to each other")
    if (context.entity, context.kit) != (kit.entity, kit.name):
        raise EnvelopeRefused(
            "context.kit", f"{context.entity}/{context.kit}, but the certificate says {kit.entity}/{kit.name}"
        )


def _signer(trusted: Trusted) -> Signer:
    certificate = trusted.certificate
    return Signer(certificate.entity, certificate.name, trusted.role, certificate, certificate.serial)
