"""What a driver is given to talk through, and how a plugin says which wires it drives. No bus library here.

A driver never opens a port, finds a path or picks a baud rate by itself; matching is data, and the agent owns hot-plug,
exclusive use and reopening. So a real port, a recorded trace and the simulator are the same to the driver.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import msgspec


class ByteLink(Protocol):
    """A two-way byte stream (serial line, BLE). One reader at a time."""

    async def write(self, data: bytes) -> None:
        """Send all of `data`. Raises `LinkLost`."""
        ...

    async def read(self, *, timeout_s: float) -> bytes:
        """Return what has arrived, at least one byte; ``b""`` when `timeout_s` passed in silence. Raises `LinkLost`."""
        ...

    def discard_input(self) -> None:
        """Drop what has arrived and was not read yet."""
        ...

    def set_baud(self, baud: int) -> None:
        """Change the line rate, where the link has one; what is in flight may be lost. Raises `LinkLost`."""
        ...

    async def close(self) -> None:
        """Close the link; further calls raise `LinkLost`. Closing twice is allowed."""
        ...


class UsbReports(Protocol):
    """What one IN endpoint says, transfer by transfer, none lost; see `UsbLink.listen`."""

    async def next(self, *, timeout_s: float) -> bytes | None:
        """Return the next transfer, None when `timeout_s` passed in silence. Raises `LinkLost`."""
        ...


class UsbLink(Protocol):
    """One interface of a USB device, claimed for us alone. Endpoints do not wait for each other.

    Every method raises `LinkLost` when the device is gone, `DeviceFault` ``usb.stall`` when it stalled the transfer.
    """

    async def control(
        self, request_type: int, request: int, value: int, index: int, data: bytes | int, *, timeout_s: float
    ) -> bytes:
        """One control transfer (USB 2.0, 9.3). `data` is what is sent, or how many bytes are wanted at most.

        Returns what the device sent, b"" for a transfer to the device. Raises `OutcomeUnknown` when it did not answer in time.
        """
        ...

    async def write(self, endpoint: int, data: bytes, *, timeout_s: float) -> None:
        """Send one transfer to an OUT endpoint (bulk or interrupt). Raises `OutcomeUnknown` when it was not taken in time."""
        ...

    async def read(self, endpoint: int, size: int, *, timeout_s: float) -> bytes | None:
        """Return one transfer of at most `size` bytes from an IN endpoint, None when `timeout_s` passed in silence."""
        ...

    def listen(self, endpoint: int, size: int) -> AbstractAsyncContextManager[UsbReports]:
        """Keep a read pending on an IN endpoint inside the block; transfers wait in order until they are taken.

        Who does not take a flood (`MAX_REPORTS` waiting) loses the link, not the memory.
        """
        ...

    async def close(self) -> None:
        """Let the interface go; further calls raise `LinkLost`. Closing twice is allowed."""
        ...


class CardAfter(enum.Enum):
    """What becomes of the card when it is let go."""

    LEAVE = "leave"
    RESET = "reset"
    UNPOWER = "unpower"


@dataclass(frozen=True, slots=True)
class CardReset:
    """A card that has power: `protocol` is n of T=n, `atr` what it said on reset (ISO/IEC 7816-3), at most 33 bytes."""

    protocol: int
    atr: bytes


class CardLink(Protocol):
    """One smart-card reader with its one slot. One call at a time; `wait_card` beside it.

    Every method raises `LinkLost` when the reader or the service is gone, `Refused` ``link.busy`` when another program has the
    card, `DeviceFault` ``chip.*``, `OutcomeUnknown` when the reader did not answer in time: it may still be at it, and the next
    call waits for that.
    """

    @property
    def name(self) -> str:
        """The reader's name, as the service has it."""
        ...

    @property
    def serial(self) -> str:
        """Its serial number, empty when its name holds none."""
        ...

    async def connect(self, *, timeout_s: float, exclusive: bool = True) -> CardReset:
        """Have the card, for us alone when `exclusive`, reset and under power. One that we had is let go and unpowered first."""
        ...

    async def transmit(self, command: bytes, *, timeout_s: float) -> bytes:
        """Send one C-APDU as it is (to `MAX_CARD_COMMAND` bytes), return the raw R-APDU with its status word, 61 and 6C too.

        Raises also `Refused` ``apdu.length``. A reader that is lost in the middle leaves the outcome unknown.
        """
        ...

    async def reset(self, *, cold: bool, timeout_s: float) -> CardReset:
        """Reset the card that we have, with its power cut (`cold`) or under power."""
        ...

    async def disconnect(self, after: CardAfter = CardAfter.UNPOWER, *, timeout_s: float) -> None:
        """Let the card go; safe when we have none, or when it was pulled."""
        ...

    async def present(self, *, timeout_s: float) -> bool:
        """Whether a card is in the slot now."""
        ...

    async def wait_card(self, *, present: bool, timeout_s: float) -> bool:
        """Wait until a card is in the slot, or until none is; False when `timeout_s` passed first."""
        ...

    async def close(self) -> None:
        """Let the card go unpowered and the reader too; further calls raise `LinkLost`. Closing twice is allowed."""
        ...


