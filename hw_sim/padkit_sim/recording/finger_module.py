"""What is personal in the packets of an R30x fingerprint module: pictures and templates; and its password. No I/O."""

from __future__ import annotations

MARK, HEAD, SUM = b"\xef\x01", 9, 2
ASK, ANSWER = 0x01, 0x07
HANDSHAKE = 0x55  # said once, when the power comes
MOST = 258
SECRETS = frozenset({0x12, 0x13, 0x18})  # set password, give password, write notepad: only the command is kept
BLANK = frozenset({0x19})  # read notepad


def size(data: bytes) -> int:
    """``EF 01 address(4) kind length(2) …``; see `cutting.Size`."""
    if data[0] == HANDSHAKE:
        return 1
    if not MARK.startswith(data[:2]):
        return 0
    if len(data) < HEAD:
        return -1
    counted = int.from_bytes(data[7:HEAD], "big")
    return HEAD + counted if SUM < counted <= MOST else 0


class FingerModule:
    """R30x. Kept: commands, status, parameters, counts, places and scores. Data packets become a pattern."""

    def __init__(self) -> None:
        self._asked = 0

    def to_device(self, frame: bytes) -> bytes:
        if len(frame) <= HEAD + SUM:
            return frame
        if frame[6] != ASK:
            return _pattern(frame)
        self._asked = frame[HEAD]
        return _with(frame, frame[HEAD : HEAD + 1], 0) if self._asked in SECRETS else frame

    def to_host(self, frame: bytes) -> bytes:
        if len(frame) <= HEAD + SUM:
            return frame
        if frame[6] != ANSWER:
            return _pattern(frame)
        return _with(frame, frame[HEAD : HEAD + 1], 0) if self._asked in BLANK else frame


def _pattern(frame: bytes) -> bytes:
    content = bytes((place * 7 + 3) % 256 for place in range(len(frame) - HEAD - SUM))
    return _summed(frame[:HEAD] + content)


def _with(frame: bytes, kept: bytes, fill: int) -> bytes:
    """The packet with only the first bytes of its content."""
    return _summed(frame[:HEAD] + kept + bytes([fill]) * (len(frame) - HEAD - SUM - len(kept)))


def _summed(body: bytes) -> bytes:
    return body + (sum(body[6:]) % 65_536).to_bytes(SUM, "big")
