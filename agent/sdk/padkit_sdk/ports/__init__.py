"""The shop window of the ports: what flows may ask of a device, whatever drives it."""

from padkit_sdk.ports.camera import Camera, CameraView
from padkit_sdk.ports.card_dispenser import BoxStatus, Capability, CardDispenser, CardPlace, HopperLevel, Slot
from padkit_sdk.ports.chip_card import AnswerToReset, CardProtocol, ChipCard
from padkit_sdk.ports.device import Check, Device, DeviceIdentity, SelfTest
from padkit_sdk.ports.document_reader import DocumentField, DocumentReader, DocumentReading, DocumentSide, FieldState
from padkit_sdk.ports.face_checker import (
    FaceChecker,
    FaceMatch,
    FacePlan,
    FaceStep,
    FaceStepKind,
    FaceVerdict,
    FrameView,
    LayerResult,
    LayerState,
    Portrait,
)
from padkit_sdk.ports.fingerprint_reader import (
    Finger,
    FingerprintCapability,
    FingerprintMatch,
    FingerprintReader,
    FingerprintSample,
)
from padkit_sdk.ports.identity_card_reader import DocumentKind, IdentityCard, IdentityCardReader
from padkit_sdk.ports.picture import MAX_PICTURE_BYTES, MAX_PICTURE_PIXELS, ModelUse, Picture, Point
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
    "camera": Camera,
    "card_dispenser": CardDispenser,
    "chip_card": ChipCard,
    "document_reader": DocumentReader,
    "face_checker": FaceChecker,
    "fingerprint_reader": FingerprintReader,
    "identity_card_reader": IdentityCardReader,
    "signature_pad": SignaturePad,
    "pin_pad": PinPad,
}

__all__ = [
    "MAX_PICTURE_BYTES",
    "MAX_PICTURE_PIXELS",
    "PORTS",
    "AnswerToReset",
    "BoxStatus",
    "Camera",
    "CameraView",
    "Capability",
    "CardDispenser",
    "CardPlace",
    "CardProtocol",
    "Check",
    "ChipCard",
    "Device",
    "DeviceIdentity",
    "DocumentField",
    "DocumentKind",
    "DocumentReader",
    "DocumentReading",
    "DocumentSide",
    "FaceChecker",
    "FaceMatch",
    "FacePlan",
    "FaceStep",
    "FaceStepKind",
    "FaceVerdict",
    "FieldState",
    "Finger",
    "FingerprintCapability",
    "FingerprintMatch",
    "FingerprintReader",
    "FingerprintSample",
    "FrameView",
    "HopperLevel",
    "IdentityCard",
    "IdentityCardReader",
    "KeyCheck",
    "LayerResult",
    "LayerState",
    "ModelUse",
    "PadCapability",
    "PadLanguage",
    "Picture",
    "PinAbility",
    "PinBlock",
    "PinFormat",
    "PinPad",
    "PinPadCapabilities",
    "PinPadStatus",
    "Point",
    "Portrait",
    "SelfTest",
    "Signature",
    "SignaturePad",
    "Slot",
]
