"""The eyes of the shipped models, and short sittings of the simulator."""

from __future__ import annotations

import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from face_script import Script

import padkit_liveness
import padkit_sim.pictures.faces
from padkit_liveness.eyes import Eyes
from padkit_sdk import HiddenBytes
from padkit_sdk.ports import Picture
from padkit_vision.engine import Engine
from padkit_vision.shelf import read_shelf

MODELS = Path(padkit_liveness.__file__).parent / "models"
PORTRAIT = Path(padkit_sim.pictures.faces.__file__).parent / "source" / "portrait.jpg"


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture(scope="session")
def eyes() -> Eyes:
    return Eyes(Engine(read_shelf(MODELS, None), time.monotonic), "dlib_face_resnet_v1_fp16w")


@pytest.fixture(scope="session")
def portrait() -> np.ndarray:
    """The committed public-domain face."""
    pixels = cv2.imread(str(PORTRAIT))
    assert pixels is not None
    return pixels


@pytest.fixture
def picture():
    """Make a picture of pixels."""

    def make(pixels: np.ndarray, at_s: float = 0.0) -> Picture:
        _, data = cv2.imencode(".png", pixels)
        return Picture(HiddenBytes(data.tobytes()), "test", at_s)

    return make
