"""The code that proves that a customer's telephone is his and at hand: made and judged by central, typed at the kit."""

from __future__ import annotations

import msgspec

SEND = "phone.send"  # businesses; the replies' fields hold `CodeSent` under ``sent``, `CodeJudged` under ``judged``
JUDGE = "phone.judge"
EVIDENCE = "otp_phone"  # of the catalogue
DIGITS = 6


class CodeWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of `SEND`: send a code to this telephone, for the case of `serial`. A code before it ends."""

    serial: str
    phone: str

    def __repr__(self) -> str:
        return f"CodeWanted({self.serial})"


class CodeSent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """It was sent, and holds for `seconds`."""

    seconds: int


class CodeTyped(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of `JUDGE`: what the customer typed."""

    serial: str
    code: str

    def __repr__(self) -> str:
        return f"CodeTyped({self.serial})"


class CodeJudged(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether it was the right one, and how often he may still try; `at` is central's time."""

    right: bool
    left: int
    at: str
