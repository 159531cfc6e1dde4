"""A Bluetooth LE peripheral that carries a device's bytes over a serial service (Nordic UART): a `Wire`, and its faults."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import cycle

from padkit_sim.faults import Dial
from padkit_sim.wires.bluez import Bluez
from padkit_sim.wires.bluez_gatt import Characteristic, NotifyingCharacteristic, ServiceObject, WrittenCharacteristic
from padkit_sim.wires.bluez_objects import ADAPTER, DeviceObject, failed
from padkit_sim.wires.identity import BleIdentity

ADDRESS = re.compile(r"([0-9A-F]{2}:){5}[0-9A-F]{2}")
RANDOM_STATIC = 0xC0  # the two high bits of an address that nobody registered (Bluetooth 5.4, vol 6 part B, 1.3.2.1)
LINK_S, DISCOVERY_S = 0.02, 0.03  # to make a link, to learn the services
GIVE_UP_S = 20.0  # how long BlueZ looks for a peripheral that it shall connect to
FADING = (0, -1, -2, -1)  # in dB: a signal strength that stands still is not told twice


class BleWire:
    """See `Wire`: plugged is switched on and in range, an unplugged one has vanished and its link is lost."""

    def __init__(self, bluez: Bluez, identity: BleIdentity) -> None:
        self._bluez = bluez
        self._identity = identity
        self._dial: Dial | None = None
        self._on_bytes: Callable[[bytes], None] | None = None
        self._object: DeviceObject | None = None
        self._paths: dict[str, Characteristic | ServiceObject] = {}
        self._notifying: NotifyingCharacteristic | None = None
        self._fading = cycle(FADING)
        self._rssi = identity.rssi
        self._silent_until_s = 0.0
        self._attempt = 0
        self.connected = self.resolved = False

    def obey(self, dial: Dial) -> None:
        """Have the faults of this device."""
        self._dial = dial

    # -- the wire

    @property
    def plugged(self) -> bool:
        return self._on_bytes is not None

    @property
    def serial(self) -> str:
        return self._identity.address

    def plug(self, on_bytes: Callable[[bytes], None], *, serial: str = "", name: str = "") -> None:
        """See `Wire.plug`: `serial` is the address, or a text that stands for one; `name` the advertised name."""
        self._identity = replace(
            self._identity,
            address=address_of(serial) if serial else self._identity.address,
            name=name or self._identity.name,
        )
        self._on_bytes = on_bytes
        self._bluez.join(self)

    def unplug(self) -> None:
        if self._on_bytes is not None:
            self._on_bytes = None
            self._bluez.leave(self)

    def write(self, data: bytes) -> None:
        """See `Wire.write`; goes out in notifications as the MTU has them, lost without a subscriber."""
        while data and (notifying := self._notifying) is not None:
            if self._dial and (loss := self._dial.strike("ble.link_loss")):
                self._silent_until_s = asyncio.get_running_loop().time() + loss.number("back_s")
                self._drop()
                return
            notifying.notify(data[: notifying.room])
            data = data[notifying.room :]

    def baud(self) -> int | None:
        return None

    # -- the air

    @property
    def path(self) -> str:
        """See `InRange`."""
        return f"{ADAPTER}/dev_{self._identity.address.replace(':', '_')}"

    def air(self, *, heard: bool) -> None:
        """See `InRange`: advertise, unless connected or away."""
        if self._dial and self._dial.standing("ble.vanish"):
            self._drop()
        elif self._in_reach() and not self.connected:
            self._pass("ble.vanish", "ble.weak")
            if heard:
                self._advertise()

    def forget(self) -> None:
        """See `InRange`."""
        self._drop()
        if self._object is not None:
            self._object = None
            self._bluez.unexport(self.path)

    def _advertise(self) -> None:
        weak = self._dial.standing("ble.weak") if self._dial else None
        strength = -weak.whole("path_loss_db") if weak else self._identity.rssi
        self._rssi = max(strength + next(self._fading), -127)
        if self._object is None:
            self._object = DeviceObject(self)
            self._bluez.export(self.path, self._object)
        self._object.emit_properties_changed({"RSSI": self._rssi})

    def _in_reach(self) -> bool:
        away = self._dial is not None and self._dial.standing("ble.vanish") is not None
        return self.plugged and not away and asyncio.get_running_loop().time() >= self._silent_until_s

    # -- the link

    def shows(self) -> tuple[str, str, int, str]:
        """See `PeripheralSide`."""
        return self._identity.address, self._identity.name, self._rssi, self._identity.service

    async def connect(self) -> None:
        """See `PeripheralSide`: looks for the peripheral until it is in reach, another attempt begins or this one is ended."""
        self._attempt += 1
        attempt, loop = self._attempt, asyncio.get_running_loop()
        until_s = loop.time() + GIVE_UP_S
        await asyncio.sleep(LINK_S)
        while not self._in_reach() and attempt == self._attempt and loop.time() < until_s:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(LINK_S)
        if attempt != self._attempt or not self._in_reach():
            raise failed("le-connection-timeout")
        if self._dial and self._dial.strike("ble.refuse_connect"):
            raise failed("le-connection-refused")
        mtu = self._dial.standing("ble.mtu") if self._dial else None
        self._pass("ble.mtu")
        self._set_connected(connected=True)
        loop.call_later(DISCOVERY_S, self._resolve, attempt, mtu.whole("mtu") if mtu else self._identity.mtu)

    def disconnect(self) -> None:
        """See `PeripheralSide`."""
        self._attempt += 1
        self._drop()

    def _resolve(self, attempt: int, mtu: int) -> None:
        """Show the services of a link that still stands."""
        if attempt != self._attempt or not self.connected:
            return
        who, service = self._identity, f"{self.path}/service0010"
        self._notifying = NotifyingCharacteristic(who.notify, service, mtu, self._subscribed)
        self._paths = {
            service: ServiceObject(who.service, self.path),
            f"{service}/char0011": WrittenCharacteristic(who.write, service, mtu, self._hear),
            f"{service}/char0013": self._notifying,
        }
        for path, thing in self._paths.items():
            self._bluez.export(path, thing)
        self.resolved = True
        self._tell({"ServicesResolved": True})

    def _drop(self) -> None:
        """The link is gone."""
        if not self.connected:
            return
        self._attempt += 1
        self._notifying = None
        self.resolved = False
        self._set_connected(connected=False)
        self._tell({"ServicesResolved": False})
        for path, thing in reversed(self._paths.items()):
            if isinstance(thing, Characteristic):
                thing.end()
            self._bluez.unexport(path)
        self._paths = {}

    def _set_connected(self, *, connected: bool) -> None:
        self.connected = connected
        self._tell({"Connected": connected})

    def _tell(self, changed: dict[str, bool]) -> None:
        if self._object is not None:
            self._object.emit_properties_changed(changed)

    def _subscribed(self) -> bool:
        """Whether a subscription that is being made shall be in vain."""
        return self._dial is not None and self._dial.strike("ble.stale_notify") is not None

    def _hear(self, data: bytes) -> None:
        if self._on_bytes is not None:
            self._on_bytes(data)

    def _pass(self, *faults: str) -> None:
        if self._dial:
            for fault in faults:
                self._dial.passed(fault)


def address_of(text: str) -> str:
    """`text` when it is an address, else the one that stands for it."""
    if ADDRESS.fullmatch(text):
        return text
    chance = bytearray(hashlib.sha256(text.encode()).digest()[:6])
    chance[0] |= RANDOM_STATIC
    return ":".join(f"{byte:02X}" for byte in chance)
