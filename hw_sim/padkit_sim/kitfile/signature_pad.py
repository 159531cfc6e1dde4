"""A signature pad in a kit file: which model it is, and the number on its back."""

from __future__ import annotations

from padkit_sim.devices.signature_pad import FAULTS, HANDS, MODELS, PadSettings, SignaturePad
from padkit_sim.kitfile.table import Table
from padkit_sim.kitfile.types import DeviceType
from padkit_sim.wires import UsbIdentity


def signature_pad(table: Table) -> PadSettings:
    """The keys of a pad. Raises `SimRefused`."""
    return PadSettings(
        model=table.choice("model", tuple(MODELS), "STU-540"),
        pad_serial=table.text("pad_serial", "SP00000001", pattern=r"[!-~]{1,10}", means="1 to 10 ASCII characters"),
    )


TYPE = DeviceType(
    "signature_pad",
    signature_pad,
    SignaturePad,
    FAULTS,
    {"usb": UsbIdentity("", "1-7", 0x056A, 0x00A8, "STU-0001", "STU-540", "hw_sim")},
    HANDS,
)
