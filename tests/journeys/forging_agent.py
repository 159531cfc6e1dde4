"""The agent with a forger in it: while the file `forge` lies beside its settings, each opening leaves with another limit.

That is after the kit's own checks, as somebody with the kit's keys could do it: only central can refuse it.
"""

from __future__ import annotations

import asyncio
import sys
from functools import partial
from pathlib import Path

import msgspec

from padkit_agent import app
from padkit_agent.config import load_settings
from padkit_agent.core.flow import Flow
from padkit_agent.core.plan import Plan
from padkit_agent.flows import post
from padkit_contract.messages import Request

FLAG = "forge"
HONEST = post.business


def forged(folder: Path, flow: Flow, plan: Plan, *, made_at: str) -> Request:
    """Return the opening, with another limit while the flag is there."""
    request = HONEST(flow, plan, made_at=made_at)
    if (folder / FLAG).exists():
        return msgspec.structs.replace(request, fields={**request.fields, "limit_day": "50000.00"})
    return request


if __name__ == "__main__":
    config = Path(sys.argv[sys.argv.index("--config") + 1])
    post.business = partial(forged, config.resolve().parent)
    asyncio.run(app.run(load_settings(config)))
