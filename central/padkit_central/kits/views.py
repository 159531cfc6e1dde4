"""Orders and kits as the admin API shows them: each pending order with its age, its next try and its end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from padkit_central.kits import lifecycle
from padkit_central.store import FINAL, Approval, Asked, Place, Placed, Target
from padkit_contract.commands import AnyOrder, Standing
from padkit_contract.crypto import sm3


class TargetView(msgspec.Struct, frozen=True, omit_defaults=True):
    """One order at one kit. `age_s` counts while it has no end; `expires_at` empty: never."""

    command: str
    kit: str
    kind: str
    state: str
    seq: int = 0
    asked_by: str = ""
    reason: str = ""
    age_s: int = 0
    tries: int = 0
    next_try_at: str = ""
    expires_at: str = ""
    code: str = ""
    detail: str = ""
    asked_at: str = ""
    queued_at: str = ""
    sent_at: str = ""
    received_at: str = ""
    ended_at: str = ""


class OrderView(msgspec.Struct, frozen=True, omit_defaults=True):
    """One order with its kits; `waits_for` says how many others must still approve."""

    command: str
    entity: str
    order: AnyOrder
    reason: str
    asked_by: str
    asked_at: str
    digest: str
    approved_by: tuple[str, ...] = ()
    needs: int = 0
    waits_for: int = 0
    not_before: int = 0
    expires: int = 0
    dry_run: bool = False
    kits: tuple[TargetView, ...] = ()


class KitView(msgspec.Struct, frozen=True, omit_defaults=True):
    """One kit: `shown` is how it stands in one word, `standing` its own last word, `state` its place in the register."""

    entity: str
    kit: str
    shown: str
    connected: bool = False
    state: str = ""
    standing: Standing | None = None
    standing_at: str = ""
    seen_at: str = ""
    pending: tuple[TargetView, ...] = ()


def target_view(target: Target, asked: Asked, now: datetime) -> TargetView:
    """Return one order at one kit."""
    open_ = target.state not in FINAL
    return TargetView(
        command=target.command,
        kit=target.kit,
        kind=target.kind,
        state=target.state.value,
        seq=target.seq,
        asked_by=asked.asked_by,
        reason=asked.reason,
        age_s=max(0, int((now - datetime.fromisoformat(asked.asked_at)).total_seconds())) if open_ else 0,
        tries=target.tries,
        next_try_at=target.next_try_at if open_ else "",
        expires_at=moment_of(asked.expires) if open_ else "",
        code=target.code,
        detail=target.detail,
        asked_at=target.asked_at,
        queued_at=target.queued_at,
        sent_at=target.sent_at,
        received_at=target.received_at,
        ended_at=target.ended_at,
    )


def order_view(
    asked: Asked, targets: Sequence[Target], approvals: Sequence[Approval], now: datetime, *, dry_run: bool = False
) -> OrderView:
    """Return an order with its kits."""
    return OrderView(
        command=asked.command,
        entity=asked.entity,
        order=asked.order,
        reason=asked.reason,
        asked_by=asked.asked_by,
        asked_at=asked.asked_at,
        digest=sm3(asked.signature).hex(),
        approved_by=tuple(it.by for it in approvals),
        needs=asked.needs,
        waits_for=max(0, asked.needs - len(approvals)),
        not_before=asked.not_before,
        expires=asked.expires,
        dry_run=dry_run,
        kits=tuple(target_view(it, asked, now) for it in targets),
    )


def placed_view(placed: Placed, now: datetime) -> TargetView:
    """Return one order at one kit, as lists show it."""
    return target_view(placed.target, placed.asked, now)


def kit_view(place: Place, now: datetime, *, connected: bool) -> KitView:
    """Return a kit with what is pending there."""
    word = place.word
    return KitView(
        entity=word.entity,
        kit=word.kit,
        shown=lifecycle.shown(place),
        connected=connected,
        state=word.state,
        standing=lifecycle.standing_of(word),
        standing_at=word.standing_at,
        seen_at=word.seen_at,
        pending=tuple(placed_view(it, now) for it in place.pending),
    )


def moment_of(seconds: int) -> str:
    """Return a moment as texts show it; empty for 0."""
    if not seconds:
        return ""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
