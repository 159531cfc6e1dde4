"""Hosts one plugin: opens its drivers on links, calls their ports, closes them. The same object in a worker and inline."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from padkit_agent.plugins.loading import link_kind, load_offers, view_of
from padkit_agent.plugins.messages import Call, Lock, OfferView, Open
from padkit_agent.plugins.ports import DEVICE_PORT, KNOWN_PORTS, method_of, methods_of
from padkit_sdk.errors import LinkLost, PadkitError, Refused
from padkit_sdk.hookspecs import DriverOffer
from padkit_sdk.links import DeviceEvent, DriverContext, Setting
from padkit_sdk.manifest import Manifest
from padkit_sdk.ports import Device

OPEN_S = 10.0  # a driver that has not opened by then never will
CLOSE_S = 2.0

LinkOpener = Callable[[Any, Path], Awaitable[Any]]  # a match of its kind, what was found; gives that kind's link


class HostObserver(Protocol):
    """Where a host tells what happens beside the calls."""

    def on_event(self, device: str, event: DeviceEvent) -> None:
        """A device said something by itself."""
        ...

    def on_log(self, event: str, fields: Mapping[str, str]) -> None:
        """The host has to report a driver's misbehaviour."""
        ...


@dataclass(slots=True)
class Hosted:
    """One open device: its driver, and the stack that closes driver and link."""

    driver: Device
    ports: tuple[str, ...]
    closing: AsyncExitStack
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class PluginHost:
    """One plugin and its open devices. Calls to one device take turns; devices do not wait for each other."""

    def __init__(
        self,
        manifest: Manifest,
        openers: Mapping[str, LinkOpener],
        observer: HostObserver,
        now_mono_s: Callable[[], float],
    ) -> None:
        self._manifest = manifest
        self._openers = openers
        self._observer = observer
        self._now_mono_s = now_mono_s
        self._offers: dict[str, DriverOffer] = {}
        self._hosted: dict[str, Hosted] = {}
        self.lock: Lock | None = None  # what the core forbids for now

    def load(self) -> tuple[OfferView, ...]:
        """Import the plugin and return what it offers. Raises `Refused` ``plugin.*``."""
        self._offers = load_offers(self._manifest)
        return tuple(view_of(offer) for offer in self._offers.values())

    async def open(self, request: Open) -> None:
        """Open a device; one that was open under that name is closed first.

        Raises:
            Refused: what the core's lock says; ``plugin.model``, ``plugin.link``, ``plugin.offer``, ``setting.*``.
            PadkitError: what the link or the driver raised; nothing stays open.
        """
        self._check_lock(request.device)
        await self.close(request.device)
        offer = self._offers.get(request.model)
        if offer is None:
            offered = ", ".join(self._offers)
            raise self._refused("plugin.model", f"no model {request.model} for {request.device}; it offers {offered}")
        context = DriverContext(
            device=request.device,
            now_mono_s=self._now_mono_s,
            emit=lambda event: self._observer.on_event(request.device, event),
            settings=self._settings(offer, request.settings),
        )
        async with AsyncExitStack() as stack:
            try:
                async with asyncio.timeout(OPEN_S):
                    driver = await self._open_driver(offer, request, context, stack)
            except TimeoutError as exc:
                raise LinkLost(f"{request.device}: driver not open within {OPEN_S:g} s; check the device") from exc
            self._hosted[request.device] = Hosted(driver, offer.ports, stack.pop_all())

    async def call(self, request: Call) -> bytes:
        """Call one method and return its packed result.

        Raises `LinkLost` (not open, nothing was done), `Refused` ``port.*`` or what the core's lock says (nothing was done),
        and what the driver raised.
        """
        self._check_lock(request.device)
        hosted = self._hosted.get(request.device)
        if hosted is None:
            raise LinkLost(f"{request.device} is not open in its worker; wait until it is ready")
        if request.port not in (*hosted.ports, DEVICE_PORT):
            raise Refused("port.missing", f"{request.device} offers {', '.join(hosted.ports)}, not {request.port}")
        codec = method_of(request.port, request.method)
        arguments = codec.unpack(request.arguments)
        async with hosted.turn:
            self._check_lock(request.device)
            return codec.pack_result(await getattr(hosted.driver, request.method)(**arguments))

    async def close(self, device: str) -> None:
        """Let the driver leave the device safe and close its link; never raises for what a driver does."""
        hosted = self._hosted.pop(device, None)
        if hosted is None:
            return
        try:
            async with asyncio.timeout(CLOSE_S):
                await hosted.closing.aclose()
        except (PadkitError, TimeoutError) as exc:
            self._observer.on_log("driver.close_failed", {"device": device, "error": repr(exc)})
        except Exception as exc:  # noqa: BLE001 - a driver's bug must not keep the next device from closing
            self.report_bug(device, "close", exc)

    async def aclose(self) -> None:
        """Close every device."""
        for device in tuple(self._hosted):
            await self.close(device)

    def _check_lock(self, device: str) -> None:
        if self.lock is not None and device not in self.lock.allowed:
            raise Refused(self.lock.reason, f"{device}: locked by central or by the kit itself; nothing was done")

    def report_bug(self, device: str, method: str, exc: Exception) -> None:
        """Log an error that is not of the family: its type and place, not its text, which may hold what must not be seen."""
        frames = traceback.extract_tb(exc.__traceback__)[-3:]
        place = " > ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames)
        fields = {"device": device, "method": method, "error": type(exc).__name__, "place": place}
        self._observer.on_log("driver.bug", fields)

    async def _open_driver(
        self, offer: DriverOffer, request: Open, context: DriverContext, stack: AsyncExitStack
    ) -> Device:
        kind = link_kind(request.match)
        if kind not in self._openers:
            raise self._refused(
                "plugin.link", f"its manifest does not ask for {kind} links; {request.device} needs one"
            )
        link = await self._openers[kind](request.match, Path(request.path))
        stack.push_async_callback(link.close)
        driver = await offer.open(link, context)
        stack.push_async_callback(driver.close)
        for port in offer.ports:
            missing = [name for name in methods_of(KNOWN_PORTS[port]) if not callable(getattr(driver, name, None))]
            if missing:
                raise self._refused("plugin.offer", f"{offer.model} offers {port} without {', '.join(missing)}")
        return driver

    def _settings(self, offer: DriverOffer, given: Mapping[str, Setting]) -> dict[str, Setting]:
        for name, value in given.items():
            if name not in offer.settings:
                raise self._refused(
                    "setting.unknown", f"{offer.model} has no setting {name}; it has {[*offer.settings]}"
                )
            default = offer.settings[name]
            widened = isinstance(default, float) and type(value) is int
            if type(value) is not type(default) and not widened:
                wanted = type(default).__name__
                raise self._refused("setting.type", f"{offer.model} setting {name} is {value!r}; give a {wanted}")
        return {**offer.settings, **given}

    def _refused(self, reason: str, what: str) -> Refused:
        return Refused(reason, f"plugin {self._manifest.name}: {what}")
