"""Running flows: write down first, then act. Decisions are made in `core`; here they meet devices, people and central."""

from padkit_agent.flows.dayend import DayEnd
from padkit_agent.flows.desk import Desk, FlowView
from padkit_agent.flows.feed import Feed, Progress

__all__ = ["DayEnd", "Desk", "Feed", "FlowView", "Progress"]
