"""The driver under test: its plugin by entry point or folder, its manifest, the model asked for, the opener of its link."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pluggy

from padkit_sdk.errors import Refused
from padkit_sdk.hookspecs import DriverOffer, plugin_manager
from padkit_sdk.links import LINK_KINDS, Setting
from padkit_sdk.manifest import FILE_NAME, Manifest, read_manifest

PLUGINS = "padkit.plugins"
LINKS = "padkit.links"

LinkOpener = Callable[[Any, Path], Awaitable[Any]]  # a match of its kind, what was found; gives that kind's link


@dataclass(frozen=True, slots=True)
class Target:
    """What is tested. `settings` are complete; `openers` are by kind of link."""

    manifest: Manifest
    offer: DriverOffer
    settings: Mapping[str, Setting]
    openers: Mapping[str, LinkOpener]

    @property
    def model(self) -> str:
        return self.offer.model


def find_target(plugin: str, model: str, settings: Sequence[str]) -> Target:
    """Load `plugin` (entry point name or folder) and pick `model`, which may be empty when it offers one only.

    Raises `Refused` ``plugin.*``, ``manifest.*``, ``setting.*`` or ``link.missing``.
    """
    manifest = _manifest_in(Path(plugin)) if _is_folder(plugin) else _manifest_of(plugin)
    offer = _pick(_offers(manifest), model, manifest.name)
    return Target(manifest, offer, _settings(offer, settings), _openers(offer))


def _is_folder(plugin: str) -> bool:
    return "/" in plugin or Path(plugin).is_dir()


def _manifest_of(name: str) -> Manifest:
    known = entry_points(group=PLUGINS)
    found = next(iter(known.select(name=name)), None)
    if found is None:
        names = ", ".join(sorted(known.names)) or "none"
        raise Refused("plugin.missing", f"plugin {name}: no such entry point in {PLUGINS} (installed: {names})")
    return read_manifest(_package(found) / FILE_NAME)


def _package(entry: EntryPoint) -> Path:
    package = entry.value.partition(":")[0].partition(".")[0]
    spec = find_spec(package)
    folders = list(spec.submodule_search_locations or ()) if spec is not None else []
    if not folders:
        raise Refused("plugin.package", f"plugin {entry.name}: no package {package} to be found; install it again")
    return Path(folders[0])


def _manifest_in(folder: Path) -> Manifest:
    """The manifest in a package's folder or one below; the package becomes importable."""
    found = [path for path in (folder / FILE_NAME, *sorted(folder.glob(f"*/{FILE_NAME}"))) if path.is_file()]
    if len(found) != 1:
        what = f"plugin folder {folder}: {len(found)} files {FILE_NAME}"
        raise Refused("plugin.folder", f"{what}; give a folder that holds one package with one")
    sys.path.insert(0, str(found[0].resolve().parent.parent))
    return read_manifest(found[0])


def _offers(manifest: Manifest) -> list[DriverOffer]:
    manager = plugin_manager()
    try:
        manager.register(importlib.import_module(manifest.module), name=manifest.name)
        manager.check_pending()
    except (ImportError, pluggy.PluginValidationError) as exc:
        raise Refused("plugin.import", f"plugin {manifest.name}, module {manifest.module}: {exc}; repair it") from exc
    answers: list[Sequence[DriverOffer]] = manager.hook.padkit_drivers()
    return [offer for answer in answers for offer in answer]


def _pick(offers: Sequence[DriverOffer], model: str, plugin: str) -> DriverOffer:
    fitting = [offer for offer in offers if model in ("", offer.model)]
    if len(fitting) != 1:
        models = ", ".join(offer.model for offer in offers) or "none"
        what = f"plugin {plugin}: {len(fitting)} models fit {model or 'without --padkit-model'}"
        raise Refused("plugin.model", f"{what}; it offers {models}")
    return fitting[0]


def _settings(offer: DriverOffer, given: Sequence[str]) -> dict[str, Setting]:
    values = dict(offer.settings)
    for word in given:
        name, mark, text = word.partition("=")
        if not mark or name not in values:
            names = ", ".join(values) or "none"
            raise Refused("setting.unknown", f"setting {word!r}: give NAME=VALUE, {offer.model} has {names}")
        values[name] = _parsed(name, text, values[name])
    return values


def _parsed(name: str, text: str, default: Setting) -> Setting:
    """`text` as a value of the type of `default`."""
    try:
        if isinstance(default, bool):
            return {"true": True, "false": False}[text]
        return type(default)(text)
    except (KeyError, ValueError) as exc:
        wanted = type(default).__name__
        raise Refused("setting.type", f"setting {name} is {text!r}; give a {wanted} (default {default!r})") from exc


def _openers(offer: DriverOffer) -> dict[str, LinkOpener]:
    openers: dict[str, LinkOpener] = {}
    for kind in {LINK_KINDS[type(match)] for match in offer.matches}:
        found = next(iter(entry_points(group=LINKS, name=kind)), None)
        if found is None:
            what = f"{offer.model} asks for a {kind} link and nothing installed opens one ({LINKS})"
            raise Refused("link.missing", f"{what}; install padkit-agent")
        openers[kind] = found.load()
    return openers
