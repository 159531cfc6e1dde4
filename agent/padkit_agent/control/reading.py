"""From an opened envelope to a command that is meant for this kit. What does not fit is refused with its reason, unread."""

from __future__ import annotations

import msgspec

from padkit_contract.commands import COMMAND, Command
from padkit_contract.context import Context
from padkit_contract.errors import Invalid
from padkit_contract.messages import decode
from padkit_sdk.errors import Refused

MAX_ID = 64


class Stranger(msgspec.Struct, frozen=True):
    """A command whose order this agent does not know: only what the refusal needs."""

    id: str
    entity: str
    kit: str
    seq: int


class _Kind(msgspec.Struct):
    kind: str


class _Shape(Stranger, frozen=True):
    order: _Kind


def read_command(payload: bytes, context: Context) -> Command | Stranger:
    """Return the command in an envelope that was believed.

    Raises `Refused` ``command.form``, ``command.kit``; `Invalid` ``message.*``.
    """
    if context.business != COMMAND:
        raise Refused("command.form", f"business {context.business}: not {COMMAND}; nothing was done")
    try:
        command: Command | Stranger = decode(payload, Command)
    except Invalid as exc:
        command = _stranger(payload, exc)
    said, meant = (command.entity, command.kit, command.seq), (context.entity, context.kit, context.sequence)
    if said != meant:
        raise Refused("command.kit", f"the command says {said}, its envelope {meant}; nothing was done")
    if not 0 < len(command.id) <= MAX_ID or command.seq < 1:
        raise Refused("command.form", f"id of {len(command.id)} characters, number {command.seq}; nothing was done")
    return command


def _stranger(payload: bytes, exc: Invalid) -> Stranger:
    """Return the head of a command of a newer central. Raises what was wrong when it is not even that."""
    try:
        head = msgspec.json.decode(payload, type=_Shape)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise exc from None
    return Stranger(head.id, head.entity, head.kit, head.seq)
