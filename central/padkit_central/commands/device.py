"""`padkit-central device`: the register of peripherals, each with a history of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import click

from padkit_central.commands.common import config_option, opened_store, plain_text, plainly, print_json, the_entity
from padkit_central.kits.peripherals import decided
from padkit_central.store import DeviceEvent, DeviceKey, DeviceRow, DeviceState

entity_option = click.option("--entity", help="Whose; may be left out when the service has only one.")
json_option = click.option("--json", "as_json", is_flag=True, help="As JSON.")
kit_option = click.option("--kit", default="", help="Only what is at this kit.")
by_option = click.option(
    "--by", "who", default="administrator", show_default=True, callback=plain_text, help="Who does it."
)
dry_option = click.option("--dry-run", is_flag=True, help="Only say what would be written.")


@click.group()
def device() -> None:
    """Peripherals: card boxes, readers, keypads; where each is now and where it was."""


@device.command("list")
@config_option
@entity_option
@kit_option
@json_option
@plainly
def list_(config_path: Path, entity: str | None, kit: str, *, as_json: bool) -> None:
    """List the peripherals that kits told of, and those that were registered by hand."""

    async def run() -> list[DeviceRow]:
        async with opened_store(config_path) as (config, store):
            return await store.devices.rows(the_entity(config, entity), kit)

    rows = asyncio.run(run())
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(_line(row))
    if not rows:
        click.echo("no devices yet; a kit tells of its devices about once a minute")


@device.command()
@config_option
@click.argument("model", required=False)
@click.argument("serial", required=False)
@entity_option
@click.option("--kit", default="", help="What came to this kit, and what left it.")
@json_option
@plainly
def history(
    config_path: Path, model: str | None, serial: str | None, entity: str | None, kit: str, *, as_json: bool
) -> None:
    """Show where MODEL SERIAL was and what became of it, or all that happened at a kit; the oldest first."""
    if bool(model and serial) is bool(kit):
        raise click.UsageError("name a peripheral (MODEL SERIAL) or a kit (--kit), one of the two")

    async def run() -> list[DeviceEvent]:
        async with opened_store(config_path) as (config, store):
            key = DeviceKey(model, serial) if model and serial else None
            return await store.devices.history(the_entity(config, entity), key=key, kit=kit)

    events = asyncio.run(run())
    if as_json:
        print_json(events)
        return
    for event in events:
        click.echo(_told(event))
    if not events:
        raise click.ClickException(f"{kit or f'{model} {serial}'}: nothing is known; see padkit-central device list")


@device.command()
@config_option
@click.argument("model", callback=plain_text)
@click.argument("serial", callback=plain_text)
@entity_option
@by_option
@dry_option
@plainly
def register(config_path: Path, model: str, serial: str, entity: str | None, who: str, *, dry_run: bool) -> None:
    """Write down that MODEL SERIAL is ours; one that was retired is taken into use again."""
    _decide(config_path, DeviceKey(model, serial), entity, DeviceState.REGISTERED, "", who, dry_run=dry_run)


@device.command()
@config_option
@click.argument("model", callback=plain_text)
@click.argument("serial", callback=plain_text)
@entity_option
@click.option("--reason", required=True, callback=plain_text, help="Lost, broken, sold; kept in its history.")
@by_option
@dry_option
@plainly
def retire(
    config_path: Path, model: str, serial: str, entity: str | None, reason: str, who: str, *, dry_run: bool
) -> None:
    """Write down that MODEL SERIAL should work nowhere any more; a kit at which it works all the same is a case."""
    _decide(config_path, DeviceKey(model, serial), entity, DeviceState.RETIRED, reason, who, dry_run=dry_run)


def _decide(
    config_path: Path, key: DeviceKey, entity: str | None, state: DeviceState, reason: str, who: str, *, dry_run: bool
) -> None:
    async def run() -> str:
        async with opened_store(config_path) as (config, store):
            owner = the_entity(config, entity)
            row = await store.devices.one(owner, key)
            after, event = decided(row, key, state, reason=reason, by=who, at=store.now())
            before = row.state.value if row else "not in the register"
            if not dry_run:
                await store.devices.decide(owner, after, event)
            return f"{key.name}: {before} -> {state.value}"

    told = asyncio.run(run())
    click.echo(f"{told} (dry run: nothing was written)" if dry_run else told)


def _line(row: DeviceRow) -> str:
    where = f"at {row.kit} since {row.since}" if row.kit else "at no kit yet"
    left = f", not there since {row.left_at}" if row.left_at else ""
    claimed = f", CLAIMED by {row.claimed_by}" if row.claimed_by else ""
    reason = f": {row.reason}" if row.reason else ""
    return f"{row.key.name:<28} {row.plugin or '-':<16} {row.state.value}{reason}, {where}{left}{claimed}"


def _told(event: DeviceEvent) -> str:
    where = f"{event.before} -> {event.kit}" if event.before else event.kit
    words: Sequence[str] = (where, event.detail, f"by {event.by}" if event.by else "")
    return f"{event.at}  {event.key.name:<28} {event.what.value:<10} {', '.join(filter(None, words))}"
