"""The whole product on one machine without hardware: central, core mock, simulated kit and agent, as processes."""

from padkit_sim.demo.world import World, WorldFailed

__all__ = ["World", "WorldFailed"]
