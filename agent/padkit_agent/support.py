"""Collects a support bundle: what helps to find a fault and tells nothing of a customer. No sealed record is opened for it."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping
from importlib.metadata import version
from urllib.parse import urlsplit

import msgspec

from padkit_agent.config import Settings
from padkit_agent.devices import Devices
from padkit_agent.observe import LogRing
from padkit_agent.observe.bundle import make_bundle
from padkit_agent.store import KitStore
from padkit_agent.uplink.support import SupportSealer
from padkit_contract.crypto import Suite, self_test

PACKAGES = ("padkit-agent", "padkit-sdk", "padkit-contract", "aiohttp", "cryptography", "msgspec")
Standing = Callable[[], Mapping[str, object]]


class Support:
    """Makes bundles. `about` is what the agent says of itself; `standing`, when given, its lock and restrictions."""

    def __init__(
        self,
        settings: Settings,
        devices: Devices,
        store: KitStore,
        ring: LogRing,
        sealer: SupportSealer,
        *,
        suite: Suite,
        about: Standing,
        iso: Callable[[], str],
        standing: Standing = dict,
    ) -> None:
        self._settings = settings
        self._devices = devices
        self._store = store
        self._ring = ring
        self._sealer = sealer
        self._suite = suite
        self._about = about
        self._iso = iso
        self._standing = standing

    async def sealed(self) -> bytes:
        """Return a bundle sealed for the support desk. Raises `Refused` ``support.*``, ``certificate.*``."""
        return self._sealer.seal(await self.bundle())

    async def bundle(self) -> bytes:
        """Return a bundle as it will be read: a ZIP."""
        return make_bundle(
            {
                "versions": {"made_at": self._iso(), **versions()},
                "settings": settings_page(self._settings),
                "status": {**self._about(), "standing": self._standing(), "devices": self._devices.list()},
                "store": await self._store.about(),
                "crypto": {"suite": self._suite.name, "examples": {it.name: it.ok for it in self_test(self._suite)}},
            },
            self._ring.lines(),
        )


def versions() -> dict[str, str]:
    """Return what runs here, and on what."""
    return {
        **{name: version(name) for name in PACKAGES},
        "python": platform.python_version(),
        "system": platform.platform(),
    }


def settings_page(settings: Settings) -> dict[str, object]:
    """Return the settings: names, paths and numbers. Of a driver's own only the names, of an address no user."""
    page: dict[str, object] = msgspec.to_builtins(settings, enc_hook=str)
    url = urlsplit(settings.central.url)
    page["central"] = {**msgspec.to_builtins(settings.central), "url": f"{url.hostname}:{url.port or 443}"}
    page["device"] = [{**msgspec.to_builtins(it), "settings": sorted(it.settings)} for it in settings.device]
    return page
