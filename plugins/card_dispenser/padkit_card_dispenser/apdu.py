"""The T=0 rules a host keeps itself: 61 xx asks for the rest, 6C xx for the same command with a right Le. No I/O here."""

from __future__ import annotations

from padkit_card_dispenser.commands import MIN_APDU
from padkit_sdk import Refused

MORE = 0x61
WRONG_LE = 0x6C
ROUNDS = 32  # a card that wants more is at fault


def check_shape(command: bytes) -> None:
    """Refuse what is no short C-APDU. Raises `Refused` ``apdu.length``."""
    if len(command) > MIN_APDU + 1:
        lc = command[MIN_APDU]
        body = MIN_APDU + 1 + lc
        if not lc or len(command) not in (body, body + 1):
            raise Refused("apdu.length", f"C-APDU of {len(command)} bytes with Lc {lc}; make both agree")


def follow_up(command: bytes, status: bytes) -> bytes | None:
    """Return what to send after `command` was answered with `status` (SW1 SW2); None when the answer is final."""
    sw1, xx = status
    if sw1 == MORE:
        return bytes([0x00, 0xC0, 0x00, 0x00, xx])
    if sw1 == WRONG_LE:
        return _without_le(command) + bytes([xx])
    return None


def _without_le(command: bytes) -> bytes:
    if len(command) <= MIN_APDU + 1:
        return command[:MIN_APDU]
    return command[: MIN_APDU + 1 + command[MIN_APDU]]
