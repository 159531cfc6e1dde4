"""The few commands that reading a bank card needs, and the status words that answer them. No I/O here."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from padkit_sdk.errors import BadFrame
from padkit_sdk.ports.chip_card import MAX_RESPONSE

MAX_DATA = 255


class Sw(enum.Enum):
    """Status words (reference section 4); what is not listed is UNKNOWN, see `Response.sw`."""

    OK = 0x9000
    APPLICATION_BLOCKED = 0x6283
    AUTHENTICATION_FAILED = 0x6300
    WRONG_LENGTH = 0x6700
    NO_SECURE_MESSAGING = 0x6882
    SECURITY_STATUS = 0x6982
    METHOD_BLOCKED = 0x6983
    DATA_INVALIDATED = 0x6984
    CONDITIONS = 0x6985
    WRONG_DATA = 0x6A80
    UNSUPPORTED = 0x6A81  # also: card blocked
    NOT_FOUND = 0x6A82
    NO_RECORD = 0x6A83
    WRONG_PARAMETERS = 0x6A86
    DATA_NOT_FOUND = 0x6A88
    WRONG_OFFSET = 0x6B00
    NO_SUCH_INSTRUCTION = 0x6D00
    NO_SUCH_CLASS = 0x6E00
    UNKNOWN = -1


_BY_VALUE = {status.value: status for status in Sw}


@dataclass(frozen=True, slots=True)
class Response:
    """One R-APDU; its data is never printed."""

    status: Sw
    sw: int
    data: bytes = field(repr=False)

    @property
    def ok(self) -> bool:
        return self.status is Sw.OK


def parse_response(answer: bytes) -> Response:
    """Split an R-APDU. Raises `BadFrame` when it is shorter than its status or longer than any answer."""
    if not 2 <= len(answer) <= MAX_RESPONSE:
        raise BadFrame(f"R-APDU of {len(answer)} bytes, must be 2..{MAX_RESPONSE}")
    sw = int.from_bytes(answer[-2:])
    return Response(_BY_VALUE.get(sw, Sw.UNKNOWN), sw, answer[:-2])


def select(name: bytes) -> bytes:
    """SELECT by name: a payment directory or an application."""
    return bytes([0x00, 0xA4, 0x04, 0x00, len(name)]) + name + b"\x00"


def read_record(sfi: int, record: int) -> bytes:
    """READ RECORD `record` of the file `sfi`."""
    return bytes([0x00, 0xB2, record, sfi << 3 | 4, 0x00])


def get_processing_options(pdol_data: bytes) -> bytes:
    """GET PROCESSING OPTIONS with the data that the card's PDOL asked for, at most 252 bytes."""
    length = bytes([len(pdol_data)]) if len(pdol_data) < 0x80 else bytes([0x81, len(pdol_data)])
    body = b"\x83" + length + pdol_data
    assert len(body) <= MAX_DATA, "the PDOL's own cap keeps this true"
    return bytes([0x80, 0xA8, 0x00, 0x00, len(body)]) + body + b"\x00"
