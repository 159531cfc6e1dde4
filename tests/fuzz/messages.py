"""Targets: what stands in an envelope or around it: the POST's body, requests, commands, acknowledgements, contacts."""

from __future__ import annotations

import msgspec
from talk import Talk
from target import Target

from padkit_contract.commands import AnyOrder, Command, CommandAck, Lock, Progress, Standing, Wipe
from padkit_contract.contact import ChainHead, Contact, ContactReply
from padkit_contract.errors import Invalid
from padkit_contract.messages import (
    Case,
    EvidencePackage,
    KitPack,
    LedgerUpload,
    Policy,
    Posted,
    Reply,
    Request,
    Slip,
    decode,
    encode,
)

KINDS = (
    *(Request, Command, CommandAck, Contact, ContactReply, Reply),
    *(LedgerUpload, EvidencePackage, Case, Slip, Policy, KitPack),
)


def posted(talk: Talk) -> Target:
    """The body of a POST, read before anybody is believed."""
    seeds = [msgspec.msgpack.encode(Posted(b"\x30\x03\x02\x01\x00", b"c3"))]
    return Target(lambda raw: msgspec.msgpack.decode(raw, type=Posted), (msgspec.MsgspecError, RecursionError), seeds)


def body(talk: Talk) -> Target:
    """A signed body; the first byte says as what it is read."""

    def read(raw: bytes) -> None:
        decode(raw[1:], KINDS[raw[0] % len(KINDS)] if raw else Request)

    good = (
        Request("S-1", 1, "2026-11-22T08:00:00Z", {"colour": "red"}),
        *(_command(order) for order in (Lock(), Wipe(force=True))),
        CommandAck("019ab9a0", 3, Progress.APPLIED, "2026-11-22T08:00:00Z", Standing()),
        Contact("1", "2026-11-22T08:00:00Z", "boot", ("00", "11"), ChainHead(1, "00" * 32), Standing(), False),
    )
    return Target(read, (Invalid,), [bytes([KINDS.index(type(it))]) + encode(it) for it in good], head=1)


def _command(order: AnyOrder) -> Command:
    return Command("019ab9a0", "bank", "KIT-1", 3, order, "lost", "op-1", ("op-2",), 1_795_334_400)
