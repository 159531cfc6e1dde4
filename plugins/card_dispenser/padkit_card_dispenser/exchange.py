"""One command at a time over a byte link: waits, writes and reads what the table of `machine.py` asks for.

What the exchange ended with comes back as a value (`Done`, `Failed`, `Lost`), because what a loss means depends on the
command. Only a lost link is raised.
"""

from __future__ import annotations

import asyncio
import contextlib
import enum
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace

from padkit_card_dispenser import machine
from padkit_card_dispenser.commands import Again, Command
from padkit_card_dispenser.machine import Act, Handshake, Phase, Seen
from padkit_card_dispenser.protocol import Control, Decoder, Event, Reply, encode
from padkit_sdk import BadFrame, ByteLink, LinkLost
from padkit_sdk.deadline import Deadline

STOP_S = 1.5  # kept back from a motion's time for the EOT when it is overdue and the STATUS after it
STOP_SHARE = 0.25  # or this share of a shorter time
SETTLE_MOST_S = 1.0  # a line that is never silent is given up on after this
UNCLAIMED = 8  # answers kept that came when nobody waited for them

SEEN = {Control.ACK: Seen.ACK, Control.NAK: Seen.NAK, Control.EOT: Seen.EOT}


class Loss(enum.Enum):
    """Why there is no answer."""

    NO_TIME = "nothing was sent, the time was used up"
    NO_ACK = "no ACK"
    NAKED = "the box refused the frame each time (NAK)"
    GARBLED = "the answer was damaged each time"
    STOPPED = "stopped with EOT"
    DEAF = "no answer, not even to EOT"


LOSSES = {
    Phase.NO_ACK: Loss.NO_ACK,
    Phase.NAKED: Loss.NAKED,
    Phase.GARBLED: Loss.GARBLED,
    Phase.STOPPED: Loss.STOPPED,
    Phase.DEAF: Loss.DEAF,
}


@dataclass(frozen=True, slots=True)
class Lost:
    """No answer to `command`; `reached` when the box is known to have understood it."""

    command: Command
    loss: Loss
    reached: bool = False


Ended = Reply | Lost


class _Talk:
    """What one running exchange remembers."""

    def __init__(self, command: Command, limit_mono_s: float) -> None:
        self.command = command
        self.limit_mono_s = limit_mono_s
        self.hand = Handshake(command.again)
        self.silent_mono_s = 0.0
        self.reply: Reply | None = None

    def claims(self, reply: Reply) -> bool:
        return (reply.cm, reply.pm) == (self.command.cm, self.command.pm)

    def result(self) -> Ended:
        if self.hand.phase is Phase.ANSWERED and self.reply is not None:
            return self.reply
        return Lost(self.command, LOSSES[self.hand.phase], self.hand.reached)


