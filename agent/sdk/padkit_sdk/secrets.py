"""Values that must not be seen: their `repr` and `str` hide them, their content is asked for by name.

They travel between worker and core like any other value; a log line, a traceback or an f-string shows the mask only.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, repr=False)
class Pan:
    """A primary account number (ISO/IEC 7812-1), 12 to 19 digits; shows its last four."""

    digits: str

    def __repr__(self) -> str:
        return f"Pan(…{self.digits[-4:]})"

    __str__ = __repr__


@dataclass(frozen=True, slots=True, repr=False)
class IdNumber:
    """A citizen identity or permit number (GB 11643); shows only its last two characters."""

    text: str

    def __repr__(self) -> str:
        return f"IdNumber(…{self.text[-2:]})"

    __str__ = __repr__


@dataclass(frozen=True, slots=True, repr=False)
class HiddenText:
    """Text that identifies or authenticates a person (name, address, track data, expiry); shows nothing of it."""

    text: str

    def __repr__(self) -> str:
        return "HiddenText(…)"

    __str__ = __repr__


@dataclass(frozen=True, slots=True, repr=False)
class HiddenBytes:
    """Bytes that identify or authenticate a person (photo, fingerprint record, PIN block); shows their length only."""

    data: bytes

    def __repr__(self) -> str:
        return f"HiddenBytes({len(self.data)} bytes)"

    __str__ = __repr__
