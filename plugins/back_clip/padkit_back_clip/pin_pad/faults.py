"""Which error an E-code of the keypad becomes; the one place that translates them for flows."""

from __future__ import annotations

from collections.abc import Mapping

from padkit_sdk import AskAgain, DeviceFault

CODES: Mapping[str, tuple[str, str]] = {  # code: fault, what it says and what next
    "E0": ("pin.battery", "its battery is low, keys will be lost; replace it"),
    "E1": ("pin.tamper", "has no initial key; bring it to the secure room"),
    "E2": ("pin.no_key", "has no master key; bring it to the secure room"),
    "E3": ("pin.key", "refuses the key's size; look at the key order"),
    "E4": ("pin.no_key", "has no such key; load the working key"),
    "E5": ("pin.no_key", "its key is missing or does not match; load the working key"),
    "E6": ("pin.key", "refuses the key's parity; ask for the key again"),
    "E7": ("pin.key", "refuses the key as invalid; ask for the key again"),
    "E8": ("pin.refused", "refuses the length; reconnect it"),
    "E9": ("pin.refused", "refuses the data; reconnect it"),
    "EB": ("pin.refused", "refuses a parameter; look at the settings"),
    "EC": ("pin.not_authenticated", "wants the host to prove itself; set user_key_file"),
    "ED": ("pin.locked", "is locked; bring it to the secure room"),
    "EF": ("pin.refused", "reports a general fault; reconnect it, then replace it"),
}
TIMED_OUT = "EE"


def fault_of(code: str, what: str, device: str) -> AskAgain | DeviceFault:
    """The error that `code`, answered at `what`, stands for."""
    if code == TIMED_OUT:
        return AskAgain("pin.timeout", f"PIN keypad {device}: no key in time; ask the customer again")
    fault, said = CODES.get(code, ("pin.unknown", "gave a code that we do not know; reconnect it, then replace it"))
    return DeviceFault(fault, f"PIN keypad {device}: at '{what}' it {said} (code {code})", raw=code)
