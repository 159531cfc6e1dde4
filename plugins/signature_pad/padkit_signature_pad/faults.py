"""Which fault a pad's last result becomes; the one place that translates its codes for flows."""

from __future__ import annotations

from padkit_sdk import DeviceFault

WRONG_STATE = 0x02
IMAGE_RESULTS = frozenset({0x10, 0x11, 0x12, 0x15})  # encoding, too long, zlib, parameters
UNSUPPORTED = frozenset({0x01, 0x20})  # no such report, no such feature


def fault_of(result: int, command: str, device: str) -> DeviceFault:
    """The fault that the last result `result` to `command` stands for, raw code kept."""
    raw = f"{result:02X}"
    where = f"signature pad {device}: at '{command}' it"
    if result == WRONG_STATE:
        return DeviceFault("pad.wrong_state", f"{where} was in another state (result {raw}); try again", raw=raw)
    if result in IMAGE_RESULTS:
        return DeviceFault(
            "pad.image", f"{where} refused the picture (result {raw}); try again, then report it", raw=raw
        )
    if result in UNSUPPORTED:
        return DeviceFault("pad.unsupported", f"{where} said that it cannot (result {raw}); report it", raw=raw)
    return DeviceFault("pad.unknown", f"{where} refused with {raw}, which we do not know; report it", raw=raw)
