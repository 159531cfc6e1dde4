"""The whole family of errors that a plugin may raise, sorted by who acts on them.

A driver translates every library or operating-system error into one of these at its edge; above the edge no `OSError`
is left. A message has four parts: what, where, which value, what next.
"""

from __future__ import annotations

SHOWN_BYTES = 64  # a refused frame is shown in messages up to this length; the journal keeps it whole


class PadkitError(Exception):
    """Base of everything that a driver, a flow or the service says no with."""

    code = "error"


class AskAgain(PadkitError):
    """The person can fix it: nothing is broken, the same step is done again.

    `hint` is a stable dotted name that screens translate, for example ``card.not_found``.
    """

    code = "ask_again"

    def __init__(self, hint: str, message: str = "") -> None:
        super().__init__(message or hint)
        self.hint = hint


class DeviceFault(PadkitError):
    """The device says no (jam, empty, tamper): the step ends and staff are told.

    `fault` is a stable dotted name such as ``box.jam``; `raw` is the device's own code, kept also when unknown to us.
    """

    code = "device_fault"

    def __init__(self, fault: str, message: str = "", *, raw: str = "") -> None:
        super().__init__(message or (f"{fault} (code {raw})" if raw else fault))
        self.fault = fault
        self.raw = raw


class LinkLost(PadkitError):
    """The bytes stopped: cable, radio or adapter is gone. The agent reopens with back-off."""

    code = "link_lost"


class BadFrame(PadkitError):
    """Bytes that make no sense; shown in the message up to `SHOWN_BYTES`, kept whole in `frame`."""

    code = "bad_frame"

    def __init__(self, reason: str, frame: bytes = b"") -> None:
        shown = frame[:SHOWN_BYTES].hex(" ").upper()
        more = f" … ({len(frame)} bytes)" if len(frame) > SHOWN_BYTES else ""
        super().__init__(f"{reason}: {shown}{more}" if frame else reason)
        self.reason = reason
        self.frame = frame


class OutcomeUnknown(PadkitError):
    """Sent, and no certain answer: inquire first (status, inquiry by serial), never simply repeat."""

    code = "outcome_unknown"


class Refused(PadkitError):
    """Policy, role, risk, stock or a wrong call said no; `reason` is the stable name of the rule that did."""

    code = "refused"

    def __init__(self, reason: str, message: str = "") -> None:
        super().__init__(message or reason)
        self.reason = reason
