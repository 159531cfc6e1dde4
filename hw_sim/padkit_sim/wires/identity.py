"""How a Bluetooth LE peripheral shows itself in the air."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BleIdentity:
    """`address` as six pairs of hexadecimal digits, `mtu` the ATT MTU it agrees to (23 to 517), `rssi` in dBm.

    Its bytes go over the Nordic UART service: `service`, one characteristic to write, one that notifies.
    """

    address: str
    name: str
    mtu: int = 247
    rssi: int = -60
    service: str = "6e400001-b5a3-f393-e0a9-e50e24dcca9e"
    write: str = "6e400002-b5a3-f393-e0a9-e50e24dcca9e"
    notify: str = "6e400003-b5a3-f393-e0a9-e50e24dcca9e"

    @property
    def serial(self) -> str:
        """What tells it from its like."""
        return self.address

    @property
    def location(self) -> str:
        """Where it is: an address is at one place only."""
        return self.address
