"""Who governs the kit: takes central's orders, keeps how the kit stands, and lets nothing be in force before it is on disk."""

from padkit_agent.control.control import Control, Hands
from padkit_agent.control.journal import Journal
from padkit_agent.control.people import People

__all__ = ["Control", "Hands", "Journal", "People"]
