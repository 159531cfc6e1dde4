"""The flow's hand on the reader for bank cards: the customer's card says who it is, its expiry stays in the caller's memory."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from padkit_agent.core import events as ev
from padkit_agent.core.clock import Clock
from padkit_agent.core.flow import SLOT
from padkit_agent.devices import Devices
from padkit_sdk.errors import AskAgain, BadFrame, DeviceFault, LinkLost, OutcomeUnknown, Refused
from padkit_sdk.ports import ChipCard

READ_S = 8.0
LEASE_S = 30.0


async def read_card(
    devices: Devices, flow_id: str, clock: Clock, random_bytes: Callable[[int], bytes]
) -> tuple[ev.AnyEvent, str]:
    """Read the card in the slot under a lease of its own. The second is its expiry (yymm) for the caller's memory, or nothing."""
    from padkit_sdk import pboc  # late: an agent is ready before it reads a chip

    today = datetime.fromtimestamp(clock.now_s(), UTC).date()
    try:
        async with devices.lease(SLOT, owner=flow_id, purpose="read bank card", ttl_s=LEASE_S) as device:
            card = await pboc.read_card(
                device.port(ChipCard), today=today, random_bytes=random_bytes, now_mono_s=clock.mono_s, timeout_s=READ_S
            )
    except (DeviceFault, BadFrame, AskAgain) as exc:
        return ev.ChipUnreadable(str(exc)), ""
    except (LinkLost, OutcomeUnknown, Refused) as exc:
        return ev.DeviceAway(SLOT, str(exc)), ""
    return ev.ChipRead(card.pan.digits, card.sequence), card.expiry.text
