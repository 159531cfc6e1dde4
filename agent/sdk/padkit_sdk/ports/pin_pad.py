"""The port of a PIN keypad: a customer's PIN goes in, an encrypted block comes out; the digits never leave the keypad.

There is no plain key in this port: working keys come encrypted under a master key that was loaded in a secure room.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Protocol

from padkit_sdk.ports.device import Device
from padkit_sdk.secrets import HiddenBytes, Pan

LEAST_PIN, MOST_PIN = 4, 12  # digits, ISO 9564-1
LONGEST_ENTRY_S = 255.0  # one entry


class PinFormat(enum.Enum):
    """PIN block formats of ISO 9564-1."""

    ISO_0 = "iso_0"  # 8 bytes, bound to the account; the same PIN gives the same block
    ISO_1 = "iso_1"
    ISO_3 = "iso_3"  # 8 bytes, bound to the account, random filler
    ISO_4 = "iso_4"  # 16 bytes, AES


class PinAbility(enum.Enum):
    """What a keypad can do beyond one entry."""

    TWICE = "twice"  # `read_pin` may ask for the PIN twice
    COMPARES_INSIDE = "compares_inside"  # the keypad compares the two; without it the driver compares encrypted blocks
    LISTS_KEYS = "lists_keys"  # `loaded_keys` tells all; without it those loaded since the keypad was opened


@dataclass(frozen=True, slots=True)
class PinPadCapabilities:
    """The formats that `read_pin` takes, and what else the keypad can do."""

    formats: frozenset[PinFormat]
    abilities: frozenset[PinAbility]


@dataclass(frozen=True, slots=True)
class PinPadStatus:
    """One look. `tampered`: the keypad erased its keys (or never had any); `input_on`: keys work now."""

    tampered: bool
    input_on: bool


@dataclass(frozen=True, slots=True)
class KeyCheck:
    """A loaded key: its id as two hex digits, and its check value as six (first bytes of zeros encrypted under it)."""

    key_id: str
    kcv: str


@dataclass(frozen=True, slots=True)
class PinBlock:
    """An encrypted PIN block of 8 or 16 bytes. `kcv` is that of key `key_id`, empty when the keypad does not tell."""

    block: HiddenBytes
    format: PinFormat
    key_id: str
    kcv: str = ""


class PinPad(Device, Protocol):
    """A keypad for PINs. Its events `pin.entry` and `pin.key_pressed` hold counts, never a digit.

    Every method raises `DeviceFault` ``pin.tamper``, ``pin.battery``, ``pin.locked``, ``pin.not_authenticated``,
    ``pin.refused`` or ``pin.unknown`` when the keypad says no, and `LinkLost`, `BadFrame`, `OutcomeUnknown` for the wire.
    """

    async def capabilities(self) -> PinPadCapabilities:
        """What this keypad can do. No I/O."""
        ...

    async def status(self, *, timeout_s: float) -> PinPadStatus:
        """Look."""
        ...

    async def loaded_keys(self, *, timeout_s: float) -> tuple[KeyCheck, ...]:
        """The keys that the keypad is known to hold, see `PinAbility.LISTS_KEYS`."""
        ...

    async def load_working_key(
        self, *, key_id: str, under_id: str, cryptogram: HiddenBytes, kcv: str, timeout_s: float
    ) -> KeyCheck:
        """Load a PIN key of 16 or 24 bytes, encrypted under the master key `under_id`.

        Raises:
            DeviceFault: ``pin.no_key`` (there is no such master key), ``pin.key`` (the keypad refuses this one),
                ``pin.kcv`` (the check value is not `kcv`; the key was erased again).
            Refused: ``pin.argument``; nothing was sent.
        """
        ...

    async def read_pin(
        self,
        *,
        account: Pan,
        key_id: str,
        format: PinFormat,  # noqa: A002 - the word of the norm
        min_length: int,
        max_length: int,
        twice: bool,
        timeout_s: float,
    ) -> PinBlock:
        """Let the customer enter a PIN of `min_length` to `max_length` digits and end with Enter; `twice`: two equal ones.

        `timeout_s` is for all of it. A cancel of this call ends the entry; the keypad then takes no keys.

        Raises:
            AskAgain: ``pin.cancelled`` (by the customer), ``pin.timeout``, ``pin.mismatch`` (the two are not equal).
            DeviceFault: ``pin.no_key``; ``pin.plain_keys`` (the keypad sent a digit: take it out of service).
            Refused: ``pin.argument``, ``pin.format`` (not offered, or not with `twice`); nothing was sent.
        """
        ...
