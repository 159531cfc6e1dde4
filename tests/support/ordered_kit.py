"""A kit's side of commands in few lines: takes them over WebSocket or by asking, opens them, says what became of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from types import TracebackType
from typing import Any, Protocol, Self

import aiohttp

from padkit_contract import messages
from padkit_contract.commands import COMMAND, COMMAND_ACK, Command, CommandAck, Mode, Progress, Standing
from padkit_contract.envelope import open_envelope
from padkit_contract.messages import Reply
from padkit_contract.party import Party
from padkit_contract.x509 import Role


class Speaker(Protocol):
    """What the test's own kit can do already."""

    party: Party
    url: str
    session: aiohttp.ClientSession

    async def ask(self, business: str, body: Any) -> Reply: ...


class OrderedKit:
    """One kit; `standing` is what it says of itself, `taken` what it was told, in order; `now` is its clock."""

    def __init__(self, speaker: Speaker, now: Callable[[], datetime] | None = None) -> None:
        self.speaker = speaker
        self.now = now or partial(datetime.now, UTC)
        self.standing = Standing()
        self.taken: list[Command] = []
        self._socket: aiohttp.ClientWebSocketResponse | None = None

    async def __aenter__(self) -> Self:
        self._socket = await self.speaker.session.ws_connect(f"{self.speaker.url}/v1/commands")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._socket is not None
        await self._socket.close()

    async def next(self) -> Command:
        """Wait for the next command over the WebSocket."""
        assert self._socket is not None
        return self.opened(await self._socket.receive_bytes(timeout=30))

    async def closed(self) -> str:
        """Wait until central ends the connection; return why."""
        assert self._socket is not None
        while True:
            message = await self._socket.receive(timeout=30)
            if message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSING):
                return str(message.extra or "")

    async def poll(self) -> Command | None:
        """Ask for the next command."""
        async with self.speaker.session.get(f"{self.speaker.url}/v1/commands/next") as response:
            body = await response.read()
            assert response.status in (200, 204), body
            return self.opened(body) if response.status == 200 else None

    def opened(self, sealed: bytes) -> Command:
        party = self.speaker.party
        found = open_envelope(sealed, own=[party.encrypt], trust=party.trust, now=self.now(), sender=Role.COMMAND)
        command = messages.decode(found.payload, Command)
        assert found.context.business == COMMAND
        assert (found.context.sequence, found.context.entity, found.context.kit) == (
            *(command.seq, command.entity, command.kit),
        )
        self.taken.append(command)
        return command

    async def say(self, command: Command, progress: Progress, code: str = "", **standing: Any) -> Reply:
        """Acknowledge; `standing` changes what the kit says of itself."""
        seq = max(self.standing.seq, command.seq)
        known = {name: getattr(self.standing, name) for name in ("mode", "cause", "policy")}
        self.standing = Standing(**{**known, **standing, "seq": seq})
        at = self.now().isoformat()
        ack = CommandAck(command.id, command.seq, progress, at, self.standing, code)
        return await self.speaker.ask(COMMAND_ACK, ack)

    async def apply(self, command: Command) -> Reply:
        """Receive and apply, as a kit does that has nothing against it."""
        await self.say(command, Progress.RECEIVED)
        mode = {"Lock": Mode.LOCKED, "Unlock": Mode.OPEN, "Wipe": Mode.WIPED}.get(type(command.order).__name__)
        changed = {} if mode is None else {"mode": mode, "cause": command.id if mode is Mode.LOCKED else ""}
        return await self.say(command, Progress.APPLIED, **changed)


def kinds(commands: Sequence[Command]) -> list[str]:
    """Return the kinds of commands, as tests compare them."""
    return [str(each.order.__struct_config__.tag) for each in commands]
