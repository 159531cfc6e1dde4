"""Questions to the box: a command in, its positive reply out, or the error that staff and flow can act on.

Nothing here moves a card.
"""

from __future__ import annotations

from collections.abc import Callable

from padkit_card_dispenser import commands, replies
from padkit_card_dispenser.codes import NOT_READY, refusal
from padkit_card_dispenser.commands import Again, Command
from padkit_card_dispenser.exchange import Exchange, Loss, Lost
from padkit_card_dispenser.looks import UNREADY
from padkit_card_dispenser.protocol import Done, Failed, Reply
from padkit_sdk import BadFrame, DeviceEvent, LinkLost, OutcomeUnknown
from padkit_sdk.deadline import Deadline
from padkit_sdk.ports import BoxStatus

WITHOUT_EFFECT = frozenset({Loss.NO_ACK, Loss.NAKED})  # as far as anybody knows the box never had the question


class Inquiry:
    """Asks over one exchange in the name of `device`."""

    def __init__(self, exchange: Exchange, device: str, emit: Callable[[DeviceEvent], None]) -> None:
        self._exchange = exchange
        self._device = device
        self._emit = emit

    async def reply(self, command: Command, deadline: Deadline) -> Reply:
        """Return the reply, also a negative one. Raises `LinkLost`, `OutcomeUnknown`."""
        ended = await self._exchange.run(command, deadline)
        if isinstance(ended, Lost):
            raise self.error_of(ended)
        return ended

    async def done(self, command: Command, deadline: Deadline) -> Done:
        """Return the positive reply. Raises `DeviceFault`, `Refused` ``box.not_ready``, `LinkLost`, `OutcomeUnknown`."""
        reply = await self.reply(command, deadline)
        if isinstance(reply, Failed):
            raise refusal(reply, device=self._device, command=command.name)
        return reply

    async def look(self, deadline: Deadline) -> BoxStatus | Lost:
        """Read the counter, then STATUS, so that a motion may follow right after. Raises `LinkLost` of the link only."""
        count = await self.bin_count(deadline)
        if isinstance(count, Lost):
            return count
        ended = await self._exchange.run(commands.STATUS, deadline)
        if isinstance(ended, Done):
            return replies.box_status(ended.status, count)
        if isinstance(ended, Lost):
            return ended
        if ended.code != NOT_READY:
            self._emit(DeviceEvent("box.status_refused", {"code": ended.code}))
        return UNREADY

    async def bin_count(self, deadline: Deadline) -> int | Lost | None:
        """Read the counter of captured cards; None when the box does not tell."""
        ended = await self._exchange.run(commands.READ_COUNTER, deadline)
        if isinstance(ended, Lost):
            return ended
        try:
            return replies.bin_counter(ended.data) if isinstance(ended, Done) else None
        except BadFrame as exc:
            self._emit(DeviceEvent("box.counter_unreadable", {"why": str(exc)}))
            return None

    def error_of(self, lost: Lost) -> LinkLost | OutcomeUnknown:
        """Return what a loss means to somebody who does not look at the box himself."""
        what = f"card box {self._device}: {lost.command.name}: {lost.loss.value}"
        harmless = lost.loss is Loss.GARBLED and lost.command.again is Again.FREELY
        moving = lost.loss is Loss.NO_ACK and lost.command.again is Again.LOOK_FIRST  # its ACK may be what was lost
        if (lost.loss in WITHOUT_EFFECT and not moving) or harmless:
            return LinkLost(f"{what}; check cable, power and baud rate")
        return OutcomeUnknown(f"{what}; ask status before doing it again")
