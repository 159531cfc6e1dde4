"""The control socket: JSON lines by which tests, demonstrations and people steer a simulated kit."""

from padkit_sim.control.client import ask
from padkit_sim.control.desk import Desk
from padkit_sim.control.door import ControlDoor

__all__ = ["ControlDoor", "Desk", "ask"]
