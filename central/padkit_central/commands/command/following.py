"""Showing orders at a terminal, and waiting for their end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import click

from padkit_central.commands.admin import AdminClient
from padkit_central.kits import KitView, OrderView, TargetView
from padkit_contract.commands import AnyOrder, Cancel, Notify, Restrict, SetPolicy, StopCardBox, Wipe

PENDING, BAD = 4, 1
ENDS = frozenset({"applied", "refused", "failed", "expired", "cancelled", "superseded"})
LOOK_S = 0.2
WIDTH = 100  # a terminal's; what does not fit goes on in the next line


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
    said = "would be asked" if view.dry_run else f"order {view.command}"
    kits = f"{len(view.kits)} kit{'' if len(view.kits) == 1 else 's'}"
    click.echo(f"{said}: {in_words(view.order)} at {kits}, by {view.asked_by}: {view.reason}", err=err)
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
    head = f"{target.command}  {target.kit}  {target.kind} by {target.asked_by}" if named else target.kit
    tail = _how_far(target)
    return f"{head}  {tail}" if len(head) + len(tail) < WIDTH - 2 else f"{head}\n    {tail}"


def in_words(order: AnyOrder) -> str:
    """Return an order as people say it: its kind, and what it holds."""
    match order:
        case Notify(text):
            more = f'"{text}"'
        case Restrict(businesses):
            more = ", ".join(businesses) or "nothing"
        case StopCardBox(stopped):
            more = "" if stopped else "no more"
        case Wipe(force):
            more = "by force" if force else ""
        case SetPolicy(version):
            more = f"version {version}"
        case Cancel(command):
            more = command
        case _:
            more = ""
    return f"{order.__struct_config__.tag} {more}".strip()


def _how_far(target: TargetView) -> str:
    why = f" ({target.code}{': ' if target.detail else ''}{target.detail})" if target.code or target.detail else ""
    head = f"{target.state}{why}"
    if target.state in ENDS:
        return f"{head}  {_second(target.ended_at)}"
    coming = f", next try {_second(target.next_try_at)}" if target.next_try_at else ""
    end = _second(target.expires_at) or "never by itself"
    return f"{head} for {target.age_s} s, {target.tries} tries{coming}, ends {end}"


def _second(moment: str) -> str:
    return f"{moment[:19]}Z" if moment else ""
