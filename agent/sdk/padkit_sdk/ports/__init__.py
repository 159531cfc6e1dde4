"""The shop window of the ports: what flows may ask of a device, whatever drives it."""

from padkit_sdk.ports.card_dispenser import BoxStatus, Capability, CardDispenser, CardPlace, HopperLevel, Slot
from padkit_sdk.ports.chip_card import AnswerToReset, CardProtocol, ChipCard
from padkit_sdk.ports.device import Check, Device, DeviceIdentity, SelfTest
from padkit_sdk.ports.fingerprint_reader import (
    Finger,
    FingerprintCapability,
    FingerprintMatch,
    FingerprintReader,
    FingerprintSample,
)
from padkit_sdk.ports.identity_card_reader import DocumentKind, IdentityCard, IdentityCardReader
from padkit_sdk.ports.pin_pad import (
    KeyCheck,
    PinAbility,
    PinBlock,
    PinFormat,
    PinPad,
    PinPadCapabilities,
    PinPadStatus,
)
from padkit_sdk.ports.signature_pad import PadCapability, PadLanguage, Signature, SignaturePad

PORTS: dict[str, type] = {
    "card_dispenser": CardDispenser,
    "chip_card": ChipCard,
    "fingerprint_reader": FingerprintReader,
    "identity_card_reader": IdentityCardReader,
    "signature_pad": SignaturePad,
    "pin_pad": PinPad,
}

__all__ = [
    "PORTS",
    "AnswerToReset",
    "BoxStatus",
    "Capability",
    "CardDispenser",
    "CardPlace",
    "CardProtocol",
    "Check",
    "ChipCard",
    "Device",
    "DeviceIdentity",
    "DocumentKind",
    "Finger",
    "FingerprintCapability",
    "FingerprintMatch",
    "FingerprintReader",
    "FingerprintSample",
    "HopperLevel",
    "IdentityCard",
    "IdentityCardReader",
    "KeyCheck",
    "PadCapability",
    "PadLanguage",
    "PinAbility",
    "PinBlock",
    "PinFormat",
    "PinPad",
    "PinPadCapabilities",
    "PinPadStatus",
    "SelfTest",
    "Signature",
    "SignaturePad",
    "Slot",
]
