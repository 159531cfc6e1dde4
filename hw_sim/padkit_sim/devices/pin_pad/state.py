"""What a kit file says of a keypad, how it is set, and what may be seen of it. A digit is in none of these."""

from __future__ import annotations

from dataclasses import dataclass, field

SAMPLE_MASTER = bytes.fromhex("FEDCBA98765432100123456789ABCDEF")  # printed in standards: for simulated keypads only
SAMPLE_PIN_KEY = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
MASTER_ID, PIN_KEY_ID = "20", "30"


@dataclass(frozen=True, slots=True)
class PadSettings:
    """`pin_key` empty: none is loaded yet; `user_key` empty: the host need not prove itself."""

    master_key: bytes = field(default=SAMPLE_MASTER, repr=False)
    pin_key: bytes = field(default=SAMPLE_PIN_KEY, repr=False)
    user_key: bytes = field(default=b"", repr=False)
    baud: int = 115_200


@dataclass(frozen=True, slots=True)
class PadState:
    """The truth about a keypad, without what only its customer knows."""

    entering: bool
    stars: int
    key_ids: tuple[str, ...]
    tampered: bool
    authenticated: bool
    plain_input: bool
    baud: int


@dataclass(slots=True)
class Tuning:
    """What the host can set."""

    limit_s: int = 30
    mask: str = "2A"
    least: int = 4
    most: int = 12
    whole_hex: bool = False
    sound: bool = True
    beep: int = 5

    def shown(self, *, blank: bool, input_on: bool, rate: int) -> str:
        """Ten bytes as hex: flags, 0, limit, mask, least, most, rate, mode, beep, 0."""
        flags = blank | input_on << 1 | self.sound << 2
        mode = "7" if self.whole_hex else "0"
        row = (
            flags,
            0,
            self.limit_s,
            int(self.mask, 16),
            self.least,
            self.most,
            ord(str(rate)),
            ord(mode),
            self.beep,
            0,
        )
        return bytes(row).hex().upper()


@dataclass(slots=True)
class Entry:
    """A PIN entry under way: the one place where digits are, until the block is made."""

    key_id: str
    pan: str
    most: int
    ends_at_s: float
    digits: str = field(default="", repr=False)
