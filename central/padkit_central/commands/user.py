"""`padkit-central user`: who may decide at central, at which level, and who reports to whom."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click
import msgspec

from padkit_central.business.authorising_rules import person
from padkit_central.commands.common import config_option, opened_store, plain_text, plainly, print_json, the_entity
from padkit_central.store import UserRole, UserRow
from padkit_contract.errors import Invalid

MAX_NAME = 64  # characters, as an operator's folder has them
entity_option = click.option("--entity", help="Whose; may be left out when the service has only one.")
reason_option = click.option("--reason", required=True, callback=plain_text, help="Kept in the trail.")
by_option = click.option("--by", "who", required=True, callback=plain_text, help="Who does it.")
dry_option = click.option("--dry-run", is_flag=True, help="Only say what would be written.")
json_option = click.option("--json", "as_json", is_flag=True, help="As JSON.")
name_argument = click.argument("name", metavar="NAME", callback=plain_text)


@click.group()
def user() -> None:
    """Who may decide at central. Names are compared without case and signs."""


@user.command()
@config_option
@name_argument
@click.option("--role", required=True, type=click.Choice([it.value for it in UserRole]), help="What the user may do.")
@click.option(
    "--level", required=True, type=click.IntRange(1, 4), help="Decides on what has risk up to R of this number."
)
@click.option("--reports-to", default="", help="Name of the person above; left out: nobody.")
@entity_option
@reason_option
@by_option
@dry_option
@plainly
def put(
    config_path: Path, name: str, role: str, level: int, reports_to: str, entity: str | None, reason: str, who: str,
    *, dry_run: bool,
) -> None:  # fmt: skip
    """Write user NAME down, or change what is known of him; who is disabled stays so."""

    async def run() -> None:
        async with opened_store(config_path) as (config, store):
            above = reports_to if _key_or_none(reports_to) else ""
            new = UserRow(the_entity(config, entity), _key(name), name, UserRole(role), level, above)
            if new.key == _key_or_none(reports_to):
                raise Invalid("user.reports_to", f"{name} cannot report to himself; name another person")
            if not dry_run:
                await store.people.put(new, who, reason)
        click.echo(f"{name}: {role}, level {level}, reports to {new.reports_to or 'nobody'}" + _dry(dry_run=dry_run))

    asyncio.run(run())


@user.command("list")
@config_option
@entity_option
@json_option
@plainly
def list_(config_path: Path, entity: str | None, *, as_json: bool) -> None:
    """List the users of an entity."""

    async def run() -> list[UserRow]:
        async with opened_store(config_path) as (config, store):
            return await store.people.users(the_entity(config, entity))

    found = asyncio.run(run())
    if as_json:
        print_json([msgspec.to_builtins(it) for it in found])
        return
    for it in found:
        state = "disabled" if it.disabled else "in service"
        click.echo(f"{it.name}: {it.role.value}, level {it.level}, reports to {it.reports_to or 'nobody'}, {state}")
    if not found:
        click.echo("no users yet, nobody can authorise; next: padkit-central user put")


@user.command()
@config_option
@name_argument
@entity_option
@reason_option
@by_option
@dry_option
@plainly
def disable(config_path: Path, name: str, entity: str | None, reason: str, who: str, *, dry_run: bool) -> None:
    """Let user NAME decide no more, from his next act on; his approvals stand."""
    asyncio.run(_switch(config_path, name, entity, reason, who, disabled=True, dry_run=dry_run))


@user.command()
@config_option
@name_argument
@entity_option
@reason_option
@by_option
@dry_option
@plainly
def enable(config_path: Path, name: str, entity: str | None, reason: str, who: str, *, dry_run: bool) -> None:
    """Let user NAME decide again."""
    asyncio.run(_switch(config_path, name, entity, reason, who, disabled=False, dry_run=dry_run))


async def _switch(
    config_path: Path, name: str, entity: str | None, reason: str, who: str, *, disabled: bool, dry_run: bool
) -> None:
    key = _key(name)
    async with opened_store(config_path) as (config, store):
        owner = the_entity(config, entity)
        if dry_run and key not in {it.key for it in await store.people.users(owner)}:
            raise Invalid("user.unknown", f"{owner} has no user of that name; see padkit-central user list")
        if not dry_run:
            await store.people.switch(owner, key, who, reason, disabled=disabled)
    click.echo(f"{name}: {'disabled' if disabled else 'in service'}" + _dry(dry_run=dry_run))


def _key(name: str) -> str:
    key = person(name)
    if not key or len(name) > MAX_NAME:
        raise Invalid("user.name", f"a name has letters or digits and at most {MAX_NAME} signs; this has {len(name)}")
    return key


def _key_or_none(name: str) -> str:
    return _key(name) if name else ""


def _dry(*, dry_run: bool) -> str:
    return " (dry run: nothing was written)" if dry_run else ""
