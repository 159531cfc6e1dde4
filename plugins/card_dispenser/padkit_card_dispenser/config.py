"""The settings a kit profile may give this box."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from padkit_card_dispenser.protocol import MAX_ADDRESS
from padkit_sdk import Refused
from padkit_sdk.links import Setting

AUTO = "auto"
PROBE_ORDER = (38_400, 9_600, 57_600, 19_200)  # manual 2: all rates of the family, the likeliest first
DEFAULTS: dict[str, Setting] = {"baud": "38400", "address": 0}


@dataclass(frozen=True, slots=True)
class Config:
    """`bauds` are the rates to try, in this order; `address` is what the DIP switches of the box say, 0..15."""

    bauds: tuple[int, ...]
    address: int


def read_config(settings: Mapping[str, Setting]) -> Config:
    """The settings, with defaults for what is not given. Raises `Refused` ``setting.baud`` or ``setting.address``."""
    baud, address = (settings.get(name, default) for name, default in DEFAULTS.items())
    rates = {str(rate): (rate,) for rate in PROBE_ORDER} | {AUTO: PROBE_ORDER}
    if str(baud) not in rates:
        raise Refused("setting.baud", f"card_dispenser: baud is {baud!r}; give one of {', '.join(rates)}")
    if type(address) is not int or not 0 <= address <= MAX_ADDRESS:
        raise Refused("setting.address", f"card_dispenser: address is {address!r}; give 0..{MAX_ADDRESS}")
    return Config(rates[str(baud)], address)
