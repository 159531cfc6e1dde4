"""Where the control page listens: on this machine alone."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from padkit_sim.errors import SimRefused

ANY_FREE = "127.0.0.1:0"
MAX_PORT = 65_535


@dataclass(frozen=True, slots=True)
class PageAddress:
    """An address of loopback; port 0 takes a free one."""

    host: str = "127.0.0.1"
    port: int = 0


def page_address(text: str) -> PageAddress:
    """Read ``HOST:PORT``. Raises `SimRefused` when that is not on loopback."""
    host, mark, port = text.rpartition(":")
    host = host.strip("[]")
    if not mark or not port.isdecimal() or int(port) > MAX_PORT:
        raise SimRefused(f"page: {text!r} is not HOST:PORT; write for example {ANY_FREE}")
    if not _is_loopback(host):
        raise SimRefused(f"page: host {host!r} is not loopback; give 127.0.0.1, ::1 or localhost")
    return PageAddress("127.0.0.1" if host == "localhost" else host, int(port))


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
