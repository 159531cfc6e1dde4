"""A backend of pyusb that needs no libusb: USB devices of a simulator, over USB/IP. ``PADKIT_USBIP`` names the server."""

from __future__ import annotations

import array
import errno
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import usb.backend
import usb.core

from padkit_agent.links.usbip_wire import Lent, Listed, listed

SETUP = struct.Struct("<BBHHH")
CONTROL_MS = 1000
MAX_CONFIGURATION = 4096
GET_DESCRIPTOR, GET_CONFIGURATION, SET_CONFIGURATION, SET_INTERFACE, CLEAR_FEATURE = 6, 8, 9, 11, 1
CONFIGURATION, INTERFACE, ENDPOINT = 2, 4, 5  # descriptor types
CLASSES = "bInterfaceClass bInterfaceSubClass bInterfaceProtocol"
FIELDS = {
    CONFIGURATION: (
        "<BBHBBBBB",
        "bLength bDescriptorType wTotalLength bNumInterfaces bConfigurationValue iConfiguration bmAttributes bMaxPower",
    ),
    INTERFACE: (
        "<9B",
        f"bLength bDescriptorType bInterfaceNumber bAlternateSetting bNumEndpoints {CLASSES} iInterface",
    ),
    ENDPOINT: ("<BBBBHB", "bLength bDescriptorType bEndpointAddress bmAttributes wMaxPacketSize bInterval"),
}


@dataclass(eq=False, slots=True)
class Remote:
    """One device of the server; lent to us while it is open."""

    listed: Listed
    lent: Lent | None = None
    configuration: bytes = b""


@dataclass(eq=False, slots=True)
class Setting:
    """An interface's descriptor, with what belongs to it."""

    head: bytes
    endpoints: list[bytes] = field(default_factory=list)
    extra: list[int] = field(default_factory=list)


