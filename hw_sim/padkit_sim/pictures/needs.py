"""Whether this machine can draw pictures: numpy, OpenCV and Pillow come with the extra `pictures`."""

from __future__ import annotations

from importlib.util import find_spec

from padkit_sim.errors import SimRefused


def needs_drawing() -> None:
    """Raises `SimRefused` where one of them is missing. Imports none."""
    missing = [name for name in ("numpy", "cv2", "PIL") if find_spec(name) is None]
    if missing:
        raise SimRefused(f"pictures: {' and '.join(missing)} is missing; install padkit-sim with its extra `pictures`")
