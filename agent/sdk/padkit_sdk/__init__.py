"""All that a plugin may import: hooks, ports, errors, link types, manifest, chip reading, conformance kit."""

from padkit_sdk.errors import AskAgain, BadFrame, DeviceFault, LinkLost, OutcomeUnknown, PadkitError, Refused
from padkit_sdk.hookspecs import DriverOffer, hookimpl
from padkit_sdk.links import ByteLink, DeviceEvent, DriverContext, UsbSerial
from padkit_sdk.secrets import HiddenBytes, HiddenText, IdNumber, Pan

__all__ = [
    "AskAgain",
    "BadFrame",
    "ByteLink",
    "DeviceEvent",
    "DeviceFault",
    "DriverContext",
    "DriverOffer",
    "HiddenBytes",
    "HiddenText",
    "IdNumber",
    "LinkLost",
    "OutcomeUnknown",
    "PadkitError",
    "Pan",
    "Refused",
    "UsbSerial",
    "hookimpl",
]
