"""Which wire is which device of the kit profile. No I/O here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from padkit_agent.core.found import FoundWire
from padkit_agent.devices.profile import DeviceProfile
from padkit_agent.devices.views import Problem
from padkit_agent.plugins.messages import OfferView
from padkit_sdk.links import LINK_KINDS, Ble, Library, LinkMatch, Onboard, Pcsc, Pictures, Usb, UsbSerial

ADDRESS = re.compile(r"([0-9A-F]{2}:){5}[0-9A-F]{2}")  # of a Bluetooth peripheral


@dataclass(frozen=True, slots=True)
class Wire:
    """The wire that a device is on, and the match to open it with."""

    port: FoundWire
    match: LinkMatch


def match_wire(
    profile: DeviceProfile,
    offer: OfferView,
    plugged: Sequence[FoundWire],
    *,
    pinned: str = "",
    others: Iterable[str] = (),
) -> Wire | Problem | None:
    """Return the wire of `profile`, None when it is not plugged, a `Problem` when another device is in its place.

    `pinned` is the serial number this device had before, `others` those that belong to other devices of the kit.
    """
    expected = profile.serial or pinned
    candidates = [
        Wire(port, msgspec.structs.replace(match, serial=port.serial, location=port.location))
        for match in offer.matches
        for port in plugged
        if _fits(match, port) and _may_be_ours(profile, port)
        if profile.location in ("", port.location) and port.serial not in set(others)
    ]
    ours = [wire for wire in candidates if expected in ("", wire.port.serial)]
    if len(ours) == 1:
        return ours[0]
    if ours:
        return _ambiguous(profile, ours)
    return _swapped(profile, candidates[0].port, expected) if candidates else None


def _ambiguous(profile: DeviceProfile, wires: Sequence[Wire]) -> Problem:
    places = ", ".join(wire.port.location or wire.port.serial or wire.port.name for wire in wires)
    return Problem("device.ambiguous", f"{profile.device}: {profile.model} at {places}; name a serial or location")


def _swapped(profile: DeviceProfile, other: FoundWire, expected: str) -> Problem:
    told = f"adapter {other.serial or 'without serial'} at {other.location or other.name}, expected {expected}"
    retry = f"accept it with `padkit-agent device retry {profile.device}`"
    accept = "name its serial in the kit profile (agent.toml)" if profile.serial else retry
    return Problem("device.swapped", f"{profile.device}: {told}; plug ours, or {accept}")


def _may_be_ours(profile: DeviceProfile, port: FoundWire) -> bool:
    """What is on the air may be a neighbour's: it is looked at only when the kit profile names an address."""
    return port.kind != "ble" or ADDRESS.fullmatch(profile.serial) is not None


def _fits(match: LinkMatch, port: FoundWire) -> bool:
    narrowed = match.serial in ("", port.serial) and match.location in ("", port.location)
    return narrowed and LINK_KINDS[type(match)] == port.kind and _is_kind(match, port)


def _is_kind(match: LinkMatch, port: FoundWire) -> bool:
    match match:
        case UsbSerial() | Usb():
            return (match.vid, match.pid) == (port.vid, port.pid)
        case Pcsc():
            return port.name.startswith(match.reader)
        case Ble():
            return match.service in port.services
        case Library():
            return port.name == match.file
        case Onboard() | Pictures():
            return True