class UsbipBackend(usb.backend.IBackend):  # type: ignore[misc]  # pyusb has no types
    """See pyusb's `IBackend`. The record of a device stands for its device descriptor; the strings are those of our simulator."""

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        self._address = (host, int(port))

    def enumerate_devices(self) -> Iterator[Remote]:
        return iter([Remote(it) for it in listed(self._address)])

    def get_device_descriptor(self, dev: Remote) -> SimpleNamespace:
        it = dev.listed
        return SimpleNamespace(
            bLength=18,
            bDescriptorType=1,
            bcdUSB=0x0200,
            bDeviceClass=it.device_class,
            bDeviceSubClass=0,
            bDeviceProtocol=0,
            bMaxPacketSize0=64,
            idVendor=it.vid,
            idProduct=it.pid,
            bcdDevice=it.release,
            iManufacturer=1,
            iProduct=2,
            iSerialNumber=3,
            bNumConfigurations=it.configurations,
            address=it.number,
            bus=it.bus,
            port_number=None,
            port_numbers=None,
            speed=it.speed,
        )

    def get_configuration_descriptor(self, dev: Remote, config: int) -> SimpleNamespace:
        return _described(CONFIGURATION, self._configuration(dev, config))

    def get_interface_descriptor(self, dev: Remote, intf: int, alt: int, config: int) -> SimpleNamespace:
        setting = self._setting(dev, intf, alt, config)
        return _described(INTERFACE, setting.head, setting.extra)

    def get_endpoint_descriptor(self, dev: Remote, ep: int, intf: int, alt: int, config: int) -> SimpleNamespace:
        found = _described(ENDPOINT, self._setting(dev, intf, alt, config).endpoints[ep])
        found.bRefresh = found.bSynchAddress = 0
        return found

    def open_device(self, dev: Remote) -> Remote:
        dev.lent = Lent(self._address, dev.listed.bus_id)
        return dev

    def close_device(self, dev_handle: Remote) -> None:
        _lent(dev_handle).close()
        dev_handle.lent = None

    def get_configuration(self, dev_handle: Remote) -> int:
        return self._asked(dev_handle, 0x80, GET_CONFIGURATION, 0, 0, 1)[0]

    def set_configuration(self, dev_handle: Remote, config_value: int) -> None:
        self._told(dev_handle, 0x00, SET_CONFIGURATION, config_value, 0)

    def set_interface_altsetting(self, dev_handle: Remote, intf: int, altsetting: int) -> None:
        self._told(dev_handle, 0x01, SET_INTERFACE, altsetting, intf)

    def clear_halt(self, dev_handle: Remote, ep: int) -> None:
        self._told(dev_handle, 0x02, CLEAR_FEATURE, 0, ep)

    def claim_interface(self, dev_handle: Remote, intf: int) -> None:
        """Nothing to do: the whole device is lent to us."""

    def release_interface(self, dev_handle: Remote, intf: int) -> None:
        """Nothing to do."""

    def reset_device(self, dev_handle: Remote) -> None:
        """Nothing to do."""

    def is_kernel_driver_active(self, dev_handle: Remote, intf: int) -> bool:
        return False

    def bulk_write(self, dev_handle: Remote, ep: int, intf: int, data: Any, timeout: int) -> int:
        sent = bytes(data)
        return _lent(dev_handle).transfer(ep, len(sent), sent, timeout)[0]

    def bulk_read(self, dev_handle: Remote, ep: int, intf: int, buff: Any, timeout: int) -> int:
        return _filled(buff, _lent(dev_handle).transfer(ep, _size(buff), None, timeout)[1])

    intr_write, intr_read = bulk_write, bulk_read

    def ctrl_transfer(
        self, dev_handle: Remote, request_type: int, request: int, value: int, index: int, data: Any, timeout: int
    ) -> int:
        size = _size(data)
        setup = SETUP.pack(request_type, request, value, index, size)
        if request_type & 0x80:
            return _filled(data, _lent(dev_handle).transfer(0, size, None, timeout, setup)[1])
        return _lent(dev_handle).transfer(0, size, bytes(data), timeout, setup)[0]

    def _asked(self, dev: Remote, kind: int, request: int, value: int, index: int, size: int) -> bytes:
        setup = SETUP.pack(kind, request, value, index, size)
        return _lent(dev).transfer(0, size, None, CONTROL_MS, setup)[1]

    def _told(self, dev: Remote, kind: int, request: int, value: int, index: int) -> None:
        _lent(dev).transfer(0, 0, b"", CONTROL_MS, SETUP.pack(kind, request, value, index, 0))

    def _configuration(self, dev: Remote, config: int) -> bytes:
        if config >= dev.listed.configurations:
            raise IndexError(config)
        if not dev.configuration:
            closed = dev.lent is None
            if closed:
                self.open_device(dev)
            dev.configuration = self._asked(dev, 0x80, GET_DESCRIPTOR, CONFIGURATION << 8, 0, MAX_CONFIGURATION)
            if closed:
                self.close_device(dev)
        return dev.configuration

    def _setting(self, dev: Remote, interface: int, alternate: int, config: int) -> Setting:
        settings: list[Setting] = []
        for part in _parts(self._configuration(dev, config)):
            if part[1] == INTERFACE:
                settings.append(Setting(part))
            elif settings and part[1] == ENDPOINT:
                settings[-1].endpoints.append(part)
            elif settings:
                settings[-1].extra.extend(part)
        numbers = sorted({it.head[2] for it in settings})
        return [it for it in settings if it.head[2] == numbers[interface]][alternate]


def _lent(dev: Remote) -> Lent:
    if dev.lent is None:
        raise usb.core.USBError("not open", -4)
    return dev.lent


def _parts(data: bytes) -> Iterator[bytes]:
    at = 0
    while at + 1 < len(data) and data[at] > 1:
        yield data[at : at + data[at]]
        at += data[at]


def _described(kind: int, data: bytes, extra: list[int] | None = None) -> SimpleNamespace:
    layout, names = FIELDS[kind]
    if len(data) < struct.calcsize(layout):
        raise usb.core.USBError("descriptor that is too short", -1, errno.EIO)
    values = struct.unpack_from(layout, data)
    return SimpleNamespace(**dict(zip(names.split(), values, strict=True)), extra_descriptors=extra or [])


def _size(buffer: array.array[int]) -> int:
    return len(buffer) * buffer.itemsize


def _filled(buffer: array.array[int], data: bytes) -> int:
    if len(data) > _size(buffer):
        raise usb.core.USBError("Overflow", -8, errno.EOVERFLOW)
    memoryview(buffer).cast("B")[: len(data)] = data
    return len(data)
