"""The settings that a kit profile may give the plugin, each with its range. No model and no picture here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from padkit_liveness.rule import THRESHOLD, WEIGHTS, Rule
from padkit_sdk import Refused
from padkit_sdk.links import Setting
from padkit_sdk.ports import Portrait

DEFAULTS: dict[str, Setting] = {
    "site_models": "",
    "embedder": "dlib_face_resnet_v1_fp16w",
    "alike_chip": 0.50,
    "alike_print": 0.48,
    "alike_online": 0.50,
    "same_face_distance": 0.45,
    "passive_threshold": 0.5,
    "flash_threshold": 0.8,
    "live_threshold": THRESHOLD,
    **{f"weight_{layer}": weight for layer, weight in WEIGHTS.items()},
}
ALIKE = (0.3, 1.0)  # below it strangers are alike
RANGES: Mapping[str, tuple[float, float]] = {
    "alike_chip": ALIKE,
    "alike_print": ALIKE,
    "alike_online": ALIKE,
    "same_face_distance": (0.1, 0.7),
    "passive_threshold": (0.05, 0.99),
    "flash_threshold": (0.5, 0.99),
    "live_threshold": (0.5, 1.0),
    **dict.fromkeys((f"weight_{layer}" for layer in WEIGHTS), (0.0, 1.0)),
}


@dataclass(frozen=True, slots=True)
class Config:
    """What the plugin works by; see the README for each setting."""

    site_models: Path | None
    embedder: str
    alike: Mapping[Portrait, float]
    same_face_distance: float
    passive_threshold: float
    flash_threshold: float
    rule: Rule


def read_config(settings: Mapping[str, Setting]) -> Config:
    """The settings, with defaults for what is not given. Raises `Refused` ``setting.type``, ``setting.range``."""
    given = {**DEFAULTS, **settings}
    numbers = {name: _number(name, given[name]) for name in RANGES}
    site = _text("site_models", given["site_models"])
    if site and not Path(site).is_absolute():
        raise Refused("setting.type", f"liveness: site_models is {site!r}; give an absolute path, or nothing")
    weights = {layer: numbers[f"weight_{layer}"] for layer in WEIGHTS}
    threshold = numbers["live_threshold"]
    if sum(weights.values()) < threshold:
        told = f"liveness: the weights add up to {sum(weights.values()):g}, live_threshold is {threshold:g}"
        raise Refused("setting.range", f"{told}; nobody could pass, give larger weights")
    return Config(
        Path(site) if site else None,
        _text("embedder", given["embedder"]),
        {portrait: numbers[f"alike_{portrait.value}"] for portrait in Portrait},
        numbers["same_face_distance"],
        numbers["passive_threshold"],
        numbers["flash_threshold"],
        Rule(weights, threshold),
    )


def _number(name: str, value: Setting) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused("setting.type", f"liveness: {name} is {value!r}; give a number")
    least, most = RANGES[name]
    if not least <= value <= most:
        raise Refused("setting.range", f"liveness: {name} is {value}; give {least:g} to {most:g}")
    return float(value)


def _text(name: str, value: Setting) -> str:
    if not isinstance(value, str):
        raise Refused("setting.type", f"liveness: {name} is {value!r}; give a text")
    return value
