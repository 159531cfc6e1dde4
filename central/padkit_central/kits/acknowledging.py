"""What kits say of their commands, and the support bundles they send: booked forwards only, contradictions become cases."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import msgspec

from padkit_central.business import Ask
from padkit_central.business.ask import moment
from padkit_central.kits import lifecycle
from padkit_central.observe import Log
from padkit_central.store import Booking, OpenCase, Result, Store
from padkit_contract.commands import CommandAck
from padkit_contract.crypto import sm3
from padkit_contract.errors import Invalid
from padkit_contract.messages import Outcome, Reply, decode

MAX_DETAIL = 500


@dataclass(frozen=True, slots=True)
class Acknowledgements:
    """Handles `COMMAND_ACK` and `SUPPORT`. `hint` wakes the kit's connection: the next command may go now."""

    store: Store
    hint: Callable[[str, Iterable[str]], None]
    log: Log

    async def acknowledge(self, ask: Ask) -> Reply:
        """Book what became of a command. The reply says only that it was heard. Raises `Invalid` ``message.*``."""
        ack = decode(ask.payload, CommandAck)
        moment(ack.at, "at")
        if ack.standing.seq < 0 or max(len(ack.command), len(ack.code), len(ack.detail)) > MAX_DETAIL:
            raise Invalid("message.form", f"CommandAck: a text of more than {MAX_DETAIL} characters, or a negative seq")
        result = Result(ack.command, ack.seq, lifecycle.state_of(ack.progress), ack.code, ack.detail)
        standing = msgspec.json.encode(ack.standing).decode()
        booking = await self.store.orders.book(ask.entity, ask.kit, result, standing, ack.standing.seq)
        if booking in (Booking.UNKNOWN, Booking.CONTRADICTED):
            await self._open_case(ask, ack, booking)
        self.log.info(
            "command.heard", entity=ask.entity, kit=ask.kit, command=ack.command,
            progress=ack.progress.value, code=ack.code, booking=booking.value,
        )  # fmt: skip
        self.hint(ask.entity, [ask.kit])
        return Reply(Outcome.OK, fields={"booking": booking.value})

    async def support(self, ask: Ask) -> Reply:
        """Keep a support bundle as it is; only the support key opens it."""
        if not ask.payload:
            raise Invalid("message.form", "an empty support bundle; make it again")
        digest = sm3(ask.payload).hex()
        await self.store.orders.keep_bundle(ask.entity, ask.kit, digest, ask.payload)
        self.log.info("support.kept", entity=ask.entity, kit=ask.kit, bytes=len(ask.payload))
        return Reply(Outcome.OK, fields={"digest": digest})

    async def _open_case(self, ask: Ask, ack: CommandAck, booking: Booking) -> None:
        rule = "command.unknown" if booking is Booking.UNKNOWN else "command.contradiction"
        detail = f"kit says {ack.progress.value} (number {ack.seq}, code {ack.code or '-'}) of {ack.command}"
        self.log.warning(rule, entity=ask.entity, kit=ask.kit, command=ack.command, why=detail)
        case = OpenCase(ask.entity, ask.kit, f"{rule}:{ack.command}"[:64], rule, self.store.now(), detail=detail)
        await self.store.open_case(case)
