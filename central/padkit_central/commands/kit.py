"""`padkit-central kit`: the register of kits. A running service goes by the rows: what is done here counts at once."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

import click

from padkit_central.app import real_means
from padkit_central.commands.bundles import support_bundle
from padkit_central.commands.common import config_option, opened_store, plain_text, plainly, print_json, the_entity
from padkit_central.kits import make_code
from padkit_central.kits.keys import moment
from padkit_central.store import CertificateRow, KitRow, KitState
from padkit_contract.messages import encode
from padkit_contract.passcode import SALT_SIZE, make_holder

entity_option = click.option("--entity", help="Whose; may be left out when the service has only one.")
reason_option = click.option(
    "--reason", required=True, callback=plain_text, help="Kept in the register and in the trail."
)
json_option = click.option("--json", "as_json", is_flag=True, help="As JSON.")
MAX_HOURS = 168
MAX_PASSCODE = 1024


@click.group()
def kit() -> None:
    """Who kits are, and who of them may come in."""


kit.add_command(support_bundle)


@kit.command()
@config_option
@click.argument("name", metavar="KIT")
@entity_option
@click.option("--made-by", required=True, callback=plain_text, help="Who hands the kit out.")
@click.option("--hours", default=24.0, show_default=True, type=click.FloatRange(0, MAX_HOURS, min_open=True))
@plainly
def code(config_path: Path, name: str, entity: str | None, made_by: str, hours: float) -> None:
    """Make a one-time code for KIT to enrol with; it is shown once, and the code before it ends."""

    async def run() -> None:
        async with opened_store(config_path) as (config, store):
            means = real_means()
            made = await make_code(
                store.identities,
                the_entity(config, entity),
                name,
                made_by=made_by,
                hours=hours,
                code_id=means.ids()(),
                now=means.now(),
                random_bytes=secrets.token_bytes,
            )
            click.echo(made)
            click.echo(f"for {name}, once, within {hours:g} hours; next, on the kit: padkit-agent enrol", err=True)

    asyncio.run(run())


@kit.command()
@config_option
@click.argument("name", metavar="KIT")
@entity_option
@reason_option
@click.option("--by", "who", default="administrator", show_default=True, callback=plain_text, help="Who does it.")
@plainly
def revoke(config_path: Path, name: str, entity: str | None, reason: str, who: str) -> None:
    """Take back all certificates of KIT: lost, stolen, or returned. A new code lets it enrol again."""
    known = asyncio.run(_change(config_path, name, entity, KitState.REVOKED, reason, who))
    click.echo(f"{name} is revoked; nothing of it is taken any more")
    if not known:
        click.echo(f"{name} was not in the register before; is the name right? See padkit-central kit list", err=True)


@kit.command()
@config_option
@click.argument("name", metavar="KIT")
@entity_option
@reason_option
@click.option(
    "--by", "people", multiple=True, required=True, callback=plain_text,
    help="Who clears it: give it twice, two different people.",
)  # fmt: skip
@click.option(
    "--new-machine", is_flag=True, help="Its hardware was changed: the next contact says anew which machine it is."
)
@plainly
def clear(
    config_path: Path, name: str, entity: str | None, reason: str, people: tuple[str, ...], *, new_machine: bool
) -> None:
    """Lift the suspension of KIT after its alarm was looked into."""
    if len({each.strip().casefold() for each in people} - {""}) < 2:
        raise click.UsageError("two different people clear a kit; give --by twice")
    who = " and ".join(people)
    asyncio.run(_change(config_path, name, entity, KitState.IN_USE, f"{reason} ({who})", who, only=KitState.SUSPENDED))
    if new_machine:
        asyncio.run(_forget_machine(config_path, name, entity))
    click.echo(f"{name} may come in again")


async def _forget_machine(config_path: Path, name: str, entity: str | None) -> None:
    async with opened_store(config_path) as (config, store):
        await store.chains.forget_traits(the_entity(config, entity), name)


@kit.command()
@config_option
@click.argument("name", metavar="KIT")
@entity_option
@click.option("--name", "person", required=True, callback=plain_text, help="Who holds the kit.")
@click.option(
    "--passcode-file",
    required=True,
    type=click.File(encoding="utf-8"),
    help="His passcode, one line; - reads it from standard input.",
)
@click.option("--by", "who", default="administrator", show_default=True, callback=plain_text, help="Who does it.")
@plainly
def holder(config_path: Path, name: str, entity: str | None, person: str, passcode_file: TextIO, who: str) -> None:
    """Say who holds KIT and proves it there with a passcode; the kit learns it with its next pack."""
    try:
        passcode = passcode_file.read(MAX_PASSCODE).rstrip("\n")
    except UnicodeDecodeError as exc:  # the text of `exc` would show some of it
        raise click.UsageError(f"{passcode_file.name} is no text; give a file with the passcode in one line") from exc
    made = make_holder(person, passcode, secrets.token_bytes(SALT_SIZE))

    async def run() -> None:
        async with opened_store(config_path) as (config, store):
            await store.identities.set_holder(the_entity(config, entity), name, encode(made), who[:64])

    asyncio.run(run())
    click.echo(f"{person} holds {name}")


@kit.command("list")
@config_option
@entity_option
@json_option
@plainly
def list_(config_path: Path, entity: str | None, *, as_json: bool) -> None:
    """List the kits of the register."""

    async def run() -> list[KitRow]:
        async with opened_store(config_path) as (config, store):
            return await store.identities.register(the_entity(config, entity))

    rows = asyncio.run(run())
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(_line(row))
    if not rows:
        click.echo("no kits yet; next: padkit-central kit code KIT --made-by NAME")


@kit.command()
@config_option
@click.argument("name", metavar="KIT")
@entity_option
@json_option
@plainly
def show(config_path: Path, name: str, entity: str | None, *, as_json: bool) -> None:
    """Show KIT and its certificates, the newest first."""

    async def run() -> tuple[Sequence[KitRow], Sequence[CertificateRow], str]:
        async with opened_store(config_path) as (config, store):
            key = (the_entity(config, entity), name)
            known = await store.identities.known([key])
            return await store.identities.register(*key), known[key].certificates, moment(real_means().now())

    rows, certificates, at = asyncio.run(run())
    if not rows:
        raise click.ClickException(f"{name}: not in the register; see padkit-central kit list")
    if as_json:
        print_json({"kit": rows[0], "certificates": [_shown(each) for each in certificates]})
        return
    click.echo(_line(rows[0]))
    for each in certificates:
        end = "" if each.good(at) else f", taken back {each.revoked_at}: {each.reason}"
        click.echo(f"  {each.use.value:<8} {each.serial}  {each.issued_at or '-'} to {each.not_after or '-'}{end}")


async def _change(
    config_path: Path,
    name: str,
    entity: str | None,
    state: KitState,
    reason: str,
    who: str,
    *,
    only: KitState | None = None,
) -> bool:
    """Put a kit into `state`; tell whether the register knew it before."""
    async with opened_store(config_path) as (config, store):
        owner = the_entity(config, entity)
        rows = await store.identities.register(owner, name)
        if only is not None and (not rows or rows[0].state is not only):
            is_now = rows[0].state.value if rows else "not in the register"
            raise click.ClickException(f"{name} is not {only.value} but {is_now}; nothing was changed")
        await store.identities.set_state(owner, name, state, reason, who[:64])
        return bool(rows)


def _line(row: KitRow) -> str:
    reason = f": {row.reason}" if row.reason else ""
    enrolled = f"enrolled {row.enrolled_at}" if row.enrolled_at else "not enrolled here"
    return f"{row.kit:<16} {row.state.value}{reason}, {enrolled}"


def _shown(row: CertificateRow) -> dict[str, str]:
    names = ("serial", "issued_at", "not_after", "revoked_at", "reason")
    return {"use": row.use.value, **{name: getattr(row, name) for name in names}}
