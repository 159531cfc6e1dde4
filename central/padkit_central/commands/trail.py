"""`padkit-central audit`: the trail of who ordered what, read and checked. Reads the database beside the service."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import click

from padkit_central.commands.common import config_option, opened_store, plainly, print_json, the_entity
from padkit_central.store import AuditRow, first_break

PAGE = 5000
entity_option = click.option("--entity", help="Whose; may be left out when the service has only one.")
json_option = click.option("--json", "as_json", is_flag=True, help="As JSON.")


@click.group()
def audit() -> None:
    """The audit trail: lines are only ever added, and each is bound to the one before."""


@audit.command("list")
@config_option
@entity_option
@json_option
@plainly
def list_(config_path: Path, entity: str | None, *, as_json: bool) -> None:
    """Show the trail, the oldest line first."""
    _, rows = asyncio.run(_read(config_path, entity))
    if as_json:
        print_json([{**_shown(row), "previous": row.previous, "link": row.link} for row in rows])
        return
    for row in rows:
        click.echo(f"{row.number}  {row.at}  {row.who}  {row.what}  {row.body.decode()}")
    if not rows:
        click.echo("nothing was ordered yet")


@audit.command()
@config_option
@entity_option
@click.option("--head", help="A link that was printed before: one of the lines must carry it.")
@json_option
@plainly
def verify(config_path: Path, entity: str | None, head: str | None, *, as_json: bool) -> None:
    """Check that no line was changed, removed or put in. Keep the last link elsewhere, and give it as --head next time."""
    owner, rows = asyncio.run(_read(config_path, entity))
    found = first_break(rows)
    if found is not None:
        raise click.ClickException(
            f"trail of {owner}: line {found.number}: {found.why}; look who could write the database"
        )
    if head and head not in {row.link for row in rows}:
        raise click.ClickException(f"trail of {owner}: no line has link {head}; lines are missing at the end")
    last = rows[-1].link if rows else ""
    if as_json:
        print_json({"entity": owner, "lines": len(rows), "head": last})
    else:
        click.echo(f"trail of {owner}: {len(rows)} lines, whole; last link {last or '-'}")


async def _read(config_path: Path, named: str | None) -> tuple[str, Sequence[AuditRow]]:
    rows: list[AuditRow] = []
    async with opened_store(config_path) as (config, store):
        owner = the_entity(config, named)
        while page := await store.orders.trail(owner, len(rows), PAGE):
            rows += page
    return owner, rows


def _shown(row: AuditRow) -> dict[str, object]:
    return {"number": row.number, "at": row.at, "who": row.who, "what": row.what, "body": row.body.decode()}
