"""Targets: what stands in an envelope or around it: the POST's body, requests, commands, acknowledgements, contacts."""

from __future__ import annotations

import msgspec
from talk import Talk
from target import Target

from padkit_agent.control.reading import read_command
from padkit_agent.core.standing import Facts, Record, again, take
from padkit_contract.commands import (
    COMMAND,
    AnyOrder,
    Cancel,
    Command,
    CommandAck,
    Lock,
    Progress,
    Restrict,
    SetPolicy,
    Standing,
    Wipe,
)
from padkit_contract.contact import ChainHead, Contact, ContactReply, DeviceWord
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
from padkit_sdk.errors import Refused

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
        Contact(
            "1",
            "2026-11-22T08:00:00Z",
            "boot",
            ("00", "11"),
            ChainHead(1, "00" * 32),
            Standing(),
            False,
            devices=(DeviceWord("box", "b", "m", "1"),),
        ),
    )
    return Target(read, (Invalid,), [bytes([KINDS.index(type(it))]) + encode(it) for it in good], head=1)


def command(talk: Talk) -> Target:
    """A command of somebody who holds central's command key, read and decided on at the kit."""
    context = talk.context(business=COMMAND)
    facts = Facts(now_s=talk.pki.now.timestamp(), flows=("F-1",), unsent={"ACC-01": 1})
    orders = (Lock(), Wipe(force=True), SetPolicy(3), Cancel("019ab9a0"), Restrict(("ACC-01", "*")))

    def read(raw: bytes) -> None:
        given = read_command(raw, context)
        if isinstance(given, Command):
            again(take(Record(), given, facts).record, given, facts)

    return Target(read, (Invalid, Refused), [encode(_command(order, context.sequence)) for order in orders])


def _command(order: AnyOrder, seq: int = 3) -> Command:
    return Command("019ab9a0", "bank", "KIT-1", seq, order, "lost", "op-1", ("op-2",), 1_795_334_400, 1, 1_895_334_400)
