"""The settings a kit profile may give a pad."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from padkit_sdk import Refused
from padkit_sdk.links import Setting

DEFAULTS: dict[str, Setting] = {"image_pipe": 1, "ink_on": 0x15, "ink_off": 0x10, "ink_width": 2}
MOST = {"image_pipe": 15, "ink_on": 0x0FFF, "ink_off": 0x0FFF, "ink_width": 5}


@dataclass(frozen=True, slots=True)
class Config:
    """`image_pipe` is the number of the OUT endpoint for pictures, 0: feature reports only.

    `ink_on`, `ink_off` are the pressures at which a stroke begins and ends (manual 3, report 22); `ink_width` the pen's width.
    """

    image_pipe: int
    ink_on: int
    ink_off: int
    ink_width: int


def read_config(settings: Mapping[str, Setting]) -> Config:
    """The settings, with defaults for what is not given. Raises `Refused` ``setting.type``."""
    values: dict[str, int] = {}
    for name, default in DEFAULTS.items():
        value = settings.get(name, default)
        if type(value) is not int or not 0 <= value <= MOST[name]:
            raise Refused("setting.type", f"signature_pad: {name} is {value!r}; give a whole number, 0 to {MOST[name]}")
        values[name] = value
    return Config(**values)
