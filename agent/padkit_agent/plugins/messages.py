"""What core and worker say to each other. Values only; `frames` makes bytes of them.

Arguments and results travel as bytes that `ports` packs by the port's own type hints, so this file knows no port.
"""

from __future__ import annotations

import msgspec

from padkit_agent.core.found import FoundWire
from padkit_sdk.links import LinkMatch, Setting
from padkit_sdk.manifest import Manifest

PROTOCOL = 3  # both ends come from one installation; a mismatch means a half-finished update


class OfferView(msgspec.Struct, frozen=True):
    """A `DriverOffer` without its code, as the core sees it."""

    model: str
    ports: tuple[str, ...]
    matches: tuple[LinkMatch, ...]
    settings: dict[str, Setting]


class Lock(msgspec.Struct, frozen=True, tag="lock"):
    """Refuse with `reason` to open or call any device but the `allowed` ones, until the next `Lock` or `Unlock`."""

    reason: str
    allowed: tuple[str, ...]


class Unlock(msgspec.Struct, frozen=True, tag="unlock"):
    """Every device may be opened and called again."""


class Hello(msgspec.Struct, frozen=True, tag="hello"):
    """The first frame to a worker: which plugin it hosts, which folders go in front of its import path, and whether the
    kit is locked as it starts."""

    protocol: int
    manifest: Manifest
    paths: tuple[str, ...]
    lock: Lock | None = None


class Open(msgspec.Struct, frozen=True, tag="open"):
    """Open `device` as `model` on what was found at `path` (a device node, a reader's name, an address, a file)."""

    id: int
    device: str
    model: str
    match: LinkMatch
    path: str
    settings: dict[str, Setting]


class Close(msgspec.Struct, frozen=True, tag="close"):
    id: int
    device: str


class Call(msgspec.Struct, frozen=True, tag="call"):
    """Call one method of one port; `arguments` are packed by `ports`."""

    id: int
    device: str
    port: str
    method: str
    arguments: bytes


class Cancel(msgspec.Struct, frozen=True, tag="cancel"):
    """Cancel request `id`; its answer still comes (a result that was ready, or a failure ``cancelled``)."""

    id: int


class Ping(msgspec.Struct, frozen=True, tag="ping"):
    id: int


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The plugin is loaded and its offers fit its manifest."""

    offers: tuple[OfferView, ...]


class Unfit(msgspec.Struct, frozen=True, tag="unfit"):
    """The plugin cannot be loaded; the worker ends after this frame."""

    reason: str
    message: str


class Result(msgspec.Struct, frozen=True, tag="result"):
    id: int
    value: bytes


class Failure(msgspec.Struct, frozen=True, tag="failure"):
    """A request ended with an error: `kind` is the family's code, `name` its hint, fault or reason."""

    id: int
    kind: str
    message: str
    name: str = ""
    raw: str = ""
    frame: bytes = b""


class Event(msgspec.Struct, frozen=True, tag="event"):
    """Something a device said by itself."""

    device: str
    name: str
    detail: dict[str, str]


class Log(msgspec.Struct, frozen=True, tag="log"):
    """Something the host has to say about its plugin; the fields hold nothing personal."""

    event: str
    fields: dict[str, str]


class Sighted(msgspec.Struct, frozen=True, tag="sighted"):
    """All wires of one kind that can be seen now; said anew whenever that changes."""

    kind: str
    wires: tuple[FoundWire, ...]


class Pong(msgspec.Struct, frozen=True, tag="pong"):
    id: int


ToWorker = Hello | Lock | Unlock | Open | Close | Call | Cancel | Ping
FromWorker = Ready | Unfit | Result | Failure | Event | Log | Sighted | Pong
