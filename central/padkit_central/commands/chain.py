"""`chain verify`: are the stored records of the kits the ones that the kits signed?"""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime
from functools import partial
from pathlib import Path

import click

from padkit_central.business.verifying import Verified, verify
from padkit_central.commands.common import config_option, opened_store, plainly, print_json
from padkit_central.config import Config
from padkit_central.store import Arrival, Store
from padkit_contract.context import Context
from padkit_contract.crypto import choose_suite
from padkit_contract.envelope import open_envelope
from padkit_contract.keyfile import read_password
from padkit_contract.party import Party, load_party

DIFFERENT = 3
FORMER = "#"  # a chain of before the kit was enrolled anew is named KIT#1


@click.group()
def chain() -> None:
    """The kits' chains: each record names the one before it."""


@chain.command("verify")
@config_option
@click.argument("kit", required=False)
@click.option("--json", "as_json", is_flag=True, help="The findings as JSON.")
@plainly
def verify_chains(config_path: Path, kit: str | None, *, as_json: bool) -> None:
    """Open every stored record of KIT (all kits) again, compute its link anew and name what does not fit.

    Reads only, beside a running service. Exit code 0: everything fits; 3: something does not.
    """

    async def run() -> list[Verified]:
        async with opened_store(config_path) as (config, store):
            party = _party(config)
            kits = [it for it in await store.chains.kits() if kit in (None, it[1], it[1].partition(FORMER)[0])]
            return [await _verify(store, party, *it) for it in kits]

    verified = asyncio.run(run())
    if kit is not None and not verified:
        raise click.ClickException(f"{kit}: no record of a kit of this name; `padkit-central chain verify` takes all")
    _tell(verified, as_json=as_json)
    if any(it.findings for it in verified):
        sys.exit(DIFFERENT)


def _tell(verified: list[Verified], *, as_json: bool) -> None:
    if as_json:
        print_json(verified)
        return
    for it in verified:
        for found in it.findings:
            click.echo(f"{it.entity}/{it.kit}: {found.code}: {found}")
        unopened = f", {it.unopened} of them sealed for a former key" if it.unopened else ""
        click.echo(f"{it.entity}/{it.kit}: {it.records} records{unopened}, {len(it.findings)} findings")
    if not verified:
        click.echo("no records")


async def _verify(store: Store, party: Party, entity: str, kit: str) -> Verified:
    links = await store.chains.links(entity, kit)
    others = await store.chains.envelopes_of_others(entity, kit)
    stored = [it for it in await store.chains.stored(entity, kit.partition(FORMER)[0]) if it.envelope not in others]
    return await asyncio.to_thread(verify, entity, kit, links, stored, partial(_opened, party))


def _opened(party: Party, arrival: Arrival) -> tuple[Context, bytes]:
    """Open an envelope as on the day it came."""
    at = datetime.fromisoformat(arrival.received_at)
    opened = open_envelope(arrival.body, own=party.kept, trust=party.trust, now=at)
    return opened.context, opened.payload


def _party(config: Config) -> Party:
    suite = choose_suite(allow_pure=config.crypto.allow_pure, library=config.crypto.library, log=_silent)
    return load_party(config.party, suite, read_password(config.password_file))


def _silent(_event: str, /, **_fields: object) -> None:
    """Log nothing: the command prints what there is to say."""
