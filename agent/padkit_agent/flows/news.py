"""Tells the feed when a device is in another state."""

from __future__ import annotations

from collections.abc import Callable

from padkit_agent.devices import Devices, DeviceState
from padkit_agent.flows.feed import Feed, Progress


async def tell_devices(devices: Devices, feed: Feed, iso: Callable[[], str]) -> None:
    """Say one ``device`` line for each device whose state or problem is another one, until cancelled.

    ``opening`` is not said: a device that fails is opened again and again.
    """
    told = _look(devices)
    with devices.events() as events:
        async for _ in events:  # some of them may be lost: the views tell all
            for device, (state, code) in _look(devices).items():
                if told.get(device) != (state, code):
                    told[device] = state, code
                    feed.say(Progress("device", "", "", "", iso(), device=device, state=state.value, note=code))


def _look(devices: Devices) -> dict[str, tuple[DeviceState, str]]:
    """Return each device's state and the code of its problem."""
    views = (it for it in devices.list() if it.state is not DeviceState.OPENING)
    return {it.device: (it.state, it.problem.code if it.problem else "") for it in views}
