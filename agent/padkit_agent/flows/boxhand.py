"""The flow's hand on the card box: actions in, events out. Every error of the port becomes an event here, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from padkit_agent.core import events as ev
from padkit_agent.core.actions import AwaitTaken, LookAtBox, MoveCard, Target
from padkit_agent.core.clock import Clock
from padkit_agent.core.flow import BOX, Flow
from padkit_agent.core.variant import CANNOT, unfit
from padkit_agent.devices import LeasedDevice
from padkit_sdk.errors import AskAgain, BadFrame, DeviceFault, LinkLost, OutcomeUnknown, PadkitError, Refused
from padkit_sdk.ports import BoxStatus, CardDispenser, CardPlace, ChipCard, HopperLevel, Slot

if TYPE_CHECKING:
    from padkit_sdk.pboc import CardData

LOOK_S = 5.0
PREPARE_S = 20.0
MOTION_S = 20.0
CHIP_S = 10.0
POLL_S = 0.3  # CRT-591 reference: 200 to 500 ms is customary
SLOTS = {Target.READER: Slot.READER, Target.GATE: Slot.GATE, Target.BIN: Slot.BIN}


def seen(status: BoxStatus, *, lost_power: bool = False) -> ev.Seen:
    """Return what the rules want to know of a status."""
    return ev.Seen(
        place=ev.Place(status.card.value),
        bin_count=status.bin_count,
        bin_full=status.bin_full,
        empty=status.hopper is HopperLevel.EMPTY,
        lost_power=lost_power,
    )


class BoxHand:
    """Works on one leased box."""

    def __init__(self, box: LeasedDevice, clock: Clock, random_bytes: Callable[[int], bytes]) -> None:
        self._box = box
        self._clock = clock
        self._random_bytes = random_bytes

    @property
    def _dispenser(self) -> CardDispenser:
        return self._box.port(CardDispenser)

    async def look(self, flow: Flow, action: LookAtBox) -> ev.AnyEvent:
        """Ask where the card is; after a power loss or a fault make the box ready first, which moves nothing.

        A power loss that may matter to a card is told before: a box that was made ready does not say so any more. Before a
        card is in play, a box that cannot do what follows is told as a fault ``box.cannot``.
        """
        in_play = flow.card is not None or flow.doubt is not None
        try:
            if not in_play and await self.unfit():
                return ev.BoxFault(CANNOT, None)
            status = await self._dispenser.status(timeout_s=LOOK_S)
            lost_power = not status.ready
            if lost_power and in_play and not flow.lost_power:
                return ev.BoxSeen(seen(status, lost_power=True))
            if lost_power or flow.doubt is not None:
                status = await self._dispenser.prepare(timeout_s=PREPARE_S)
        except DeviceFault as exc:
            return ev.BoxFault(exc.fault, None)
        except (LinkLost, Refused) as exc:
            return ev.DeviceAway(BOX, str(exc))
        except PadkitError as exc:
            return ev.Doubtful(str(exc))
        return ev.BoxSeen(seen(status, lost_power=lost_power))

    async def unfit(self) -> str:
        """Say why no card can be opened with this box, empty when one can. Raises `LinkLost`, `OutcomeUnknown`, `Refused`."""
        return unfit({it.value for it in await self._dispenser.capabilities()})

    async def stage(self) -> ev.AnyEvent:
        """Feed one card."""
        try:
            return ev.Moved(seen(await self._dispenser.stage(timeout_s=MOTION_S)))
        except DeviceFault as exc:
            return await self._fault(exc)
        except PadkitError as exc:
            return ev.Doubtful(str(exc))

    async def move(self, action: MoveCard) -> ev.AnyEvent:
        """Bring the card in play somewhere; never feeds."""
        try:
            return ev.Moved(seen(await self._dispenser.move(SLOTS[action.to], timeout_s=MOTION_S)))
        except DeviceFault as exc:
            return await self._fault(exc)
        except PadkitError as exc:
            return ev.Doubtful(str(exc))

    async def _fault(self, fault: DeviceFault) -> ev.BoxFault:
        try:
            return ev.BoxFault(fault.fault, seen(await self._dispenser.status(timeout_s=LOOK_S)))
        except PadkitError:
            return ev.BoxFault(fault.fault, None)

    async def read_chip(self) -> tuple[ev.AnyEvent, CardData | None]:
        """Read the staged card; the data itself goes back to the caller's memory, only numbers go into the event."""
        from padkit_sdk.pboc import read_card  # late: an agent is ready before it reads a chip

        today = datetime.fromtimestamp(self._clock.now_s(), UTC).date()
        try:
            card = await read_card(
                self._box.port(ChipCard),
                today=today,
                random_bytes=self._random_bytes,
                now_mono_s=self._clock.mono_s,
                timeout_s=CHIP_S,
            )
        except (DeviceFault, BadFrame, AskAgain) as exc:
            return ev.ChipUnreadable(str(exc)), None
        except (OutcomeUnknown, LinkLost, Refused) as exc:
            return ev.Doubtful(str(exc)), None
        return ev.ChipRead(card.pan.digits, card.sequence), card

    async def await_taken(self, flow: Flow, action: AwaitTaken) -> ev.AnyEvent:
        """Watch the gate. Taken means: cleared on two looks, the bin counter unchanged, no power lost in between."""
        deadline = self._clock.mono_s() + action.timeout_s
        cleared = flaps = 0
        while True:
            try:
                status = await self._dispenser.status(timeout_s=LOOK_S)
            except PadkitError as exc:
                return ev.Doubtful(str(exc))
            if not status.ready:
                return ev.Doubtful("the box lost power with a card at the gate")
            if status.card is CardPlace.NONE:
                cleared += 1
                if cleared >= 2:
                    return self._gone(flow, status)
            else:
                flaps += int(cleared > 0 or status.card is CardPlace.UNCLEAR)
                cleared = 0
                if flaps >= 2:
                    return ev.TakenUnclear("the gate's sensors do not settle")
                if self._clock.mono_s() >= deadline:
                    at_gate = status.card is CardPlace.GATE
                    return (
                        ev.NotTaken()
                        if at_gate
                        else ev.Doubtful(f"the card is at the gate no more: {status.card.value}")
                    )
            await self._clock.sleep(POLL_S)

    def _gone(self, flow: Flow, status: BoxStatus) -> ev.AnyEvent:
        if status.bin_count is None:
            return ev.TakenUnclear("the bin counter cannot be read")
        if status.bin_count != flow.bin_count:
            return ev.TakenUnclear(f"the bin counter went from {flow.bin_count} to {status.bin_count}")
        return ev.CardTaken()
