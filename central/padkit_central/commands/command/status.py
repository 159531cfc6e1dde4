"""What became of orders, and how kits stand."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import click
import msgspec

from padkit_central.commands.admin import AdminClient, admin_client
from padkit_central.commands.command.following import show_kit, show_order, show_targets
from padkit_central.commands.command.group import command, json_option
from padkit_central.commands.common import config_option, plainly, print_json
from padkit_central.config import load
from padkit_central.kits import KitView, OrderView, TargetView

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
WATCH_S = 2.0


class Listing(msgspec.Struct, frozen=True):
    """Orders at kits, as the service lists them."""

    orders: tuple[TargetView, ...]


@command.command()
@config_option
@click.argument("about", metavar="[KIT|ID]", required=False, default="")
@click.option("--open", "only_open", is_flag=True, help="Only what has no end yet.")
@click.option("--entity", default="", help="Whose; may be left out when the service has only one.")
@click.option("--watch", is_flag=True, help="Again every 2 seconds, until interrupted.")
@json_option
@plainly
def status(config_path: Path, about: str, entity: str, *, only_open: bool, watch: bool, as_json: bool) -> None:
    """Show a kit with what is pending there, an order, or all orders, the newest first."""
    config = load(config_path)

    async def run() -> None:
        async with admin_client(config) as client:
            await _show(client, about, entity, only_open=only_open, as_json=as_json)
            while watch:
                await asyncio.sleep(WATCH_S)
                click.echo()
                await _show(client, about, entity, only_open=only_open, as_json=as_json)

    asyncio.run(run())


async def _show(client: AdminClient, about: str, entity: str, *, only_open: bool, as_json: bool) -> None:
    if ID.fullmatch(about):
        order = await client.get(f"/v1/orders/{about}", OrderView, entity=entity)
        print_json(order) if as_json else show_order(order)
        return
    query = {"entity": entity, "kit": about, "open": "1" if only_open else ""}
    if not about:
        listed = (await client.get("/v1/orders", Listing, **query)).orders
        print_json(listed) if as_json else show_targets(listed)
        return
    kit = await client.get(f"/v1/kits/{about}", KitView, entity=entity)
    if as_json:
        print_json(kit)
        return
    show_kit(kit)
    if not only_open:
        ended = [it for it in (await client.get("/v1/orders", Listing, **query)).orders if it.ended_at]
        show_targets(ended)
