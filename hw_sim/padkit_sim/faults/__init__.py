"""One vocabulary of faults with dotted names: scripted by count, drawn by a seeded chance, or armed by control."""

from padkit_sim.faults.book import Dial, FaultBook, FaultRequest, Firing
from padkit_sim.faults.spec import ArgSpec, ArgValue, FaultArgs, FaultSpec, Kind

__all__ = ["ArgSpec", "ArgValue", "Dial", "FaultArgs", "FaultBook", "FaultRequest", "FaultSpec", "Firing", "Kind"]
