"""What the data of positive replies means. Pure: takes bytes, gives values, raises `BadFrame`.

Data that a card may keep secret is never shown in an error.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from padkit_card_dispenser.protocol import StatusCharacters
from padkit_sdk import BadFrame, DeviceFault
from padkit_sdk.ports import AnswerToReset, BoxStatus, CardPlace, CardProtocol, HopperLevel

SENSORS = range(8, 11)  # manual 5.2: the prose says eight, the drawing ten
MAX_SERIAL = 18
MAX_ATR = 33  # ISO/IEC 7816-3
MIN_ATR = 2
A_HEAD = 4  # type, ATQA(2), length of the UID
B_ACTIVATION = 12  # 50, PUPI(4), application data(4), protocol info(3)
B_HEAD = 0x50
UID_SIZES = (4, 7, 10)

PLACES: Mapping[str, CardPlace] = {"0": CardPlace.NONE, "1": CardPlace.GATE, "2": CardPlace.INSIDE}
LEVELS: Mapping[str, HopperLevel] = {"0": HopperLevel.EMPTY, "1": HopperLevel.LOW, "2": HopperLevel.ENOUGH}
PROTOCOLS: Mapping[int, CardProtocol] = {0x30: CardProtocol.T0, 0x31: CardProtocol.T1}


class CardType(enum.Enum):
    """What TYPE finds at the contacts (manual 5.3)."""

    UNKNOWN = "00"
    CPU_T0 = "10"
    CPU_T1 = "11"
    SLE4442 = "20"
    SLE4428 = "21"
    AT24C = "30..38"


class RfType(enum.Enum):
    """What TYPE and STATE find at the RF station (manual 5.3, 5.4)."""

    UNKNOWN = "00"
    S50 = "10"
    S70 = "11"
    ULTRALIGHT = "12"
    CPU_A = "20"
    CPU_B = "30"
    ISO15693 = "50"


class ChipPower(enum.Enum):
    """What a contact card or SAM is powered at."""

    OFF = 0x30
    ON_3_57_MHZ = 0x31
    ON_7_16_MHZ = 0x32


CARD_TYPES: Mapping[str, CardType] = {kind.value: kind for kind in CardType}
AT24C_CODES = tuple(f"3{size}" for size in range(9))
RF_TYPES: Mapping[str, RfType] = {kind.value: kind for kind in RfType}
POWERS: Mapping[int, ChipPower] = {power.value: power for power in ChipPower}


@dataclass(frozen=True, slots=True)
class RfCard:
    """A card the RF station activated: `kind` is ``M`` (MIFARE), ``A`` or ``B``; `uid` of a B card is its PUPI.

    `info` is the ATS of an A card, application data and protocol info of a B card.
    """

    kind: str
    uid: bytes = field(repr=False)
    atqa: bytes = b""
    sak: int | None = None
    info: bytes = b""


def box_status(characters: StatusCharacters, bin_count: int | None) -> BoxStatus:
    """Translate st0 st1 st2; what we do not know is UNCLEAR, and a bin that does not say "not full" is full."""
    return BoxStatus(
        card=PLACES.get(characters.card, CardPlace.UNCLEAR),
        hopper=LEVELS.get(characters.stacker, HopperLevel.UNCLEAR),
        bin_full=characters.bin != "0",
        bin_count=bin_count,
    )


def sensors(data: bytes) -> tuple[bool, ...]:
    """Which sensors see a card; 8 to 10 of them."""
    if len(data) not in SENSORS or set(data) - {0x30, 0x31}:
        raise BadFrame(f"sensor report of {len(data)} characters, expected 8 to 10 of 0 and 1", data)
    return tuple(byte == 0x31 for byte in data)


def bin_counter(data: bytes) -> int:
    """Captured cards, 0..999."""
    if len(data) != 3 or not data.isdigit():
        raise BadFrame("bin counter, expected three digits", data)
    return int(data)


def serial_number(data: bytes) -> str:
    """Length byte, then up to 18 characters."""
    if not data or data[0] > MAX_SERIAL or len(data) != data[0] + 1:
        raise BadFrame("serial number, expected its length (at most 18) and as many characters", data)
    return text(data[1:])


def text(data: bytes) -> str:
    """ASCII; what cannot be printed is shown as ``\\x..``."""
    shown = (chr(byte) if 0x20 <= byte < 0x7F else f"\\x{byte:02x}" for byte in data.strip(b"\0 "))
    return "".join(shown)


def card_type(data: bytes) -> tuple[CardType, str]:
    """Type of a contact card, and its raw code, which may be one we do not know."""
    code = _code(data)
    if code in AT24C_CODES:
        return CardType.AT24C, code
    return CARD_TYPES.get(code, CardType.UNKNOWN), code


def rf_type(data: bytes) -> tuple[RfType, str]:
    """Type of an RF card, and its raw code, which may be one we do not know."""
    code = _code(data)
    return RF_TYPES.get(code, RfType.UNKNOWN), code


def chip_power(data: bytes) -> ChipPower:
    """Power of a contact card or, with the slot in a second byte, of a SAM."""
    if len(data) not in (1, 2) or data[0] not in POWERS:
        raise BadFrame("power state, expected 30, 31 or 32", data)
    return POWERS[data[0]]


def _code(data: bytes) -> str:
    if len(data) != 2:
        raise BadFrame("type, expected two characters", data)
    return data.decode("latin-1")


def answer_to_reset(data: bytes) -> AnswerToReset:
    """Type character, then the ATR. Raises `DeviceFault` ``chip.unsupported`` for a protocol we do not know."""
    atr = data[1:]
    if not MIN_ATR <= len(atr) <= MAX_ATR:
        raise BadFrame(f"answer to reset of {len(atr)} bytes, expected {MIN_ATR}..{MAX_ATR}")
    if data[0] not in PROTOCOLS:
        code = f"{data[0]:02X}"
        raise DeviceFault("chip.unsupported", f"chip: protocol {code} is neither T=0 nor T=1; take the next", raw=code)
    return AnswerToReset(PROTOCOLS[data[0]], atr)


def rf_card(data: bytes) -> RfCard:
    """What RF activation says of the card it found (manual 5.4)."""
    if data[:1] == b"B" and len(data) == 1 + B_ACTIVATION and data[1] == B_HEAD:
        return RfCard("B", uid=data[2:6], info=data[6:])
    if data[:1] in (b"M", b"A") and len(data) > A_HEAD and data[3] in UID_SIZES:
        end = A_HEAD + data[3]
        if len(data) > end:
            return RfCard(chr(data[0]), uid=data[A_HEAD:end], atqa=data[1:3], sak=data[end], info=data[end + 1 :])
    raise BadFrame(f"RF activation of {len(data)} bytes, expected M, A or B with what belongs to it")
