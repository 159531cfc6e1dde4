"""The kit's regular word with central: what it is, how it stands, where its chain ends; back come signed time and news."""

from __future__ import annotations

import msgspec

from padkit_contract.commands import Standing
from padkit_contract.crypto.symmetric import sm3
from padkit_contract.risk import Counts, Fix

CONTACT = "kit.contact"  # business; the reply's fields hold `ContactReply` under ``contact``
CHAIN_VOID = "chain.void"  # business of the outbox message that carries a `ChainVoid`

LOST_C3 = "c3"  # why a record is void: its C3 part was in memory only
HELD = "held"  # why a record is void: it was not answered in time, and its outcome is inquired


class ChainHead(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last record of the kit's chain: its number and its link (hex)."""

    seq: int
    link: str


class ClockJump(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The wall clock moved by `seconds` against the steady clock; `at` is the trusted time when it was seen."""

    at: str
    seconds: float


class DeviceWord(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One device that works at the kit: its name there, its plugin, and who answers on its wire, in the device's own words.

    `serial` is empty when the device has none; then it is known by its place only.
    """

    device: str
    plugin: str
    model: str
    serial: str = ""
    firmware: str = ""


class Contact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of `CONTACT`. `traits` are salted hashes (hex) of the machine's hardware traits; `boot` changes with each start of the
    machine; `has_escrow` tells whether the kit has its key for offline unlock; `jumps` are those since the last contact;
    `heard_ms` is the `time_ms` of the last answer that the kit got: what central had booked by then is not beyond `head`.
    `devices` are those that are ready now; `fixes` and `counts` are where it was and what was done since the last contact.
    """

    version: str
    at: str
    boot: str
    traits: tuple[str, ...]
    head: ChainHead
    standing: Standing
    has_escrow: bool
    jumps: tuple[ClockJump, ...] = ()
    heard_ms: int = 0
    devices: tuple[DeviceWord, ...] = ()
    fixes: tuple[Fix, ...] = ()
    counts: Counts = Counts()


class ContactReply(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Central's answer. `time_ms` is central's clock (milliseconds since 1970); `lease_s` is how long the kit may work without
    another contact; `escrow` (hex, not in the `repr`) comes once, when the kit has none; `encrypt_certificate` (PEM) is central's
    newest; `revocation_lists` (PEM) replace the kit's.
    """

    time_ms: int
    lease_s: int
    escrow: str = ""
    encrypt_certificate: str = ""
    revocation_lists: str = ""

    def __repr__(self) -> str:
        return f"ContactReply({self.time_ms}, lease {self.lease_s} s)"


class ChainVoid(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of `CHAIN_VOID`: a record of the kit's chain that will never be sent (again), so that its place is no hole.

    `why` is `LOST_C3`, `HELD` or the dotted name of what is wrong with it.
    """

    seq: int
    envelope: str
    business: str
    previous: str
    link: str
    why: str


def trait_mark(kit: str, kind: str, value: str) -> str:
    """Return what central may know of a hardware trait: enough to compare it, not to tell it."""
    return sm3(f"padkit trait v1\n{kit}\n{kind}\n{value}".encode()).hex()


def marks_needed(count: int) -> int:
    """Return how many of `count` marks must come again from the same machine: one may be lost of up to 4, two of more."""
    return min(count, max(2, count - (1 if count <= 4 else 2)))
