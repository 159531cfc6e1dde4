"""What a rejection of central is about: the message, which it will never take, or the kit and the way to it: then all waits."""

from __future__ import annotations

from padkit_agent.core.queue import Why
from padkit_agent.uplink.trouble import Stuck
from padkit_agent.uplink.wire import NO_SHAPE, Rejected

SHUT_OUT = frozenset({"identity.suspended", "identity.revoked"})
STRANGE = frozenset({NO_SHAPE, "path.unknown"})


def check_about_the_row(answer: Rejected) -> None:
    """Raise `Stuck` when a rejection is about the kit, or was given by something on the way; else it is about the message."""
    if answer.code in SHUT_OUT:
        raise Stuck(Why.SHUT_OUT, answer.code, f"central shuts this kit out: {answer.code}")
    if answer.code.startswith("identity."):
        raise Stuck(Why.CERTIFICATE, answer.code, f"central does not know this kit by its certificate: {answer.code}")
    if answer.code in STRANGE:
        raise Stuck(Why.CENTRAL, f"http.{answer.status}", f"what answered {answer.status} is not central")
