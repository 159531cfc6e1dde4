"""The self-test's look at the models: each is loaded by its sha256 and reads a line that is drawn here."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from padkit_ocr.lines import find_lines
from padkit_ocr.recogniser import Recogniser
from padkit_sdk import PadkitError
from padkit_sdk.ports import Check
from padkit_vision.engine import Engine

DRAWN = "20380119"


def _drawn() -> NDArray[np.uint8]:
    """A white strip with `DRAWN` in black."""
    strip = np.full((64, 320, 3), 255, np.uint8)
    cv2.putText(strip, DRAWN, (16, 48), cv2.FONT_HERSHEY_SIMPLEX, 1.6, (0, 0, 0), 3, cv2.LINE_AA)
    return strip


def _reads(engine: Engine) -> Check:
    try:
        seen = Recogniser(engine).read(_drawn(), "0123456789").text
    except PadkitError as exc:
        return Check("model.recogniser", passed=False, seen=str(exc))
    return Check("model.recogniser", passed=seen == DRAWN, seen=f"{DRAWN} was read as {seen}")


def _finds(engine: Engine) -> Check:
    try:
        seen = len(find_lines(engine, _drawn()))
    except PadkitError as exc:
        return Check("model.detector", passed=False, seen=str(exc))
    return Check("model.detector", passed=seen == 1, seen=f"{seen} lines of one")


TRIALS = (_reads, _finds)
