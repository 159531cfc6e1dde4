"""The settings a kit profile may give a fingerprint reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from padkit_sdk import Refused
from padkit_sdk.links import Setting

DEFAULTS: dict[str, Setting] = {"match_threshold": 40, "templates": True}
R30X_DEFAULTS: dict[str, Setting] = {**DEFAULTS, "address": "FFFFFFFF", "password": "00000000"}
MOST = 1_000  # no two fingers score higher


@dataclass(frozen=True, slots=True)
class Config:
    """`match_threshold` is the score from which two templates count as alike; `templates` asks for one with each sample.

    `address` and `password` are four bytes of an EF01 module.
    """

    match_threshold: int = 40
    templates: bool = True
    address: bytes = b"\xff" * 4
    password: bytes = field(default=bytes(4), repr=False)


def read_config(settings: Mapping[str, Setting]) -> Config:
    """The settings, with defaults for what is not given. Raises `Refused` ``setting.type``."""
    given = {**R30X_DEFAULTS, **settings}
    threshold, templates = given["match_threshold"], given["templates"]
    if not isinstance(threshold, int) or isinstance(threshold, bool) or not 0 < threshold <= MOST:
        raise Refused("setting.type", f"fingerprint: match_threshold is {threshold!r}; give a whole number 1 to {MOST}")
    if not isinstance(templates, bool):
        raise Refused("setting.type", f"fingerprint: templates is {templates!r}; give true or false")
    return Config(threshold, templates, _four("address", given["address"]), _four("password", given["password"]))


def _four(name: str, value: Setting) -> bytes:
    try:
        found = bytes.fromhex(value) if isinstance(value, str) else b""
    except ValueError:
        found = b""
    if len(found) != 4:
        raise Refused("setting.type", f"fingerprint: {name} is not four bytes; give eight hexadecimal digits as text")
    return found
