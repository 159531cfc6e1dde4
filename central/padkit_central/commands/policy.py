"""`padkit-central policy`: the entities' policies. Versions only grow; a kit works by the one it was given."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from padkit_central.business import put_policy, read_draft
from padkit_central.commands.common import config_option, opened_store, plainly, print_json, the_entity
from padkit_contract.catalogue import load_catalogue
from padkit_contract.errors import Invalid
from padkit_contract.messages import Policy, decode


@click.group()
def policy() -> None:
    """Parameters and waivers of an entity, in versions."""


@policy.command()
@config_option
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Only say what is wrong with it; put nothing.")
@plainly
def put(config_path: Path, file: Path, *, dry_run: bool) -> None:
    """Put FILE (TOML or JSON) as the next version of its entity's policy.

    FILE holds entity, parameters (names of the catalogue), waivers (id, business, covers, reason, approved_by, until), and
    functions of the entity's own, as the catalogue spells them. The same content again changes nothing.
    """

    try:
        draft = read_draft(file.read_text(encoding="utf-8"), load_catalogue())
    except (Invalid, UnicodeDecodeError) as exc:
        raise click.ClickException(f"{file}: {exc}") from exc

    async def run() -> None:
        async with opened_store(config_path) as (config, store):
            entity = the_entity(config, draft.entity)
            if dry_run:
                parts = len(draft.parameters), len(draft.waivers), len(draft.functions)
                click.echo(
                    "policy of {}: {} parameters, {} waivers, {} functions, nothing wrong".format(entity, *parts)
                )
                return
            version, changed = await put_policy(store, draft, store.now())
            click.echo(f"policy of {entity}: version {version}{'' if changed else ', unchanged'}")

    asyncio.run(run())


@policy.command("list")
@config_option
@click.option("--entity", help="Whose; may be left out when the service has only one.")
@click.option("--json", "as_json", is_flag=True, help="Everything, as JSON.")
@plainly
def list_(config_path: Path, entity: str | None, *, as_json: bool) -> None:
    """Show the versions of a policy, the current one last."""

    async def run() -> None:
        async with opened_store(config_path) as (config, store):
            versions = await store.policies(the_entity(config, entity))
        if as_json:
            print_json([decode(each.body, Policy) for each in versions])
            return
        for each in versions:
            waivers = decode(each.body, Policy).waivers
            until = each.superseded_at or "now"
            click.echo(f"version {each.version}: {each.put_at} to {until}, {len(waivers)} waivers")
        if not versions:
            click.echo("no policy yet; next: padkit-central policy put FILE")

    asyncio.run(run())