class LibraryLink(Protocol):
    """A vendor's library that may be loaded: it lies in the folder the agent names, and nobody else could have written it.

    A driver loads it in a process of its own, never in its worker: see `padkit_sdk.bridge`.
    """

    @property
    def path(self) -> Path:
        """The file, absolute."""
        ...

    @property
    def number(self) -> tuple[int, int]:
        """Device and inode of the file that was looked at; another one is not loaded in its place."""
        ...

    async def close(self) -> None:
        """Let it go. Closing twice is allowed."""
        ...


class OnboardLink(Protocol):
    """No wire at all; it is there to be closed, as every link is."""

    async def close(self) -> None:
        """Closing twice is allowed."""
        ...


class PicturesLink(Protocol):
    """A source of encoded pictures: a folder, a file, a still or a stream over HTTP. One reader at a time."""

    async def next(self, view: str, *, timeout_s: float) -> bytes | None:
        """Return the next picture of `view` (``document``, ``face``) as it came, None when `timeout_s` passed without one.

        Raises `LinkLost` (the source is away), `BadFrame` (what it sends is no stream of pictures), `Refused`
        ``picture.size`` (over `MAX_PICTURE_BYTES`).
        """
        ...

    async def close(self) -> None:
        """Let the source go; further calls raise `LinkLost`. Closing twice is allowed."""
        ...


class UsbSerial(msgspec.Struct, frozen=True, tag="usb_serial"):
    """A serial port behind a USB adapter, matched by its USB identity, never by its tty name.

    `serial` and `location` (sysfs port path such as ``1-3``) narrow the match to one adapter when a kit profile asks.
    """

    vid: int
    pid: int
    baud: int
    serial: str = ""
    location: str = ""


class Usb(msgspec.Struct, frozen=True, tag="usb"):
    """A USB device, or one `interface` of it, matched by its USB identity; `serial` and `location` as in `UsbSerial`."""

    vid: int
    pid: int
    interface: int = 0
    serial: str = ""
    location: str = ""


class Pcsc(msgspec.Struct, frozen=True, tag="pcsc"):
    """A smart-card reader of PC/SC whose name begins with `reader`; `serial` is the one in its name, when it has one."""

    reader: str
    serial: str = ""
    location: str = ""


class Ble(msgspec.Struct, frozen=True, tag="ble"):
    """A Bluetooth LE peripheral that advertises `service`; bytes go to the characteristic `write` and come from `notify`.

    All three are 128-bit UUIDs in lower case. `serial` is the address of the one peripheral that belongs to the kit.
    """

    service: str
    write: str
    notify: str
    serial: str = ""
    location: str = ""


class Library(msgspec.Struct, frozen=True, tag="library"):
    """A vendor's library by its file name, in the folder that the agent's settings name for such files."""

    file: str
    serial: str = ""
    location: str = ""


class Onboard(msgspec.Struct, frozen=True, tag="onboard"):
    """No wire: what the plugin drives is the kit's own processor. It is always there."""

    serial: str = ""
    location: str = ""


class Pictures(msgspec.Struct, frozen=True, tag="pictures"):
    """A source of pictures that the agent's settings name; `location` is its address there."""

    serial: str = ""
    location: str = ""


LinkMatch = UsbSerial | Usb | Pcsc | Ble | Library | Onboard | Pictures
LINK_KINDS: Mapping[type[LinkMatch], str] = {
    UsbSerial: "usb_serial",
    Usb: "usb",
    Pcsc: "pcsc",
    Ble: "ble",
    Library: "library",
    Onboard: "onboard",
    Pictures: "pictures",
}  # the name in manifests and in group `padkit.links`
MAX_CARD_COMMAND = 65_544  # an extended C-APDU with its lengths (ISO/IEC 7816-4, 5.1)
MAX_REPORTS = 4_096  # transfers that may wait at one endpoint: 20 s of a pen at 200 Hz


@dataclass(frozen=True, slots=True)
class DeviceEvent:
    """Something a device says by itself, such as ``card.gate_cleared``; `detail` holds no personal data."""

    name: str
    detail: Mapping[str, str] = field(default_factory=dict)


Setting = str | int | float | bool


@dataclass(frozen=True, slots=True)
class DriverContext:
    """What the worker gives a driver besides its link.

    `device` is the kit's own name for it (``box``), used in messages. `now_mono_s` is the steady clock. `settings` come
    from the kit profile and were checked against the offer's `settings`.
    """

    device: str
    now_mono_s: Callable[[], float]
    emit: Callable[[DeviceEvent], None]
    settings: Mapping[str, Setting] = field(default_factory=dict)
