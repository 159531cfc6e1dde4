"""The RF station: find a card in the field, exchange with it, let it go. Bringing a card there is the driver's."""

from __future__ import annotations

from padkit_card_dispenser import commands, replies
from padkit_card_dispenser.commands import RfVia
from padkit_card_dispenser.inquiry import Inquiry
from padkit_card_dispenser.replies import RfCard, RfType
from padkit_sdk import BadFrame, DeviceFault
from padkit_sdk.deadline import Deadline

MIN_RESPONSE = 2
VIA = {"M": RfVia.MIFARE, "A": RfVia.TYPE_A, "B": RfVia.TYPE_B}


class RfStation:
    """One 13.56 MHz field. A MIFARE card is spoken to in the box's pseudo-APDUs (manual 5.5)."""

    def __init__(self, inquiry: Inquiry, device: str) -> None:
        self._inquiry = inquiry
        self._device = device
        self._card: RfCard | None = None

    async def activate(self, deadline: Deadline, *, first: str = "A", second: str = "B") -> RfCard:
        """Look for a card, by protocols in the order given. Raises `DeviceFault` ``chip.*``."""
        self._card = None
        done = await self._inquiry.done(commands.rf_activate(first, second), deadline)
        self._card = replies.rf_card(done.data)
        return self._card

    async def transmit(self, command: bytes, deadline: Deadline) -> bytes:
        """Send one APDU to the activated card, return data and SW1 SW2. Raises `DeviceFault` ``chip.off`` without one."""
        if self._card is None:
            raise DeviceFault("chip.off", f"RF of card box {self._device}: no card activated; activate one first")
        done = await self._inquiry.done(commands.rf_exchange(command, VIA[self._card.kind]), deadline)
        if len(done.data) < MIN_RESPONSE:
            raise BadFrame(f"R-APDU of {len(done.data)} bytes from RF of card box {self._device}")
        return done.data

    async def deactivate(self, deadline: Deadline) -> None:
        self._card = None
        await self._inquiry.done(commands.RF_OFF, deadline)

    async def state(self, deadline: Deadline) -> RfType:
        """What is in the field and active."""
        return replies.rf_type((await self._inquiry.done(commands.RF_STATE, deadline)).data)[0]

    async def detect(self, deadline: Deadline) -> RfType:
        """What kind of card lies at the station."""
        return replies.rf_type((await self._inquiry.done(commands.RF_TYPE, deadline)).data)[0]
