"""The D-Bus objects of a BlueZ as a client sees them: adapter and peripheral; `bluez_gatt` has the rest. They decide nothing.

Names, signatures and errors are those of BlueZ (doc/org.bluez.*.rst); what is left out, bleak does not ask for.
"""

from typing import Annotated, Protocol

from dbus_fast import DBusError, PropertyAccess
from dbus_fast.annotations import DBusBool, DBusDict, DBusInt16, DBusObjectPath, DBusSignature, DBusStr
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property

ADAPTER = "/org/bluez/hci0"
ADAPTER_ADDRESS = "00:11:22:33:44:55"
READ = PropertyAccess.READ
Texts = Annotated[list[str], DBusSignature("as")]


def failed(told: str, kind: str = "Failed") -> DBusError:
    """A refusal in the words of BlueZ."""
    return DBusError(f"org.bluez.Error.{kind}", told)


class AdapterSide(Protocol):
    """What the adapter object asks."""

    def look_around(self, *, on: bool) -> None:
        """Begin or end a discovery. Raises `DBusError`."""
        ...

    def discovering(self) -> bool:
        """Whether anybody looks."""
        ...

    def forget(self, path: str) -> None:
        """Drop the peripheral at `path`. Raises `DBusError`."""
        ...


class PeripheralSide(Protocol):
    """What the objects of one peripheral ask."""

    connected: bool
    resolved: bool

    def shows(self) -> tuple[str, str, int, str]:
        """Address, name, RSSI in dBm, service."""
        ...

    async def connect(self) -> None:
        """Raises `DBusError`."""
        ...

    def disconnect(self) -> None:
        """End the link, or the attempt to make one."""
        ...


class AdapterObject(ServiceInterface):
    """``org.bluez.Adapter1``."""

    def __init__(self, side: AdapterSide) -> None:
        super().__init__("org.bluez.Adapter1")
        self._side = side

    @dbus_method("SetDiscoveryFilter")
    def set_discovery_filter(self, properties: DBusDict) -> None:
        """Taken and not used: clients filter once more by themselves."""

    @dbus_method("StartDiscovery")
    def start_discovery(self) -> None:
        self._side.look_around(on=True)

    @dbus_method("StopDiscovery")
    def stop_discovery(self) -> None:
        self._side.look_around(on=False)

    @dbus_method("RemoveDevice")
    def remove_device(self, device: DBusObjectPath) -> None:
        self._side.forget(device)

    @dbus_property(READ, "Address")
    def address(self) -> DBusStr:
        return ADAPTER_ADDRESS

    @dbus_property(READ, "AddressType")
    def address_type(self) -> DBusStr:
        return "public"

    @dbus_property(READ, "Alias")
    def alias(self) -> DBusStr:
        return "padkit-sim"

    @dbus_property(READ, "Powered")
    def powered(self) -> DBusBool:
        return True

    @dbus_property(READ, "Discovering")
    def discovering(self) -> DBusBool:
        return self._side.discovering()

    @dbus_property(READ, "UUIDs")
    def uuids(self) -> Texts:
        return []

    @dbus_property(READ, "Roles")
    def roles(self) -> Texts:
        return ["central"]


class DeviceObject(ServiceInterface):
    """``org.bluez.Device1``."""

    def __init__(self, side: PeripheralSide) -> None:
        super().__init__("org.bluez.Device1")
        self._side = side

    @dbus_method("Connect")
    async def connect(self) -> None:
        await self._side.connect()

    @dbus_method("Disconnect")
    def disconnect(self) -> None:
        self._side.disconnect()

    @dbus_property(READ, "Adapter")
    def adapter(self) -> DBusObjectPath:
        return ADAPTER

    @dbus_property(READ, "Address")
    def address(self) -> DBusStr:
        return self._side.shows()[0]

    @dbus_property(READ, "AddressType")
    def address_type(self) -> DBusStr:
        return "random"

    @dbus_property(READ, "Name")
    def name(self) -> DBusStr:
        return self._side.shows()[1]

    @dbus_property(READ, "Alias")
    def alias(self) -> DBusStr:
        return self._side.shows()[1]

    @dbus_property(READ, "RSSI")
    def rssi(self) -> DBusInt16:
        return self._side.shows()[2]

    @dbus_property(READ, "UUIDs")
    def uuids(self) -> Texts:
        return [self._side.shows()[3]]

    @dbus_property(READ, "Paired")
    def paired(self) -> DBusBool:
        return False

    @dbus_property(READ, "Trusted")
    def trusted(self) -> DBusBool:
        return False

    @dbus_property(READ, "Blocked")
    def blocked(self) -> DBusBool:
        return False

    @dbus_property(READ, "Connected")
    def connected(self) -> DBusBool:
        return self._side.connected

    @dbus_property(READ, "ServicesResolved")
    def services_resolved(self) -> DBusBool:
        return self._side.resolved
