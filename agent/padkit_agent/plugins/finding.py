"""Finding plugins by entry point and reading their manifests, without importing any of their code.

A root is the environment of this program, or a bundle: a folder with an unpacked wheel and its dependencies. Roots are
searched in order; the first plugin of a name wins, later ones are reported.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.machinery import PathFinder
from importlib.metadata import Distribution, EntryPoint
from importlib.util import find_spec
from pathlib import Path

from padkit_agent.plugins.ports import KNOWN_PORTS
from padkit_sdk.errors import Refused
from padkit_sdk.links import LINK_KINDS
from padkit_sdk.manifest import FILE_NAME, Manifest, read_manifest

GROUP = "padkit.plugins"


@dataclass(frozen=True, slots=True)
class FoundPlugin:
    """A plugin that may be started. `paths` go in front of its worker's import path; empty for the environment."""

    manifest: Manifest
    paths: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.manifest.name


@dataclass(frozen=True, slots=True)
class PluginSearch:
    """What a search found, by name, and what it had to refuse, with the reason."""

    found: dict[str, FoundPlugin]
    refused: dict[str, Refused]


def find_plugins(bundles: Sequence[Path] = ()) -> PluginSearch:
    """Search the environment, then each bundle. One plugin's bad manifest refuses that plugin only."""
    found: dict[str, FoundPlugin] = {}
    refused: dict[str, Refused] = {}
    for bundle in (None, *bundles):
        for entry in _entries(bundle):
            label = f"{entry.name} in {bundle or 'environment'}"
            try:
                plugin = _read(entry, bundle)
                if plugin.name in found:
                    raise Refused("plugin.shadowed", f"plugin {label}: an earlier root has one; remove either")
                found[plugin.name] = plugin
            except Refused as exc:
                refused[label] = exc
    return PluginSearch(found, refused)


def _entries(bundle: Path | None) -> Iterator[EntryPoint]:
    distributions = Distribution.discover() if bundle is None else Distribution.discover(path=[str(bundle)])
    for distribution in distributions:
        yield from distribution.entry_points.select(group=GROUP)


def _read(entry: EntryPoint, bundle: Path | None) -> FoundPlugin:
    manifest = read_manifest(_package_folder(entry, bundle) / FILE_NAME)
    if (manifest.name, manifest.module) != (entry.name, entry.value):
        told = f"entry point {entry.name} = {entry.value}, manifest {manifest.name} = {manifest.module}"
        raise Refused("manifest.module", f"plugin {entry.name}: {told}; make them equal")
    for what, said, known in (
        ("ports", manifest.ports, set(KNOWN_PORTS)),
        ("links", manifest.links, set(LINK_KINDS.values())),
        ("isolation", (manifest.isolation,), {"worker", "inline"}),
    ):
        if surplus := set(said) - known:
            raise Refused(
                f"manifest.{what}", f"plugin {entry.name}: {what} {sorted(surplus)} unknown; use {sorted(known)}"
            )
    return FoundPlugin(manifest, () if bundle is None else (str(bundle.absolute()),))


def _package_folder(entry: EntryPoint, bundle: Path | None) -> Path:
    """The folder of the entry point's top package. Looking up a top package runs none of its code."""
    package = entry.value.partition(":")[0].partition(".")[0]
    spec = find_spec(package) if bundle is None else PathFinder.find_spec(package, [str(bundle)])
    folders = list(spec.submodule_search_locations or ()) if spec is not None else []
    if not folders:
        raise Refused("plugin.package", f"plugin {entry.name}: no package {package} to be found; install it again")
    return Path(folders[0])
