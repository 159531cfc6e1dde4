"""The settings a kit profile may give this reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from padkit_sdk import Refused
from padkit_sdk.links import Setting

DEFAULTS: dict[str, Setting] = {"photo_decoder": "", "appended_address": True}


@dataclass(frozen=True, slots=True)
class Config:
    """`photo_decoder` is the path of an external program, empty for none; `appended_address` asks for the newest address."""

    photo_decoder: str = ""
    appended_address: bool = True


def read_config(settings: Mapping[str, Setting]) -> Config:
    """The settings, with defaults for what is not given. Raises `Refused` ``setting.type``."""
    decoder, address = (settings.get(name, default) for name, default in DEFAULTS.items())
    if not isinstance(decoder, str):
        raise Refused("setting.type", f"back_clip: photo_decoder is {decoder!r}; give the path of a program as text")
    if not isinstance(address, bool):
        raise Refused("setting.type", f"back_clip: appended_address is {address!r}; give true or false")
    return Config(decoder, address)
