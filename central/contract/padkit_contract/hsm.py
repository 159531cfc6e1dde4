"""The third layer: C3 fields sealed to the bank's HSM by the kit, carried by central, opened by nobody else.

It is an envelope of profile A like any other, signed by the kit, but for the HSM: its context is that of the business
envelope with the HSM as recipient and `HSM_SUFFIX` behind the business. Inside stand serial and attempt of the request, so
that who carries it cannot put it into another one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec.structs import replace

from padkit_contract import messages
from padkit_contract.context import Context
from padkit_contract.crypto.suite import Suite
from padkit_contract.envelope import Identity, Recipient, open_envelope, seal
from padkit_contract.errors import EnvelopeRefused, Invalid
from padkit_contract.keys import KeySource
from padkit_contract.party import ENCRYPT_CERTIFICATE, load_identity, load_trust
from padkit_contract.trust import Trust
from padkit_contract.x509 import Role, Usage

HSM_SUFFIX = "#hsm"
MAX_SEALED = 16 << 10
MAX_VALUE = 4096  # characters of one field


class Secrets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """C3 fields and the request they belong to. Its `repr` shows the names alone."""

    serial: str
    attempt: int
    fields: dict[str, str]

    def __repr__(self) -> str:
        return f"Secrets({self.serial}/{self.attempt}, {sorted(self.fields)})"


@dataclass(frozen=True, slots=True)
class FromKit:
    """What a kit sealed for the HSM: which kit, in which envelope, for which business, and the fields."""

    entity: str
    kit: str
    envelope: str
    business: str
    secrets: Secrets = field(repr=False)


@dataclass(frozen=True, slots=True)
class Hsm:
    """The HSM's side: its keys, newest first, and whose signatures it believes."""

    own: Sequence[Identity]
    trust: Trust


def seal_for_hsm(
    secrets: Secrets,
    context: Context,
    *,
    sender: Identity,
    recipient: Recipient,
    trust: Trust,
    random_bytes: Callable[[int], bytes],
    now: datetime,
) -> bytes:
    """Return the sealed C3 fields; `context` is the business envelope's.

    Raises:
        EnvelopeRefused: ``hsm.role``: `recipient` is no HSM; ``hsm.size``: too much to seal; ``certificate.*``: the HSM's
            certificate is expired, revoked or not of our authority. Nothing is ever sealed for somebody else instead.
    """
    check_hsm(recipient, trust, now)
    if any(len(value) > MAX_VALUE for value in secrets.fields.values()):
        raise EnvelopeRefused("hsm.size", f"a C3 field is longer than {MAX_VALUE} characters")
    bound = replace(
        context, business=context.business + HSM_SUFFIX, key=recipient.key_id, recipient=recipient.name, previous=""
    )
    body = messages.encode(secrets)
    sealed = seal(body, bound, sender=sender, recipient=recipient, random_bytes=random_bytes, now=now)
    if len(sealed) > MAX_SEALED:
        raise EnvelopeRefused("hsm.size", f"{len(sealed)} bytes sealed, at most {MAX_SEALED}")
    return sealed


def check_hsm(recipient: Recipient, trust: Trust, now: datetime) -> None:
    """Raise `EnvelopeRefused` ``hsm.role`` or ``certificate.*`` unless this is a believed HSM's certificate."""
    if trust.check(recipient.certificate, Usage.KEY_ENCIPHERMENT, now).role is not Role.HSM:
        raise EnvelopeRefused(
            "hsm.role", f"{recipient.name}: not the certificate of an HSM; issue the kit's folder again"
        )


def open_at_hsm(sealed: bytes, hsm: Hsm, now: datetime) -> FromKit:
    """Open what `seal_for_hsm` sealed; the caller compares entity, serial and attempt with what is asked of it.

    Raises:
        EnvelopeRefused: always this; outside there is one wording for every reason.
    """
    if len(sealed) > MAX_SEALED:
        raise EnvelopeRefused("hsm.size", f"{len(sealed)} bytes, at most {MAX_SEALED}")
    opened = open_envelope(sealed, own=hsm.own, trust=hsm.trust, now=now)
    context = opened.context
    if not context.business.endswith(HSM_SUFFIX):
        raise EnvelopeRefused("hsm.business", f"{context.business}: not C3 fields")
    try:
        secrets = messages.decode(opened.payload, Secrets)
    except Invalid as exc:
        raise EnvelopeRefused("hsm.form", "not the C3 fields of a request") from exc
    business = context.business.removesuffix(HSM_SUFFIX)
    return FromKit(context.entity, context.kit, context.envelope, business, secrets)


def load_hsm(folder: Path, suite: Suite, keys: KeySource) -> Hsm:
    """Read the folder that ``padkit-central ca hsm`` made. Raises `CryptoUnfit`."""
    own = load_identity(folder / ENCRYPT_CERTIFICATE, Usage.KEY_ENCIPHERMENT, keys)
    return Hsm([own], load_trust(folder, suite))
