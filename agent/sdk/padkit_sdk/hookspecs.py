"""The hooks: what the agent asks of a plugin. pluggy is the only way in; a plugin needs nothing else of us.

A hook is a promise: its docstring says when it is called, how often and what it must not do.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pluggy

from padkit_sdk.links import DriverContext, LinkMatch, Setting
from padkit_sdk.ports import Device

PROJECT = "padkit"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)

OpenDriver = Callable[[Any, DriverContext], Awaitable[Device]]  # the link is of the kind that the match asks for


@dataclass(frozen=True, slots=True)
class DriverOffer:
    """One model a plugin can drive.

    `ports` are keys of `padkit_sdk.ports.PORTS`, every one implemented by the object that `open` returns. `matches` are
    the wires it is found on. `settings` are the names a kit profile may set, with their defaults. `open` gets a link that
    is open and owned by the worker; it talks to the device (moving nothing) and raises the SDK's errors.
    """

    model: str
    ports: tuple[str, ...]
    matches: tuple[LinkMatch, ...]
    open: OpenDriver
    settings: dict[str, Setting] = field(default_factory=dict)


@hookspec
def padkit_drivers() -> Sequence[DriverOffer]:
    """Say which models this plugin drives.

    Called once in the plugin's own worker, right after import. Must not touch hardware, files or the network, and must
    not import anything slow: put that into the driver module, imported by `open`.
    """
    raise AssertionError("a hook specification is never called")


def plugin_manager() -> pluggy.PluginManager:
    """Return a new manager that knows the hooks above and no plugin yet."""
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(__import__("padkit_sdk.hookspecs", fromlist=["padkit_drivers"]))
    return manager
