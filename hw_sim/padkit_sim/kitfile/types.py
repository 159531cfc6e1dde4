"""Every type of device that a kit file can name: how its table is read, what it is made of, which faults it can have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from padkit_sim.devices import (
    card_dispenser,
    card_reader,
    eject_box,
    fingerprint_r30x,
    fingerprint_uru4500,
    identity_reader,
    pin_pad,
    recording,
    signature_pad,
)
from padkit_sim.devices.device import Device
from padkit_sim.devices.hands import Hand
from padkit_sim.devices.usb import UsbDevice
from padkit_sim.faults import Dial, FaultSpec
from padkit_sim.kitfile.box import box
from padkit_sim.kitfile.card_reader import card_reader as card_reader_table
from padkit_sim.kitfile.eject_box import eject_box as eject_box_table
from padkit_sim.kitfile.fingerprint_r30x import module
from padkit_sim.kitfile.fingerprint_uru import uru
from padkit_sim.kitfile.pin_pad import pin_pad as pin_pad_table
from padkit_sim.kitfile.reader import reader
from padkit_sim.kitfile.recording import recording as recording_table
from padkit_sim.kitfile.signature_pad import signature_pad as signature_pad_table
from padkit_sim.kitfile.table import Table
from padkit_sim.wires import FAULTS_ON, BleIdentity, UsbIdentity

Identity = UsbIdentity | BleIdentity


@dataclass(frozen=True, slots=True)
class DeviceType:
    """One type of device. `wires` are the kinds it can be on, the usual first, each with what it looks like there.

    `read` takes the keys of its own from a `[[device]]` table; `make` builds the device from that.
    """

    name: str
    read: Callable[[Table], Any]
    make: Callable[[Any, Dial], Device | UsbDevice]
    faults: tuple[FaultSpec, ...]
    wires: Mapping[str, Identity]
    hands: tuple[Hand, ...] = ()  # what a person can do to it


TYPES: Mapping[str, DeviceType] = {
    it.name: it
    for it in (
        DeviceType(
            "card_dispenser",
            box,
            card_dispenser.CardBox,
            card_dispenser.FAULTS,
            {"tty": UsbIdentity("ttyUSB0", "1-3", 0x1209, 0xCA4D, "CDB-0001", "Card dispenser box")},
            card_dispenser.HANDS,
        ),
        DeviceType(
            "eject_box",
            eject_box_table,
            eject_box.EjectBox,
            eject_box.FAULTS,
            {"tty": UsbIdentity("ttyUSB4", "1-10", 0x1209, 0xE541, "EJB-0001", "Card dispenser, eject only")},
            eject_box.HANDS,
        ),
        DeviceType(
            "identity_reader",
            reader,
            identity_reader.IdentityReader,
            identity_reader.FAULTS,
            {
                "tty": UsbIdentity("ttyUSB1", "1-4", 0x1209, 0x1DCA, "CLIP-0001", "Back-clip"),
                "ble": BleIdentity("C0:FF:EE:00:00:01", "CLIP-0001"),
            },
            identity_reader.HANDS,
        ),
        DeviceType(
            "card_reader",
            card_reader_table,
            card_reader.CardReader,
            card_reader.FAULTS,
            {"usb": UsbIdentity("", "1-5", 0x1209, 0xCC1D, "CR-0001", "Card reader", "hw_sim")},
            card_reader.HANDS,
        ),
        DeviceType(
            "fingerprint_uru4500",
            uru,
            fingerprint_uru4500.UruReader,
            fingerprint_uru4500.FAULTS,
            {
                "usb": UsbIdentity(
                    "", "1-2", 0x05BA, 0x000A, "{URU-0001}", "U.are.U® 4500 Fingerprint Reader", "DigitalPersona, Inc."
                )
            },
            fingerprint_uru4500.HANDS,
        ),
        DeviceType(
            "fingerprint_r30x",
            module,
            fingerprint_r30x.FingerModule,
            fingerprint_r30x.FAULTS,
            {"tty": UsbIdentity("ttyUSB2", "1-6", 0x1209, 0xF3A0, "FP-0001", "Fingerprint module")},
            fingerprint_r30x.HANDS,
        ),
        DeviceType(
            "pin_pad",
            pin_pad_table,
            pin_pad.PinPad,
            pin_pad.FAULTS,
            {"tty": UsbIdentity("ttyUSB3", "1-8", 0x1209, 0x5588, "PIN-0001", "PIN keypad")},
            pin_pad.HANDS,
        ),
        DeviceType(
            "signature_pad",
            signature_pad_table,
            signature_pad.SignaturePad,
            signature_pad.FAULTS,
            {"usb": UsbIdentity("", "1-7", 0x056A, 0x00A8, "STU-0001", "STU-540", "hw_sim")},
            signature_pad.HANDS,
        ),
        DeviceType(
            "recording",
            recording_table,
            recording.Player,
            recording.FAULTS,
            {"tty": UsbIdentity("ttyUSB9", "1-9", 0x1209, 0x5EC0, "REC-0001", "Recording")},
            recording.HANDS,
        ),
    )
}

VOCABULARY: Mapping[str, FaultSpec] = {
    spec.name: spec for specs in (*(it.faults for it in TYPES.values()), *FAULTS_ON.values()) for spec in specs
}
