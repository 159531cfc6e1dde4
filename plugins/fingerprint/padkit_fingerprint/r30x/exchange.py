"""One command, one acknowledgement, and the data packets that may follow, over any byte link."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from padkit_fingerprint.r30x.commands import Ack, Code, Command, refusal
from padkit_fingerprint.r30x.protocol import Decoder, Packet, Pid, encode, packets
from padkit_sdk import BadFrame, ByteLink, OutcomeUnknown
from padkit_sdk.deadline import Deadline

GAP_S = 0.3  # manual 5: silence that ends a packet
TRIES = 3  # manual 5: retry a command 2 times
WORTH_A_RESEND = (BadFrame, OutcomeUnknown)  # harmless: every command does the same when it is given twice


class Exchange:
    """Asks one module, by its address; packets of other addresses are ignored."""

    def __init__(self, link: ByteLink, address: bytes, device: str) -> None:
        self._link = link
        self._address = address
        self._device = device
        self._decoder = Decoder()
        self._ready: deque[Packet] = deque()
        self._doubtful = False  # an answer that nobody waits for may still come, and would be taken for the next one

    async def ask(self, command: Command, deadline: Deadline) -> Ack:
        """The acknowledgement, whatever its code. Raises `LinkLost`, `BadFrame`, `OutcomeUnknown` after three tries."""
        for left in reversed(range(TRIES)):
            try:
                ack = await self._once(command, deadline)
            except WORTH_A_RESEND:
                self._doubtful = True
                if not left or not deadline.left_s():
                    raise
                continue
            if ack.code != Code.PACKET or not left:
                self._doubtful = left < TRIES - 1  # each try may be answered
                return ack
        raise AssertionError("the last try returns or raises")

    async def done(self, command: Command, deadline: Deadline) -> Ack:
        """The acknowledgement of a command that was carried out. Raises `AskAgain` or `DeviceFault` for any other code."""
        ack = await self.ask(command, deadline)
        if ack.code != Code.OK:
            self._doubtful = True
            raise refusal(ack, command, self._device)
        return ack

    async def fetch(self, command: Command, sizes: Sequence[int], deadline: Deadline) -> bytes:
        """What the data packets after `command` hold, of one of `sizes`; asked for again when a packet is damaged or lost.

        Raises as `done` does.
        """
        for left in reversed(range(TRIES)):
            await self.done(command, deadline)
            try:
                return await self._data(command, sizes, deadline)
            except WORTH_A_RESEND:
                if not left or not deadline.left_s():
                    raise
                await self._quiet(deadline)
        raise AssertionError("the last try returns or raises")

    async def send(self, command: Command, data: bytes, size: int, deadline: Deadline) -> None:
        """Announce `data` and send it in packets of `size`. Raises as `done` does."""
        await self.done(command, deadline)
        for packet in packets(self._address, data, size):
            await self._link.write(packet)

    async def _once(self, command: Command, deadline: Deadline) -> Ack:
        if self._doubtful:
            await self._quiet(deadline)
            self._doubtful = False
        self._link.discard_input()
        self._decoder.give_up()
        self._ready.clear()
        if not deadline.left_s():
            raise self._silence(command)
        await self._link.write(encode(self._address, Pid.COMMAND, command.payload))
        patience = Deadline.after(deadline.at_most(command.limit_s), deadline.now_mono_s)
        while (packet := await self._packet(patience)) is not None:
            if packet.pid is Pid.ACK:
                return Ack(packet.payload[0], packet.payload[1:])
        raise self._silence(command)

    async def _data(self, command: Command, sizes: Sequence[int], deadline: Deadline) -> bytes:
        got, most = bytearray(), max(sizes)
        while (packet := await self._packet(deadline, gap_s=2 * GAP_S)) is not None:
            got += packet.payload
            last = packet.pid is Pid.LAST
            if len(got) > most or (last and len(got) not in sizes):
                raise BadFrame(f"fingerprint module {self._device}: {len(got)} bytes after {command.name}")
            if last:
                return bytes(got)
        raise self._silence(command)

    async def _packet(self, deadline: Deadline, *, gap_s: float | None = None) -> Packet | None:
        """The next packet of this module, None when it is silent."""
        while not self._ready:
            wait_s = deadline.left_s()
            if gap_s is not None or self._decoder.inside_packet:
                wait_s = min(wait_s, gap_s or GAP_S)
            data = await self._link.read(timeout_s=wait_s) if wait_s else b""
            if not data:
                return None
            self._ready.extend(packet for packet in self._decoder.feed(data) if packet.address == self._address)
        return self._ready.popleft()

    async def _quiet(self, deadline: Deadline) -> None:
        """Let a spoiled upload, or an answer that is late, run out before the next command."""
        while (left_s := deadline.at_most(GAP_S)) and await self._link.read(timeout_s=left_s):
            pass

    def _silence(self, command: Command) -> OutcomeUnknown:
        told = f"fingerprint module {self._device}: no answer to {command.name} in time"
        return OutcomeUnknown(f"{told}; check that it is connected, then try again")
