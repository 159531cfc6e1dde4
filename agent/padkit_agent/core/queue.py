"""What waits for central: how much of it may lie on the kit and how long, what needs a person, and what he does. Pure."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from padkit_sdk.errors import Refused

MEGABYTE = 1 << 20
OF_DISK = 0.75  # of what the store may take at most: open flows need the rest to come to their end
LIMITS: Mapping[str, float] = {  # what holds where the policy says nothing; 0 or less: no limit
    "queue_max_items": 200,
    "queue_max_packages": 50,
    "queue_max_mb": 512,
    "offline_max_hours": 72,
    "queue_near_percent": 80,
    "queue_attention_minutes": 15,
}


class Kind(enum.Enum):
    """What an item is: a message, an evidence package, the answer to an order of central, a flow that stands."""

    MESSAGE = "message"
    PACKAGE = "package"
    ORDER = "order"
    FLOW = "flow"


class Why(enum.Enum):
    """Why an item still waits. `REFUSED` and `BROKEN` are set aside: nothing happens until a person deals with it."""

    SENDING = "sending"
    MAKING = "making"
    BEHIND = "behind"
    NETWORK = "network"
    CENTRAL = "central"
    SHUT_OUT = "shut_out"
    CLOCK = "clock"
    KEY = "key"
    CERTIFICATE = "certificate"
    DISK = "disk"
    BUG = "bug"
    REFUSED = "refused"
    BROKEN = "broken"
    HALTED = "halted"
    UNKNOWN = "unknown"
    HELD = "held"


NEXT: Mapping[Why, str] = {
    Why.SENDING: "it is about to be sent; nothing to do",
    Why.MAKING: "it is being made; nothing to do",
    Why.BEHIND: "it waits behind others; nothing to do",
    Why.NETWORK: "central does not answer; bring the kit to where there is network, it goes out by itself",
    Why.CENTRAL: "central cannot take it now; it is tried again by itself, tell the centre when that lasts",
    Why.SHUT_OUT: "central does not let this kit in; bring it to your branch",
    Why.CLOCK: "the kit's clock is in doubt; let the kit reach central, which tells it the time",
    Why.KEY: "the kit's hardware key is silent; plug it in",
    Why.CERTIFICATE: "a certificate is not believed; `padkit-agent renew`, or bring the kit to your branch",
    Why.DISK: "the kit cannot write; free space on its disk",
    Why.BUG: "the agent failed at it; send your branch a support bundle",
    Why.REFUSED: "central will never take it as it is; mend what the code names and retry it, or hand it over as a case",
    Why.BROKEN: "it cannot be made or read; hand it over as a case",
    Why.HALTED: "the flow stands still; mend what it names and resume it",
    Why.UNKNOWN: "nobody knows yet what the core did; it is inquired by itself, do not begin it again",
    Why.HELD: "it goes on when there is network again; bring the kit there",
}
SET_ASIDE = frozenset({Why.REFUSED, Why.BROKEN})


class Level(enum.Enum):
    """How near a quota is."""

    FREE = "free"
    NEAR = "near"
    FULL = "full"


class Load(msgspec.Struct, frozen=True):
    """What lies on the kit that central has not taken: messages, packages, bytes, those of both that are set aside.

    `since` is when the oldest that still goes was written (ISO 8601, UTC), empty when none does.
    """

    messages: int = 0
    packages: int = 0
    bytes: int = 0
    set_aside: int = 0
    since: str = ""


class Quota(msgspec.Struct, frozen=True):
    """One limit of the policy: `name` is ``messages``, ``packages``, ``bytes`` or ``age`` (seconds)."""

    name: str
    used: int
    limit: int
    level: Level


class Item(msgspec.Struct, frozen=True):
    """One thing that waits. `id` is its kind and number; `code` names the trouble; `attention`: a person shall look.

    `ahead` counts what goes before it, `tries` those since the agent started; `can` is what a person may do with it:
    ``retry``, ``hand_over``.
    """

    id: str
    kind: Kind
    business: str
    flow: str
    at: str
    age_s: int
    size: int
    why: Why
    code: str
    next: str
    tries: int
    ahead: int
    attention: bool
    can: tuple[str, ...]


class QueueState(msgspec.Struct, frozen=True):
    """The whole of it: what lies here, each quota, how many items need a person, and why no new business is begun (or empty)."""

    load: Load
    quotas: tuple[Quota, ...]
    attention: int
    frozen: str


class Limits(msgspec.Struct, frozen=True):
    """The policy's limits, ready to compare with."""

    messages: int
    packages: int
    bytes: int
    age_s: int
    near: float
    attention_s: int


def limits_of(parameters: Mapping[str, Any], store_bytes: int) -> Limits:
    """Read the limits; the bytes are never more than the store leaves room for."""
    told = {name: _number(parameters.get(name), default) for name, default in LIMITS.items()}
    room, wanted = int(store_bytes * OF_DISK), int(told["queue_max_mb"] * MEGABYTE)
    return Limits(
        messages=int(told["queue_max_items"]),
        packages=int(told["queue_max_packages"]),
        bytes=min(wanted, room) if wanted > 0 else room,
        age_s=int(told["offline_max_hours"] * 3600),
        near=min(told["queue_near_percent"], 100.0) / 100,
        attention_s=int(told["queue_attention_minutes"] * 60),
    )


def _number(value: object, default: float) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else default


def age_s(at: str, now_s: float) -> int:
    """Return how long ago `at` (ISO 8601, or empty) is in whole seconds; never less than 0: central may set the clock back."""
    try:
        return max(0, int(now_s - datetime.fromisoformat(at).astimezone(UTC).timestamp()))
    except ValueError:
        return 0


def quotas(load: Load, limits: Limits, now_s: float) -> tuple[Quota, ...]:
    """Compare what lies here with each limit."""
    used = {
        "messages": (load.messages, limits.messages),
        "packages": (load.packages, limits.packages),
        "bytes": (load.bytes, limits.bytes),
        "age": (age_s(load.since, now_s), limits.age_s),
    }
    return tuple(Quota(name, got, limit, _level(got, limit, limits.near)) for name, (got, limit) in used.items())


def _level(used: int, limit: int, near: float) -> Level:
    if limit <= 0:
        return Level.FREE
    if used >= limit:
        return Level.FULL
    return Level.NEAR if used >= limit * near else Level.FREE


_SAID: Mapping[str, str] = {
    "messages": "{used} messages wait for central, at most {limit} may",
    "packages": "{used} evidence packages wait for central, at most {limit} may",
    "bytes": "{used} bytes wait for central, at most {limit} may",
    "age": "what waits for central is {used} s old, at most {limit} s it may be",
}


def freeze(measured: Iterable[Quota], load: Load) -> Refused | None:
    """Return why no new business may begin, by the first quota that is reached; None while none is."""
    full = next((it for it in measured if it.level is Level.FULL), None)
    if full is None:
        return None
    said = _SAID[full.name].format(used=full.used, limit=full.limit)
    since = f", the oldest since {load.since}" if load.since else ""
    aside = f"; {load.set_aside} of it central refused, deal with that first" if load.set_aside else ""
    told = "let the kit reach central; this ends by itself once less waits, `padkit-agent queue list` shows it"
    return Refused(f"queue.{full.name}", f"{said}{since}{aside}; {told}")
