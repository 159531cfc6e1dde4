"""What the page's listener believes of a request before anything else is looked at. Pure: headers in, a refusal or nothing out.

Another site's page in the same browser can send requests here; it cannot choose Host, Origin or Sec-Fetch-Site.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from padkit_agent.api.refusing import JSON
from padkit_sdk.errors import Refused

ANSWER_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Headers(Protocol):
    """Headers, of which one name may stand there more than once."""

    def getall(self, key: str, default: list[str], /) -> list[str]:
        """Return every value of `key`."""
        ...


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked at. `is_file`: it wants a file of the page, which a person may also open by typing its address."""

    headers: Headers
    is_get: bool
    is_socket: bool
    is_file: bool
    has_body: bool
    content_type: str


def check(asked: Asked, address: str, *, practice: bool = False) -> None:
    """Raise `Refused` ``page.host``, ``page.origin``, ``page.site``, ``page.type``; `address` is the listener's HOST:PORT.

    The page of a kit to practise on is opened by a link of another page of this machine.
    """
    port = address.rpartition(":")[2]
    ours = {address, f"localhost:{port}"}
    hosts = asked.headers.getall("Host", [])
    if len(hosts) != 1 or hosts[0].lower() not in ours:
        raise Refused("page.host", f"Host {_shown(hosts)} is not this listener; open http://{address}/")
    origins = asked.headers.getall("Origin", [])
    needed = asked.is_socket or not asked.is_get
    if (origins or needed) and origins != [f"http://{hosts[0].lower()}"]:
        raise Refused("page.origin", f"Origin {_shown(origins)} is not this page's; open http://{address}/")
    sites = asked.headers.getall("Sec-Fetch-Site", [])
    allowed = ("same-origin", "none", *(("same-site",) if practice else ())) if asked.is_file else ("same-origin",)
    if sites and (len(sites) > 1 or sites[0] not in allowed):
        raise Refused("page.site", f"Sec-Fetch-Site {_shown(sites)}: only this page may ask; open http://{address}/")
    if asked.has_body and asked.content_type != JSON:
        raise Refused("page.type", f"Content-Type {_shown([asked.content_type])}: send bodies as {JSON}")


def _shown(values: list[str]) -> str:
    return ", ".join(repr(it[:100]) for it in values) or "(none)"
