"""What a host of a T=0 card does by itself: fetch what waits (61), ask again with the right length (6C). No I/O here."""

from __future__ import annotations

from padkit_sdk import Refused
from padkit_sdk.ports.chip_card import MAX_COMMAND

HEADER = 4  # CLA INS P1 P2
MIN_ANSWER = 2  # SW1 SW2
WAITING, WRONG_LE = 0x61, 0x6C  # ISO/IEC 7816-3, 10.3.3: SW1
ROUNDS = 32  # a card that wants more is at fault


def check_command(command: bytes) -> None:
    """Refuse what is no short C-APDU (ISO/IEC 7816-3, 12.1). Raises `Refused` ``apdu.length``."""
    size = len(command)
    if not HEADER <= size <= MAX_COMMAND:
        raise Refused("apdu.length", f"C-APDU of {size} bytes; give {HEADER} to {MAX_COMMAND}")
    if size > HEADER + 1:
        lc = command[HEADER]
        if not lc or size - HEADER - 1 - lc not in (0, 1):
            raise Refused("apdu.length", f"C-APDU of {size} bytes with Lc {lc}; make both agree")


def follow_up(command: bytes, status: bytes) -> bytes | None:
    """What to send after `command` got `status` (SW1 SW2); None when that was the end."""
    sw1, sw2 = status
    if sw1 == WAITING:
        return bytes([0x00, 0xC0, 0x00, 0x00, sw2])  # GET RESPONSE
    if sw1 == WRONG_LE:
        body = HEADER + 1 + command[HEADER] if len(command) > HEADER + 1 else HEADER
        return command[:body] + bytes([sw2])
    return None
