"""The group, and what its commands share: who signs, how an order is handed in, and its end awaited."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path

import click

from padkit_central.commands.admin import admin_client
from padkit_central.commands.command.following import end_code, follow, show_order
from padkit_central.commands.common import print_json
from padkit_central.config import Config
from padkit_central.kits import OrderView

operator_option = click.option(
    "--operator",
    metavar="DIR",
    envvar="PADKIT_OPERATOR",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of who signs, as `padkit-central ca operator` makes it (or PADKIT_OPERATOR).",
)
password_option = click.option(
    "--password-file",
    metavar="FILE",
    envvar="PADKIT_OPERATOR_PASSWORD_FILE",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Opens the operator's key, mode 0600 (or PADKIT_OPERATOR_PASSWORD_FILE).",
)
json_option = click.option("--json", "as_json", is_flag=True, help="As JSON.")
wait_option = click.option(
    "--wait", "wait_s", type=click.FloatRange(min=0), metavar="SECONDS", help="Wait for the end; it is the exit code."
)


@click.group()
def command() -> None:
    """Order kits to do something, and see what became of it; the service must be running.

    Exit codes with --wait: 0 applied at every kit, 1 refused, failed, expired, cancelled or superseded at one, 4 still
    pending. Without it, 0 means that the order is on disk.
    """


async def the_order(config: Config, entity: str, command_id: str) -> OrderView:
    """Return one order as the service shows it."""
    async with admin_client(config) as client:
        return await client.get(f"/v1/orders/{command_id}", OrderView, entity=entity)


def hand_in(config: Config, route: str, body: Mapping[str, object], *, wait_s: float | None, as_json: bool) -> None:
    """Hand a paper in, show what came of it; told to wait, end the program with how it ended."""

    async def run() -> OrderView:
        async with admin_client(config) as client:
            view = await client.post(route, body, OrderView)
            if wait_s is None:
                return view
            return await follow(client, view, wait_s, mono_s=time.monotonic, pause=asyncio.sleep)

    view = asyncio.run(run())
    if as_json:
        print_json(view)
    else:
        show_order(view)
    if wait_s is not None:
        raise SystemExit(end_code(view))
