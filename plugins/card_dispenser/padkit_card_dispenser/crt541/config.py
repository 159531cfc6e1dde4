"""The settings a kit profile may give a CRT-541."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from padkit_card_dispenser.crt541.protocol import MAX_ADDRESS
from padkit_sdk import Refused
from padkit_sdk.links import Setting

RATES = ("1200", "2400", "4800", "9600", "19200", "38400")  # specification 4.4.3, B0 to B5
DEFAULTS: dict[str, Setting] = {"baud": "9600", "address": 0}


@dataclass(frozen=True, slots=True)
class Config:
    """`baud` is the rate that the box was set to, `address` what its switches say, 0..15."""

    baud: int
    address: int


def read_config(settings: Mapping[str, Setting]) -> Config:
    """The settings, with defaults for what is not given. Raises `Refused` ``setting.baud`` or ``setting.address``."""
    baud, address = (settings.get(name, default) for name, default in DEFAULTS.items())
    if baud not in RATES:
        raise Refused("setting.baud", f"card_dispenser CRT-541: baud is {baud!r}; give one of {', '.join(RATES)}")
    if type(address) is not int or not 0 <= address <= MAX_ADDRESS:
        raise Refused("setting.address", f"card_dispenser CRT-541: address is {address!r}; give 0..{MAX_ADDRESS}")
    return Config(int(baud), address)
