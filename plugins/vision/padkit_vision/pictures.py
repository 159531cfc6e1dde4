"""Pictures from outside become pixels here, and nowhere else: told by their bytes, within limits, upright."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from padkit_sdk.ports import Picture

Pixels = NDArray[np.uint8]
"""Height x width x 3, 8 bits each, blue, green, red (as OpenCV has it)."""


def decode(picture: Picture) -> Pixels:
    """Return the pixels of `picture`, upright. Raises `Refused` ``picture.*``."""
    with Image.open(io.BytesIO(picture.data.data), formats=("JPEG", "PNG", "WEBP")) as image:
        upright = ImageOps.exif_transpose(image).convert("RGB")
    return np.ascontiguousarray(np.asarray(upright)[:, :, ::-1])
