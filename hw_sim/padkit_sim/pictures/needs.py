"""Whether this machine can draw pictures: numpy and OpenCV come with the extra `pictures`."""

from __future__ import annotations

from importlib.util import find_spec

from padkit_sim.errors import SimRefused


def needs_drawing() -> None:
    """Raises `SimRefused` where numpy or OpenCV is missing. Imports neither."""
    missing = [name for name in ("numpy", "cv2") if find_spec(name) is None]
    if missing:
        raise SimRefused(f"pictures: {' and '.join(missing)} is missing; install padkit-sim with its extra `pictures`")
