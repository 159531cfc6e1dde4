"""The kit's regular word with central: what it is, how it stands, where its chain ends; back come signed time and news."""

from __future__ import annotations

import msgspec

from padkit_contract.commands import Standing

CONTACT = "kit.contact"  # business; the reply's fields hold `ContactReply` under ``contact``


class ChainHead(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last record of the kit's chain: its number and its link (hex)."""

    seq: int
    link: str


class ClockJump(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The wall clock moved by `seconds` against the steady clock; `at` is the trusted time when it was seen."""

    at: str
    seconds: float


class Contact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of `CONTACT`. `traits` are salted hashes (hex) of the machine's hardware traits; `boot` changes with each start of the
    machine; `has_escrow` tells whether the kit has its key for offline unlock; `jumps` are those since the last contact.
    """

    version: str
    at: str
    boot: str
    traits: tuple[str, ...]
    head: ChainHead
    standing: Standing
    has_escrow: bool
    jumps: tuple[ClockJump, ...] = ()


class ContactReply(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Central's answer. `time_ms` is central's clock (milliseconds since 1970); `lease_s` is how long the kit may work without
    another contact; `escrow` (hex) comes once, when the kit has none; `encrypt_certificate` (PEM) is central's newest;
    `revocation_lists` (PEM) replace the kit's.
    """

    time_ms: int
    lease_s: int
    escrow: str = ""
    encrypt_certificate: str = ""
    revocation_lists: str = ""
