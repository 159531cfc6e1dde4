"""The kit's devices as central is told of them with each contact."""

from __future__ import annotations

from collections.abc import Iterable

from padkit_agent.devices import DeviceState, DeviceView
from padkit_contract.contact import DeviceWord

THERE = frozenset({DeviceState.READY, DeviceState.OPENING, DeviceState.LOCKED})
MAX_DEVICES = 32
MAX_WORD = 64


def device_words(views: Iterable[DeviceView]) -> tuple[DeviceWord, ...]:
    """Return the devices that are plugged and told once who they are; what has no wire is no peripheral.

    What a device says of itself is cut to a plain word.
    """
    known = ((view, view.identity) for view in views if view.where and view.state in THERE)
    words = (
        DeviceWord(_plain(it.device), _plain(it.plugin), _plain(who.model), _plain(who.serial), _plain(who.firmware))
        for it, who in known
        if who is not None
    )
    return tuple(words)[:MAX_DEVICES]


def _plain(text: str) -> str:
    return "".join(each for each in text if each.isprintable()).strip()[:MAX_WORD]
