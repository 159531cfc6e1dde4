"""Which error a reader's refusal becomes; the one place that translates status words for flows."""

from __future__ import annotations

from padkit_back_clip.protocol import Command, Reply, Status
from padkit_sdk import DeviceFault


def fault_of(reply: Reply, command: Command, device: str) -> DeviceFault:
    """The fault that `reply` to `command` stands for, with the raw status."""
    raw = reply.sw.hex(" ").upper()
    match reply.status:
        case Status.SELF_TEST:
            fault, said = "reader.self_test", "failed its self-test; replace it"
        case Status.NOT_AUTHORISED:
            fault, said = "reader.not_authorised", "has a module that is not authorised; replace it"
        case Status.UNKNOWN | Status.DONE | Status.FOUND:
            fault, said = "reader.unknown", "gave an answer we do not know; reconnect it, then replace it"
        case _:
            fault, said = (
                "reader.refused",
                f"refused ({reply.status.name.lower()}); try another card, then reconnect it",
            )
    return DeviceFault(fault, f"identity reader {device}: at '{command.name}' it {said} (status {raw})", raw=raw)
