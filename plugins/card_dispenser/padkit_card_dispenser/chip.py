"""A chip at the contacts, or a SAM in its slot: reset, exchange, power off. Card data never appears in an error."""

from __future__ import annotations

from padkit_card_dispenser import commands, replies
from padkit_card_dispenser.apdu import MORE, ROUNDS, WRONG_LE, check_shape, follow_up
from padkit_card_dispenser.codes import CHIP_OFF, NOT_READY, refusal
from padkit_card_dispenser.commands import Seat, Vcc, Via
from padkit_card_dispenser.inquiry import Inquiry
from padkit_card_dispenser.protocol import Failed
from padkit_card_dispenser.replies import ChipPower
from padkit_sdk import BadFrame, DeviceFault
from padkit_sdk.deadline import Deadline
from padkit_sdk.ports import AnswerToReset

MIN_RESPONSE = 2
ALREADY_OFF = frozenset({CHIP_OFF, NOT_READY})


class Chip:
    """One seat of a chip: the contact station, or the selected SAM slot. `live` is False when it is known to be without power."""

    def __init__(self, inquiry: Inquiry, seat: Seat, device: str, *, live: bool) -> None:
        self._inquiry = inquiry
        self._seat = seat
        self._device = device
        self.live = live

    async def reset(self, deadline: Deadline, *, warm: bool = False, vcc: Vcc | None = None) -> AnswerToReset:
        """Power the chip (cold) or reset it under power (warm). Raises `DeviceFault` ``chip.*``."""
        command = commands.warm_reset(self._seat) if warm else commands.cold_reset(self._seat, vcc)
        self.live = True
        return replies.answer_to_reset((await self._inquiry.done(command, deadline)).data)

    async def transmit(self, command: bytes, deadline: Deadline, *, via: Via = Via.AUTO) -> bytes:
        """Send one C-APDU, follow 61 xx and 6C xx, return data and SW1 SW2.

        Raises `Refused` ``apdu.length``; `DeviceFault` ``chip.*``, also when the card asks for more than 32 rounds.
        """
        check_shape(command)
        collected = b""
        for _ in range(ROUNDS):
            done = await self._inquiry.done(commands.chip_exchange(self._seat, command, via), deadline)
            if len(done.data) < MIN_RESPONSE:
                raise BadFrame(f"R-APDU of {len(done.data)} bytes from {self._where()}")
            data, status = done.data[:-MIN_RESPONSE], done.data[-MIN_RESPONSE:]
            if status[0] != WRONG_LE:
                collected += data
            following = follow_up(command, status)
            if following is None:
                return collected + status
            command = following
        what = f"{self._where()}: more than {ROUNDS} rounds of {MORE:X} and {WRONG_LE:X}"
        raise DeviceFault("chip.transmission", f"{what}; power the chip on again once", raw="61/6C")

    async def state(self, deadline: Deadline) -> ChipPower:
        return replies.chip_power((await self._inquiry.done(commands.chip_state(self._seat), deadline)).data)

    async def off(self, deadline: Deadline) -> None:
        """Take the power; a chip that has none is fine."""
        command = commands.chip_off(self._seat)
        reply = await self._inquiry.reply(command, deadline)
        if isinstance(reply, Failed) and reply.code not in ALREADY_OFF:
            raise refusal(reply, device=self._device, command=command.name)
        self.live = False

    def _where(self) -> str:
        return f"{self._seat.name} of card box {self._device}"
