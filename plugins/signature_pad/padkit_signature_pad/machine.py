"""What the pad takes in which state, and how one gets back to READY. A table; no I/O, no clock (manual 6)."""

from __future__ import annotations

import enum
from collections.abc import Mapping

from padkit_signature_pad.protocol import PadState, Report


class Home(enum.Enum):
    """The next step towards READY."""

    DONE = "done"
    WAIT = "wait"  # the pad works and ends by itself
    END_CAPTURE = "end_capture"
    ABANDON_IMAGE = "abandon_image"
    RESET = "reset"


HOME: Mapping[PadState | None, Home] = {
    PadState.READY: Home.DONE,
    PadState.IMAGE: Home.ABANDON_IMAGE,
    PadState.CAPTURE: Home.END_CAPTURE,
    PadState.CALCULATION: Home.WAIT,
    PadState.IMAGE_BOOT: Home.RESET,
    PadState.ROM_BUSY: Home.WAIT,
    PadState.RESET: Home.WAIT,
    None: Home.RESET,  # a code we do not know
}

AFTER: Mapping[Report, PadState] = {  # the state to wait for after a command, when it changes the state
    Report.RESET: PadState.READY,
    Report.START_IMAGE: PadState.IMAGE,
    Report.END_IMAGE: PadState.READY,
    Report.START_CAPTURE: PadState.CAPTURE,
    Report.END_CAPTURE: PadState.READY,
    Report.CLEAR: PadState.READY,
    Report.CLEAR_AREA: PadState.READY,
}
