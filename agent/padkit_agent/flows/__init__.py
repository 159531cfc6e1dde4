"""Running flows: write down first, then act. Decisions are made in `core`; here they meet devices, people and central."""

from padkit_agent.flows.dayend import DayEnd
from padkit_agent.flows.desk import Desk
from padkit_agent.flows.feed import Feed, Progress
from padkit_agent.flows.functions import FunctionView
from padkit_agent.flows.news import tell_devices
from padkit_agent.flows.telling import FlowView
from padkit_agent.flows.waiting import Waiting

__all__ = ["DayEnd", "Desk", "Feed", "FlowView", "FunctionView", "Progress", "Waiting", "tell_devices"]
