"""One command at a time to a CRT-541 over a byte link. What cannot be repeated is the caller's to say."""

from __future__ import annotations

import enum
from collections import deque
from collections.abc import Callable
from typing import TypeVar

from padkit_card_dispenser.crt541.protocol import Acknowledged, Command, Decoder, Event, Report, encode, go_ahead
from padkit_sdk import BadFrame, ByteLink, LinkLost, Refused
from padkit_sdk.deadline import Deadline

ANSWER_S = 0.5  # ours: the specification gives no time; seven bytes take 58 ms at the slowest rate
POLL_S = 0.25  # specification 5.1: not less than 200 ms between two STATUS
SETTLE_S = 0.6  # ours: silence after which nothing more comes of an unanswered command
SETTLE_MOST_S = 3.0  # a line that is never silent is given up on after this
TRIES = 3  # ours

EventT = TypeVar("EventT", bound=Event)


class Given(enum.Enum):
    """How a command was taken."""

    TAKEN = "acknowledged"
    REFUSED = "refused each time (NAK)"
    UNHEARD = "not acknowledged"
    UNSENT = "nothing was sent, the time was used up"


class Exchange:
    """The host's end of the line. One user at a time; a cancel leaves the line usable."""

    def __init__(self, link: ByteLink, now_mono_s: Callable[[], float], address: int, device: str) -> None:
        self._link = link
        self._now = now_mono_s
        self._address = address
        self._device = device
        self._decoder = Decoder(address)
        self._inbox: deque[Event] = deque()
        self._unsettled = False  # the box may still say something about an earlier command
        self._ask_mono_s = 0.0  # not before this may STATUS be sent

    async def report(self, deadline: Deadline) -> Report:
        """Ask how the box stands, three times at most; harmless, but what it says once is said once.

        Raises: `LinkLost` (no answer), `Refused` ``box.busy`` (no time was left to ask).
        """
        asked = False
        for _ in range(TRIES):
            given = await self._send(Command.STATUS, deadline)
            asked = asked or given is not Given.UNSENT
            if given is Given.TAKEN and (found := await self._await(Report, deadline)):
                self._unsettled = False
                return found
        if not asked:
            raise Refused("box.busy", f"card box {self._device}: {Given.UNSENT.value}; ask again with more time")
        raise LinkLost(f"card box {self._device}: no answer to STATUS; check cable, power, address and baud rate")

    async def give(self, command: Command, deadline: Deadline, *, once: bool) -> Given:
        """Give a command and the go-ahead. A refused one is given again, also an unheard one unless `once`.

        Raises `LinkLost`: the command may have been heard.
        """
        given = Given.UNSENT
        for _ in range(TRIES):
            latest = await self._send(command, deadline)
            given = given if latest is Given.UNSENT else latest
            if latest in (Given.TAKEN, Given.UNSENT) or (latest is Given.UNHEARD and once):
                break
        if given in (Given.TAKEN, Given.REFUSED):
            self._unsettled = False
        return given

    async def _send(self, command: Command, deadline: Deadline) -> Given:
        """Send `command` once, and the go-ahead when it is acknowledged."""
        await self._hush(deadline)
        if command is Command.STATUS:
            await self._listen(min(self._ask_mono_s - self._now(), deadline.left_s()))
        if not deadline.left_s():
            return Given.UNSENT
        self._unsettled = True
        self._ask_mono_s = self._now() + POLL_S
        await self._link.write(encode(command, self._address))
        said = await self._await(Acknowledged, deadline)
        if said is None:
            return Given.UNHEARD
        if not said.accepted:
            return Given.REFUSED
        await self._link.write(go_ahead(self._address))
        return Given.TAKEN

    async def _await(self, kind: type[EventT], deadline: Deadline) -> EventT | None:
        """The next word of that kind, None when it does not come in time."""
        end_mono_s = self._now() + deadline.at_most(ANSWER_S)
        while True:
            while self._inbox:
                event = self._inbox.popleft()
                if isinstance(event, kind):
                    return event
            left_s = end_mono_s - self._now()
            if left_s <= 0:
                return None
            self._sort(await self._link.read(timeout_s=left_s))

    def _sort(self, data: bytes) -> None:
        """Decode `data` into the inbox; what is damaged is as good as not said."""
        while True:
            try:
                self._inbox.extend(self._decoder.feed(data))
            except BadFrame:
                data = b""
            else:
                return

    async def _listen(self, seconds: float) -> bool:
        """Let `seconds` pass and drop what comes; whether something came."""
        end_mono_s, heard = self._now() + seconds, False
        while (left_s := end_mono_s - self._now()) > 0:
            heard = bool(await self._link.read(timeout_s=left_s)) or heard
        return heard

    async def _hush(self, deadline: Deadline) -> None:
        """Wait until nothing said about an earlier command can answer the next one."""
        most_mono_s = self._now() + min(SETTLE_MOST_S, deadline.left_s())
        while self._unsettled and (left_s := most_mono_s - self._now()) > 0:
            self._unsettled = await self._listen(min(SETTLE_S, left_s))
        self._link.discard_input()
        self._decoder.reset()
        self._inbox.clear()
