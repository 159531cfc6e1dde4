"""`padkit-plugin.toml`: what a plugin says about itself, read without importing any of its code.

The file lies inside the plugin's package. Unknown keys are refused with their name, so a typing error is not a silent
default.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec

from padkit_sdk.errors import Refused

FILE_NAME = "padkit-plugin.toml"
MAX_SIZE = 16_384
SDK_VERSION = 1  # what `sdk` in a manifest must equal


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the worker of this plugin may use at most."""

    memory_mb: int = 256
    open_files: int = 64


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One plugin. `links` are the kinds of wire it asks for (``usb_serial``); `ports` the ports it offers.

    `module` is the module that holds the hook implementations; `isolation` is ``worker`` or, in unit tests, ``inline``.
    """

    name: str
    version: str
    sdk: int
    module: str
    ports: tuple[str, ...]
    links: tuple[str, ...]
    summary: dict[str, str] = {}
    isolation: str = "worker"
    limits: Limits = Limits()


def read_manifest(path: Path) -> Manifest:
    """Read and check one manifest. Raises `Refused` ``manifest.*`` with file, key and what to do."""
    try:
        raw = path.read_bytes()
    except OSError as exc:
        raise Refused(
            "manifest.missing", f"plugin manifest {path}: {exc.strerror}; ship {FILE_NAME} in the package"
        ) from exc
    if len(raw) > MAX_SIZE:
        raise Refused("manifest.size", f"plugin manifest {path}: {len(raw)} bytes, at most {MAX_SIZE}; shorten it")
    try:
        manifest = msgspec.convert(tomllib.loads(raw.decode()), Manifest)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as exc:
        raise Refused(
            "manifest.invalid", f"plugin manifest {path}: {exc}; see the plugin reference for the keys"
        ) from exc
    if manifest.sdk != SDK_VERSION:
        raise Refused(
            "manifest.sdk", f"plugin {manifest.name}: made for SDK {manifest.sdk}, this is {SDK_VERSION}; update it"
        )
    return manifest