class Exchange:
    """The host's end of the line. One user at a time; cancelling `run` stops the box with EOT and keeps the line usable."""

    def __init__(self, link: ByteLink, now_mono_s: Callable[[], float], address: int) -> None:
        self._link = link
        self._now = now_mono_s
        self._address = address
        self._decoder = Decoder(address)
        self._inbox: deque[Event] = deque()
        self._unclaimed: deque[Reply] = deque(maxlen=UNCLAIMED)
        self._damaged = False  # a damaged frame came, and no good one behind it
        self._unsettled = False  # the box may still say something about an earlier command
        self._heard_mono_s = 0.0
        self._free_mono_s = 0.0  # not before this may the next command be sent

    async def run(self, command: Command, deadline: Deadline) -> Ended:
        """Send `command` and return how it ended.

        When its limit or `deadline` (for a motion, less what a stop needs) passes, what may be running is stopped with
        EOT; a box deaf to that may cost 1.2 s over. Raises `LinkLost`.
        """
        await self._hush()
        if not deadline.left_s():
            return Lost(command, Loss.NO_TIME)
        spendable = before_stop(deadline) if command.again is Again.LOOK_FIRST else deadline
        talk = _Talk(command, self._now() + spendable.at_most(command.limit_s))
        try:
            await self._converse(talk, Seen.START)
        except asyncio.CancelledError:
            await to_the_end(self._abandon(talk))
            raise
        return talk.result()

    async def stop(self, command: Command) -> Ended:
        """Stop with EOT what may still be running of `command`; return its answer when that comes instead.

        Takes 1.2 s at most. Raises `LinkLost`.
        """
        talk = _Talk(command, self._now())
        await self._converse(talk, Seen.CANCELLED)
        return talk.result()

    async def listen(self, seconds: float) -> None:
        """Let `seconds` pass; an answer that comes meanwhile is acknowledged and kept for `late`. Raises `LinkLost`."""
        end = self._now() + seconds
        while (left_s := end - self._now()) > 0:
            await self._overhear(left_s)

    def late(self, command: Command) -> Reply | None:
        """Return an answer to `command` that came while something else was waited for; None when there is none."""
        for reply in self._unclaimed:
            if (reply.cm, reply.pm) == (command.cm, command.pm):
                self._unclaimed.remove(reply)
                return reply
        return None

    def forget(self) -> None:
        """Drop what `late` could return: it belongs to the past."""
        self._unclaimed.clear()

    async def _converse(self, talk: _Talk, seen: Seen) -> None:
        await self._act(talk, talk.hand.on(seen))
        while talk.hand.phase not in machine.ENDS:
            await self._act(talk, talk.hand.on(await self._observe(talk)))

    async def _abandon(self, talk: _Talk) -> None:
        self._unsettled = True
        if talk.hand.phase not in machine.ENDS:
            with contextlib.suppress(LinkLost):  # the next call finds it out; the cancel must reach its owner
                await self._converse(talk, Seen.CANCELLED)

    async def _act(self, talk: _Talk, act: Act) -> None:
        if act is Act.ACK:
            await self._acknowledge()
        elif act is Act.NAK:
            await self._say(Control.NAK)
        elif act is Act.EOT:
            await self._say(Control.EOT)
            talk.silent_mono_s = self._now() + machine.EOT_S
        elif act is Act.SEND:
            frame = encode(talk.command, self._address)
            await self._link.write(frame)
            talk.silent_mono_s = self._now() + machine.ACK_S + len(frame) * machine.BYTE_S

    async def _say(self, control: Control) -> None:
        self._unsettled = True
        await self._link.write(bytes([control]))

    async def _observe(self, talk: _Talk) -> Seen:
        while not self._inbox:
            passed = self._passed(talk)
            if passed is not None:
                return passed
            await self._hear(self._next_mono_s(talk) - self._now())
        event = self._inbox.popleft()
        if isinstance(event, Control):
            return SEEN[event]
        if not talk.claims(event):
            self._unclaimed.append(event)
            return Seen.STRAY
        talk.reply = event
        return Seen.FRAME

    def _passed(self, talk: _Talk) -> Seen | None:
        """Which timer has run out; a damaged or broken-off frame counts once the line is silent after it."""
        now = self._now()
        if self._broken() and now >= self._heard_mono_s + machine.FRAME_GAP_S and self._give_up_frame():
            return Seen.DAMAGED
        if talk.hand.phase is not Phase.WAIT_EOT and now >= talk.limit_mono_s:
            return Seen.OVERDUE
        if talk.hand.phase in machine.TIMED and now >= talk.silent_mono_s:
            self._unsettled = True
            return Seen.SILENCE
        return None

    def _next_mono_s(self, talk: _Talk) -> float:
        phase = talk.hand.phase
        timers = [talk.silent_mono_s] if phase in machine.TIMED else []
        if phase is not Phase.WAIT_EOT:
            timers.append(talk.limit_mono_s)
        if self._broken():
            timers.append(self._heard_mono_s + machine.FRAME_GAP_S)
        return min(timers)

    def _broken(self) -> bool:
        return self._damaged or self._decoder.pending

    def _give_up_frame(self) -> bool:
        """Drop what has begun, sort what follows it; True when a frame for us was damaged and no good one came behind."""
        damaged = self._damaged
        while self._decoder.pending:
            try:
                self._decoder.flush()
            except BadFrame:
                damaged = True
            self._sort(b"")
        self._damaged = False
        return damaged and all(isinstance(event, Control) for event in self._inbox)

    async def _hear(self, timeout_s: float) -> None:
        data = await self._link.read(timeout_s=max(timeout_s, 0.0))
        if data:
            self._heard_mono_s = self._now()
            self._sort(data)

    def _sort(self, data: bytes) -> None:
        """Decode `data` into the inbox; a good frame behind a damaged one makes up for it."""
        while True:
            try:
                for event in self._decoder.feed(data):
                    self._inbox.append(event)
                    self._damaged = self._damaged and isinstance(event, Control)
            except BadFrame:
                self._damaged, data = True, b""
            else:
                return

    async def _acknowledge(self) -> None:
        await self._link.write(bytes([Control.ACK]))
        self._free_mono_s = self._now() + machine.GAP_S

    async def _overhear(self, timeout_s: float) -> None:
        await self._hear(timeout_s)
        while self._inbox:
            event = self._inbox.popleft()
            if not isinstance(event, Control):
                self._unclaimed.append(event)
                await self._acknowledge()

    async def _hush(self) -> None:
        """Wait until the next command may be sent, so that nothing said about an earlier one can answer it."""
        most = self._now() + SETTLE_MOST_S
        while self._unsettled and self._now() < most:
            heard = self._heard_mono_s
            await self.listen(machine.SETTLE_S)
            self._unsettled = self._heard_mono_s != heard
        self._unsettled = False
        await self.listen(self._free_mono_s - self._now())
        self._link.discard_input()
        self._decoder.reset()
        self._inbox.clear()
        self._damaged = False


def before_stop(deadline: Deadline) -> Deadline:
    """Return `deadline` less the time that a stop needs."""
    return replace(deadline, end_mono_s=deadline.end_mono_s - min(STOP_S, deadline.left_s() * STOP_SHARE))


async def to_the_end(work: Coroutine[object, None, None]) -> None:
    """Await `work` to its end, also when the waiting task is cancelled (again); `work` must be bounded by itself."""
    task = asyncio.ensure_future(work)
    while not task.done():
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.shield(task)
