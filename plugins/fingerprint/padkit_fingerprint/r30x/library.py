"""The module's own library: enrol, search, compare, and templates in the vendor's format. Beyond the port."""

from __future__ import annotations

from dataclasses import dataclass

from padkit_fingerprint.r30x import commands
from padkit_fingerprint.r30x.commands import FIRST, PACKET_SIZES, SECOND, TEMPLATE_SIZES, Code, refusal
from padkit_fingerprint.r30x.exchange import Exchange
from padkit_sdk import BadFrame, HiddenBytes, Refused
from padkit_sdk.deadline import Deadline

PARAMETER_BYTES = 16
READINGS = 4


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a module says of itself (ReadSysPara); `packet_size` is in bytes."""

    status: int
    system: int
    capacity: int
    security: int
    packet_size: int


@dataclass(frozen=True, slots=True)
class Found:
    """Where a search found the finger, and how alike it is on the module's own scale."""

    page: int
    score: int


class Library:
    """Pages 0 to capacity less one. Every method raises what `Exchange.done` does."""

    def __init__(self, exchange: Exchange, device: str) -> None:
        self._exchange = exchange
        self._device = device

    async def parameters(self, deadline: Deadline) -> Parameters:
        data = (await self._exchange.done(commands.PARAMETERS, deadline)).data
        if len(data) != PARAMETER_BYTES:
            raise BadFrame(f"fingerprint module {self._device}: parameters of {len(data)} bytes", data)
        size = int.from_bytes(data[12:14])
        if size >= len(PACKET_SIZES):
            raise BadFrame(f"fingerprint module {self._device}: packet size {size}", data)
        status, system, capacity, security = (int.from_bytes(data[at : at + 2]) for at in range(0, 8, 2))
        return Parameters(status, system, capacity, security, PACKET_SIZES[size])

    async def count(self, deadline: Deadline) -> int:
        """How many templates it keeps."""
        return (await self._exchange.done(commands.COUNT, deadline)).number(0)

    async def search(self, deadline: Deadline) -> Found | None:
        """Look for the features in the first buffer; None when no template is like them."""
        whole = (await self.parameters(deadline)).capacity
        command = commands.search(FIRST, 0, whole)
        ack = await self._exchange.ask(command, deadline)
        if ack.code == Code.NOT_FOUND:
            return None
        if ack.code != Code.OK:
            raise refusal(ack, command, self._device)
        return Found(ack.number(0), ack.number(2))

    async def join_and_store(self, page: int, deadline: Deadline) -> None:
        """Make a template of both buffers and keep it at `page`."""
        await self._exchange.done(commands.JOIN, deadline)
        await self._exchange.done(commands.store(FIRST, page), deadline)

    async def compare(self, page: int, deadline: Deadline) -> int:
        """Score of the first buffer against `page`; 0 when they are not alike."""
        await self._exchange.done(commands.load(SECOND, page), deadline)
        ack = await self._exchange.ask(commands.COMPARE, deadline)
        if ack.code == Code.NO_MATCH:
            return 0
        if ack.code != Code.OK:
            raise refusal(ack, commands.COMPARE, self._device)
        return ack.number(0)

    async def read_template(self, page: int, deadline: Deadline) -> HiddenBytes:
        """The template at `page`, in the vendor's format; read until two in a row agree.

        Packets have no numbers and the size is the vendor's: one that was lost leaves no other trace.
        """
        await self._exchange.done(commands.load(FIRST, page), deadline)
        before = b""
        for _ in range(READINGS):
            got = await self._exchange.fetch(commands.send_features(FIRST), TEMPLATE_SIZES, deadline)
            if got == before:
                return HiddenBytes(got)
            before = got
        raise BadFrame(f"fingerprint module {self._device}: its template is another one each time it is read")

    async def write_template(self, page: int, template: HiddenBytes, deadline: Deadline) -> None:
        """Keep a template of the vendor's format at `page`. Raises `Refused` ``template.size``."""
        if len(template.data) not in TEMPLATE_SIZES:
            told = f"fingerprint module {self._device}: template of {len(template.data)} bytes"
            raise Refused("template.size", f"{told}; give what it made itself")
        size = (await self.parameters(deadline)).packet_size
        await self._exchange.send(commands.take_features(FIRST), template.data, size, deadline)
        await self._exchange.done(commands.store(FIRST, page), deadline)

    async def delete(self, page: int, deadline: Deadline) -> None:
        await self._exchange.done(commands.delete(page), deadline)
