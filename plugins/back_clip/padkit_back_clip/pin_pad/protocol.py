"""Frames, commands and error codes of the ZT588 keypad. No I/O here.

Both ways ``02 | LLL | TEXT | 03 | BCC``: LLL is the length of TEXT in three decimal digits, BCC the XOR of all bytes from the
first L to 03, as two hex digits. Bytes outside of frames are pressed keys, and in a PIN entry they do not tell which.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import reduce
from operator import xor

from padkit_sdk import BadFrame

BEGIN, END = 0x02, 0x03
DIGITS_OF_LENGTH = 3
AROUND = 1 + DIGITS_OF_LENGTH + 1 + 2  # everything of a frame but its TEXT
MAX_TEXT = 300  # user information, the longest, has 147 characters
ISO_0 = " "  # format character
STAR = 0x2A
SECRET = frozenset("27")  # TEXT of these commands and of their answers holds a key or a block: never shown
USER_INFORMATION = "3"
GET_PIN = "7"
FORBID_INPUT = "5032"
HEX_MODE = "5637"
RANDOM = "A0" + 16 * "0"
SETTINGS_AT = 1 + 50 + 48  # in the answer to `USER_INFORMATION`, after the status character
INFORMATION = SETTINGS_AT + 20 + 8 + 6 + 3 + 3 + 4 + 4
BLANK, INPUT_ON = 0x01, 0x02  # settings byte 0
BAUDS = (1_200, 2_400, 4_800, 9_600, 19_200, 38_400, 57_600, 115_200)
_ERROR = re.compile("E[0-9A-F]")


class Said(enum.Enum):
    """What a pressed key means in a PIN entry."""

    STAR = "star"  # some digit
    ENTER = "enter"
    CANCEL = "cancel"
    CLEAR = "clear"
    DIGIT = "digit"  # which it must not tell
    OTHER = "other"


_KEYS = {STAR: Said.STAR, 0x0D: Said.ENTER, 0x1B: Said.CANCEL, 0x80: Said.CANCEL, 0x08: Said.CLEAR, 0x23: Said.DIGIT}


@dataclass(frozen=True, slots=True)
class Answer:
    """The TEXT of one frame; may hold a PIN block and is therefore not shown."""

    text: str = field(repr=False)

    @property
    def error(self) -> str:
        """``E0`` to ``EF`` when the keypad refused, else empty."""
        return self.text if _ERROR.fullmatch(self.text) else ""


@dataclass(frozen=True, slots=True)
class Information:
    """Who the keypad is and how it is set."""

    blank: bool
    input_on: bool
    model: str
    hardware: str
    software: str
    serial: str


def encode(text: str) -> bytes:
    """The frame of one command."""
    body = f"{len(text):03d}{text}".encode("ascii") + bytes([END])
    return bytes([BEGIN]) + body + f"{reduce(xor, body):02X}".encode()


def key_of(byte: int) -> Said:
    """What an unframed byte means; which digit it may be is dropped here."""
    return Said.DIGIT if 0x30 <= byte <= 0x39 else _KEYS.get(byte, Said.OTHER)


def start_pin(key_id: str, length: int, account: str) -> str:
    """The command that begins a PIN entry in format 0 without a hint on the keypad."""
    return f"6{key_id}{ISO_0}0{length:02d}{account}"


def control(subject: str, value: int) -> str:
    """A setting of the keypad: `2` time limit, `3` mask, `4` and `5` least and greatest length, `6` communication."""
    return f"5{subject}{value:02X}"


def load_under(under_id: str, key_id: str, cryptogram: bytes) -> str:
    """The command that loads an encrypted PIN key of 16 or 24 bytes: type 0, length digit one more than for a plain key."""
    return f"2{under_id}{key_id}0{len(cryptogram) // 8}{cryptogram.hex().upper()}"


def erase(key_id: str) -> str:
    """The command that erases a key: under-id 00, length 0."""
    return f"200{key_id}00"


def read_kcv(answer: Answer) -> str:
    """The six digits of the check value after the status character. Raises `BadFrame`."""
    if not re.fullmatch(".[0-9A-Fa-f]{6,16}", answer.text):
        raise BadFrame("answer to a key without check value")
    return answer.text[1:7].upper()


def read_block(answer: Answer) -> bytes:
    """The block of an answer: status, track (2), length (2), 16 hex digits. Raises `BadFrame`, which shows nothing of it."""
    if not re.fullmatch(".[0-9A-Fa-f]{4}[0-9A-Fa-f]{16}", answer.text):
        raise BadFrame(f"PIN block answer of {len(answer.text)} characters, expected 21")
    return bytes.fromhex(answer.text[5:])


def read_information(answer: Answer) -> Information:
    """Raises `BadFrame`."""
    rest = answer.text[SETTINGS_AT:]
    if len(answer.text) != INFORMATION or not re.fullmatch("[0-9A-Fa-f]{2}", rest[:2]):
        raise BadFrame(f"user information of {len(answer.text)} characters, expected {INFORMATION}")
    flags = int(rest[:2], 16)
    model, hardware, software, serial = (rest[i:j].strip() for i, j in ((28, 34), (34, 37), (37, 40), (44, 48)))
    return Information(bool(flags & BLANK), bool(flags & INPUT_ON), model, hardware, software, serial)


class Decoder:
    """Turns bytes, in whatever portions, into answers and pressed keys."""

    def __init__(self) -> None:
        self._held = bytearray()

    @property
    def inside_frame(self) -> bool:
        """Whether a frame has begun and is not complete."""
        return bool(self._held)

    def feed(self, data: bytes) -> Iterator[Answer | Said]:
        """Take `data`; yield what is complete. Raises `BadFrame` ``checksum`` or ``end``; the rest stays for the next call."""
        self._held += data
        while self._held:
            if self._held[0] != BEGIN:
                yield key_of(self._held.pop(0))
                continue
            size = self._size()
            if size > len(self._held):
                return
            if not size:
                del self._held[0]  # 02 that begins no frame
                continue
            frame = bytes(self._held[:size])
            if frame[-3] != END or f"{reduce(xor, frame[1:-2]):02X}".encode() != frame[-2:].upper():
                del self._held[0]
                raise BadFrame("checksum" if frame[-3] == END else "end")  # not shown: it may be a block
            del self._held[:size]
            yield Answer(frame[4:-3].decode("latin-1"))

    def give_up(self) -> Iterator[Answer | Said]:
        """Drop the begun frame (its bytes stopped coming) and look through what it had swallowed."""
        del self._held[:1]
        return self.feed(b"")

    def _size(self) -> int:
        """Of the frame that begins now; 0 for none, more than there is for not yet known."""
        length = bytes(self._held[1 : 1 + DIGITS_OF_LENGTH])
        if length and not length.isdigit():
            return 0
        if len(length) < DIGITS_OF_LENGTH:
            return len(self._held) + 1
        return AROUND + int(length) if int(length) <= MAX_TEXT else 0
