"""The second person's consent, and the cancel."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from padkit_central.commands.admin import load_operator
from padkit_central.commands.command.following import show_order
from padkit_central.commands.command.group import (
    command,
    hand_in,
    json_option,
    operator_option,
    password_option,
    the_order,
    wait_option,
)
from padkit_central.commands.command.papering import real_means
from padkit_central.commands.common import config_option, plain_text, plainly
from padkit_central.config import load
from padkit_central.kits import ApprovalPaper, OrderPaper
from padkit_contract.commands import Cancel


@command.command()
@config_option
@click.argument("command_id", metavar="ID")
@click.option("--yes", is_flag=True, help="Do not ask.")
@operator_option
@password_option
@wait_option
@json_option
@plainly
def approve(
    config_path: Path,
    command_id: str,
    operator: Path,
    password_file: Path,
    wait_s: float | None,
    *,
    yes: bool,
    as_json: bool,
) -> None:
    """Consent to order ID that another operator asked for."""
    config = load(config_path)
    who, means = load_operator(config, operator, password_file), real_means()
    view = asyncio.run(the_order(config, who.entity, command_id))
    if not yes:
        show_order(view, err=True)
        click.confirm("Do you consent?", abort=True, err=True)
    paper = ApprovalPaper(view.entity, view.command, view.digest, means.now_s())
    hand_in(config, f"/v1/orders/{view.command}/approve", {"paper": who.sign(paper)}, wait_s=wait_s, as_json=as_json)


@command.command()
@config_option
@click.argument("command_id", metavar="ID")
@click.argument("kits", metavar="[KIT]...", nargs=-1)
@click.option("--reason", required=True, callback=plain_text, help="Why; it goes to the kit and into the trail.")
@operator_option
@password_option
@wait_option
@json_option
@plainly
def cancel(
    config_path: Path, command_id: str, kits: tuple[str, ...], reason: str, operator: Path, password_file: Path,
    wait_s: float | None, *, as_json: bool,
) -> None:  # fmt: skip
    """Cancel order ID, at all its kits or those named. What has reached a kit is the kit's to end."""
    config = load(config_path)
    who, means = load_operator(config, operator, password_file), real_means()
    view = asyncio.run(the_order(config, who.entity, command_id))
    order = Cancel(view.command)
    named = kits or tuple(it.kit for it in view.kits)
    paper = OrderPaper(means.ids(), view.entity, named, order, reason, means.now_s())
    hand_in(config, f"/v1/orders/{view.command}/cancel", {"paper": who.sign(paper)}, wait_s=wait_s, as_json=as_json)
