"""The camera of a simulated kit: what lies and who sits before it, what goes wrong, and the HTTP address it is read at."""

from padkit_sim.camera.camera import Camera
from padkit_sim.camera.faults import FAULTS, NAME
from padkit_sim.camera.settings import CameraSettings

__all__ = ["FAULTS", "NAME", "Camera", "CameraSettings"]
