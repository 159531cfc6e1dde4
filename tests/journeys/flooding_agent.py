"""The agent as it is, with a plugin bundle whose card box floods its socket once the file `FLOOD_NOW` lies in its folder."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from msgspec.structs import replace

from padkit_agent import app
from padkit_agent.config import Settings, load_settings

BUNDLE = Path(__file__).parent / "flooding"
FLOOD_NOW = "flood-now"


def flooding(settings: Settings) -> Settings:
    told = str(settings.store.path.parent / FLOOD_NOW)
    devices = tuple(
        replace(it, plugin="flooding_box", settings={"flood_when": told}) if it.name == "box" else it
        for it in settings.device
    )
    return replace(settings, bundles=(BUNDLE,), device=devices)


if __name__ == "__main__":
    config = Path(sys.argv[sys.argv.index("--config") + 1])
    asyncio.run(app.run(flooding(load_settings(config))))
