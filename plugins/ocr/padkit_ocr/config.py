"""The settings a kit profile may give the document reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from padkit_sdk import Refused
from padkit_sdk.links import Setting

DEFAULTS: dict[str, Setting] = {"least_confidence": 0.75, "site_models": "", "gate": True}


@dataclass(frozen=True, slots=True)
class Config:
    """`least_confidence` is that of a field which no rule checks; `site_models` the folder of models that the site brings.

    Without `gate` every picture is read, however bad: for an evaluation, which asks what the gate was right to refuse.
    """

    least_confidence: float = 0.75
    site_models: Path | None = None
    gate: bool = True


def read_config(settings: Mapping[str, Setting]) -> Config:
    """The settings, with defaults for what is not given. Raises `Refused` ``setting.type``."""
    given = {**DEFAULTS, **settings}
    least, site, gate = given["least_confidence"], given["site_models"], given["gate"]
    if not isinstance(least, int | float) or isinstance(least, bool) or not 0.0 <= least <= 1.0:
        raise Refused("setting.type", f"ocr: least_confidence is {least!r}; give a number from 0 to 1")
    if not isinstance(site, str):
        raise Refused("setting.type", f"ocr: site_models is {site!r}; give the path of a folder as text")
    if not isinstance(gate, bool):
        raise Refused("setting.type", f"ocr: gate is {gate!r}; give true or false")
    return Config(float(least), Path(site) if site else None, gate)
