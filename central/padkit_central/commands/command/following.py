"""Showing orders at a terminal, and waiting for their end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import click
import msgspec

from padkit_central.commands.admin import AdminClient
from padkit_central.kits import KitView, OrderView, TargetView

PENDING, BAD = 4, 1
ENDS = frozenset({"applied", "refused", "failed", "expired", "cancelled", "superseded"})
LOOK_S = 0.2


def end_code(view: OrderView) -> int:
    """Return the exit code: 0 applied everywhere, 1 ended otherwise somewhere, 4 still pending somewhere."""
    states = {it.state for it in view.kits}
    if not states <= ENDS:
        return PENDING
    return 0 if states <= {"applied"} else BAD


async def follow(
    client: AdminClient,
    view: OrderView,
    wait_s: float,
    *,
    mono_s: Callable[[], float],
    pause: Callable[[float], Awaitable[None]],
) -> OrderView:
    """Look again until the order has ended at every kit, or `wait_s` is over; return it as it stands then."""
    until = mono_s() + wait_s
    while end_code(view) == PENDING and mono_s() < until:
        await pause(LOOK_S)
        view = await client.get(f"/v1/orders/{view.command}", OrderView, entity=view.entity)
    return view


def show_order(view: OrderView, *, err: bool = False) -> None:
    """Print an order and how far it got at each kit."""
    order = msgspec.json.encode(view.order).decode()
    said = "would be asked" if view.dry_run else f"order {view.command}"
    click.echo(f"{said}: {order} at {len(view.kits)} kits, by {view.asked_by}: {view.reason}", err=err)
    if view.waits_for:
        following = (
            "" if view.dry_run else f"; next: another operator runs padkit-central command approve {view.command}"
        )
        click.echo(f"  waits for {view.waits_for} more person{following}", err=err)
    for target in view.kits:
        click.echo(f"  {line_of(target)}", err=err)


def show_kit(view: KitView) -> None:
    """Print how a kit stands and what is pending there."""
    connected = "connected" if view.connected else f"last heard {view.seen_at or 'never'}"
    click.echo(f"kit {view.kit}: {view.shown}, {connected}{f', {view.state}' if view.state else ''}")
    for target in view.pending:
        click.echo(f"  {line_of(target, named=True)}")


def show_targets(targets: Sequence[TargetView]) -> None:
    """Print orders at kits, one a line."""
    for target in targets:
        click.echo(line_of(target, named=True))
    if not targets:
        click.echo("no orders")


def line_of(target: TargetView, *, named: bool = False) -> str:
    """Return one order at one kit in a line; pending ones with age, next try and end."""
    what = f"{target.command}  {target.kind:<14} by {target.asked_by}  " if named else ""
    why = f" ({target.code}{': ' if target.detail else ''}{target.detail})" if target.code or target.detail else ""
    head = f"{target.kit}  {what}{target.state}{why}"
    if target.state in ENDS:
        return f"{head}  {target.ended_at}"
    coming = f", next try {target.next_try_at}" if target.next_try_at else ""
    return f"{head} for {target.age_s} s, {target.tries} tries{coming}, ends {target.expires_at or 'never by itself'}"
