"""The SDK's error family as frames, and back: the core raises what the driver raised."""

from __future__ import annotations

import asyncio

from padkit_agent.plugins.messages import Failure
from padkit_sdk.errors import AskAgain, BadFrame, DeviceFault, LinkLost, OutcomeUnknown, PadkitError, Refused

CANCELLED = "cancelled"
MAX_TEXT = 2_000  # characters of a message that cross the wire
MAX_SHOWN = 256  # bytes of a refused frame that cross the wire


def to_failure(request: int, error: BaseException) -> Failure:
    """Describe `error` for the wire. What is not of the family is a bug in the driver: its outcome is unknown.

    Of such a bug only the type is told: its text may hold what must not be seen.
    """
    text = str(error)[:MAX_TEXT]
    match error:
        case AskAgain():
            return Failure(request, error.code, text, name=error.hint)
        case DeviceFault():
            return Failure(request, error.code, text, name=error.fault, raw=error.raw)
        case BadFrame():
            return Failure(request, error.code, text, name=error.reason[:MAX_TEXT], frame=error.frame[:MAX_SHOWN])
        case Refused():
            return Failure(request, error.code, text, name=error.reason)
        case LinkLost() | OutcomeUnknown():
            return Failure(request, error.code, text)
        case asyncio.CancelledError():
            return Failure(request, CANCELLED, "cancelled by the caller")
        case _:
            told = f"driver raised {type(error).__name__}, which is not of the error family; look before repeating"
            return Failure(request, OutcomeUnknown.code, told)


def to_error(failure: Failure) -> PadkitError:
    """Rebuild the error that `to_failure` described; a kind that we do not know becomes `OutcomeUnknown`."""
    match failure.kind:
        case AskAgain.code:
            return AskAgain(failure.name, failure.message)
        case DeviceFault.code:
            return DeviceFault(failure.name, failure.message, raw=failure.raw)
        case BadFrame.code:
            return BadFrame(failure.name, failure.frame)
        case Refused.code:
            return Refused(failure.name, failure.message)
        case LinkLost.code:
            return LinkLost(failure.message)
        case _:
            return OutcomeUnknown(failure.message)
