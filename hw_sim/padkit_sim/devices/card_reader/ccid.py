"""CCID messages as the reader hears and says them (USB CCID 1.10, chapter 6), and its class descriptor (chapter 5.1)."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

HEADER = struct.Struct("<BIBB3s")  # type, length of what follows, slot, sequence, three bytes of the message's own
MAX_DATA = 65_544  # an extended APDU with its lengths
MAX_MESSAGE = HEADER.size + MAX_DATA
DESCRIPTOR_BYTES = 54
FIVE_VOLTS, THREE_VOLTS, LOW_VOLTS = 1, 2, 4
PROTOCOLS = 3  # T=0 and T=1
CLOCK_KHZ, RATE_BPS, RATE_MOST_BPS = 4_000, 10_753, 344_105
IFSD = 254
AUTOMATIC_APDU = 0x0004_04FE  # APDU level, short and extended; voltage, clock, rate, parameters, PPS, IFSD by itself
NOTIFY_SLOT_CHANGE = 0x50


class Asked(IntEnum):
    """Messages to the reader (6.1)."""

    SET_PARAMETERS = 0x61
    POWER_ON = 0x62
    POWER_OFF = 0x63
    SLOT_STATUS = 0x65
    GET_PARAMETERS = 0x6C
    RESET_PARAMETERS = 0x6D
    EXCHANGE = 0x6F
    ABORT = 0x72


class Said(IntEnum):
    """Messages from the reader (6.2)."""

    DATA = 0x80
    SLOT = 0x81
    PARAMETERS = 0x82


class Icc(IntEnum):
    """What is known of the card, in each answer (6.2.6)."""

    ACTIVE = 0
    INACTIVE = 1
    ABSENT = 2


class Error(IntEnum):
    """Why a command failed (table 6.2-2); a number below 0x80 is the place of the byte that is wrong."""

    NOT_SUPPORTED = 0x00
    BAD_LENGTH = 0x01
    BAD_SLOT = 0x05
    BAD_PROTOCOL = 0x07
    SLOT_BUSY = 0xE0
    PARITY = 0xFD
    MUTE = 0xFE


ANSWERS: Mapping[int, Said] = {
    Asked.POWER_ON: Said.DATA,
    Asked.EXCHANGE: Said.DATA,
    Asked.SET_PARAMETERS: Said.PARAMETERS,
    Asked.GET_PARAMETERS: Said.PARAMETERS,
    Asked.RESET_PARAMETERS: Said.PARAMETERS,
}


@dataclass(frozen=True, slots=True)
class Request:
    """One message to the reader; `type` may be none of `Asked`, `own` are the three bytes before the data."""

    type: int
    slot: int
    sequence: int
    own: bytes
    data: bytes = b""

    @property
    def answered_with(self) -> Said:
        return ANSWERS.get(self.type, Said.SLOT)


class Ear:
    """Puts messages together from transfers: the host may cut a long one anywhere."""

    def __init__(self) -> None:
        self._heard = bytearray()

    def hear(self, data: bytes) -> list[Request]:
        """The messages that are whole now. One that claims more than `MAX_DATA` ends there, without data."""
        self._heard += data
        whole: list[Request] = []
        while len(self._heard) >= HEADER.size:
            kind, length, slot, sequence, own = HEADER.unpack_from(self._heard)
            if length > MAX_DATA:
                self._heard.clear()
                return [*whole, Request(-1, slot, sequence, own)]
            if len(self._heard) < HEADER.size + length:
                break
            whole.append(Request(kind, slot, sequence, own, bytes(self._heard[HEADER.size : HEADER.size + length])))
            del self._heard[: HEADER.size + length]
        return whole

    def forget(self) -> None:
        """Drop what is half heard."""
        self._heard.clear()


def done(request: Request, icc: Icc, data: bytes = b"", last: int = 0) -> bytes:
    """`request` was carried out; `last` is the byte before the data (the protocol, for parameters)."""
    own = bytes([icc, 0, last])
    return HEADER.pack(request.answered_with, len(data), request.slot, request.sequence, own) + data


def failed(request: Request, icc: Icc, error: Error) -> bytes:
    """`request` was not carried out."""
    own = bytes([icc | 0x40, error, 0])
    return HEADER.pack(request.answered_with, 0, request.slot, request.sequence, own)


def wait(request: Request, icc: Icc) -> bytes:
    """The card asks for more time: the host starts its waiting time once again."""
    own = bytes([icc | 0x80, 1, 0])
    return HEADER.pack(request.answered_with, 0, request.slot, request.sequence, own)


def slot_changed(*, present: bool) -> bytes:
    """What the interrupt endpoint says when a card comes or goes (6.3.1)."""
    return bytes([NOTIFY_SLOT_CHANGE, 0b10 | present])


def class_descriptor() -> bytes:
    """One slot, T=0 and T=1, everything automatic, whole APDUs."""
    return struct.pack(
        "<BBHBBIIIBIIBIIIIIBBHBB",
        *(DESCRIPTOR_BYTES, 0x21, 0x0110, 0, FIVE_VOLTS | THREE_VOLTS | LOW_VOLTS, PROTOCOLS),
        *(CLOCK_KHZ, CLOCK_KHZ, 0, RATE_BPS, RATE_MOST_BPS, 0, IFSD, 0, 0, AUTOMATIC_APDU, MAX_MESSAGE),
        *(0xFF, 0xFF, 0, 0, 1),  # classes as the card, no display, no PIN pad, one command at a time
    )
