"""Roads to central at rest, for tests of what is said about them."""

from __future__ import annotations

from padkit_agent.core.queue import Why
from padkit_agent.uplink.trouble import Troubles


class Road:
    """A courier or an uploader at rest."""

    def __init__(self) -> None:
        self.troubles = Troubles()
        self.online: bool | None = True
        self.shut_out = ""
        self.hindered: tuple[Why, str] | None = None
        self.woken = 0

    def wake(self) -> None:
        self.woken += 1
