"""All that a plugin may import: hooks, ports, errors, link types, manifest, chip reading, conformance kit."""

from padkit_sdk.errors import AskAgain, BadFrame, DeviceFault, LinkLost, OutcomeUnknown, PadkitError, Refused
from padkit_sdk.hookspecs import DriverOffer, hookimpl
from padkit_sdk.links import (
    Ble,
    ByteLink,
    CardLink,
    DeviceEvent,
    DriverContext,
    Library,
    Onboard,
    Pcsc,
    Pictures,
    Usb,
    UsbLink,
    UsbSerial,
)
from padkit_sdk.secrets import HiddenBytes, HiddenText, IdNumber, Pan

__all__ = [
    "AskAgain",
    "BadFrame",
    "Ble",
    "ByteLink",
    "CardLink",
    "DeviceEvent",
    "DeviceFault",
    "DriverContext",
    "DriverOffer",
    "HiddenBytes",
    "HiddenText",
    "IdNumber",
    "Library",
    "LinkLost",
    "Onboard",
    "OutcomeUnknown",
    "PadkitError",
    "Pan",
    "Pcsc",
    "Pictures",
    "Refused",
    "Usb",
    "UsbLink",
    "UsbSerial",
    "hookimpl",
]
