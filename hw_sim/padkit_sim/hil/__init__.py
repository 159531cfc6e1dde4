"""A simulated kit in a process of its own, held by a test: what the pytest plugin is made of. Blocking, without pytest."""

from padkit_sim.hil.running import FaultHandle, RunningKit
from padkit_sim.hil.serving import Serving
from padkit_sim.hil.talk import KitJournal, NotHeard

__all__ = ["FaultHandle", "KitJournal", "NotHeard", "RunningKit", "Serving"]
