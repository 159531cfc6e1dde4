"""The doors for people and programs that look: `ledger`, `cases`, `reconcile`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from padkit_central.app import bank, real_means
from padkit_central.business import Account, Finding, Remedy, compare
from padkit_central.commands.common import config_option, opened_store, plainly, print_json
from padkit_central.config import Config, load
from padkit_central.gateway import CoreClient, CoreSilent, Gateway
from padkit_central.store import OpenCase, StockCard, Store, SubmissionState, read_books

DIFFERENT = 3
LIVE = "live"


@click.command()
@config_option
@click.option("--json", "as_json", is_flag=True, help="Cards, submissions and cases, whole, as JSON.")
@plainly
def ledger(config_path: Path, *, as_json: bool) -> None:
    """Show where every card is, as central knows it. Reads only; card numbers are whole in JSON, cut in the table."""
    books = read_books(load(config_path).database)
    if as_json:
        cards = [{**_shown(card), "card_no": card.card_no} for card in books.cards]
        print_json({"cards": cards, "submissions": books.submissions, "cases": books.cases})
        return
    for card in books.cards:
        line = _shown(card)
        click.echo(f"{card.voucher}  …{card.card_no[-4:]}  {line['state']:<13} {line['account']:<9} kit {card.kit}")


@click.command()
@config_option
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@plainly
def cases(config_path: Path, *, as_json: bool) -> None:
    """Show what a person must close, the oldest first."""
    opened = read_books(load(config_path).database).cases
    if as_json:
        print_json(opened)
        return
    for case in opened:
        about = f", voucher {case.voucher}" if case.voucher else ""
        click.echo(f"{case.at}  kit {case.kit or '-'}{about}: {case.reason}  [{case.id}]")
    if not opened:
        click.echo("no cases")


@click.command()
@config_option
@click.option("--apply", "do_it", is_flag=True, help="Block and repair; without it nothing is changed.")
@click.option("--json", "as_json", is_flag=True, help="The differences as JSON.")
@plainly
def reconcile(config_path: Path, *, do_it: bool, as_json: bool) -> None:
    """Compare central's ledger with the core's books, card by card.

    A card with an account that nobody handed over, a card that left without one, and a missing card are blocked in the
    core and get a case; what central alone did not learn is repaired. What only the kit can tell, and a business that it
    has not ended, wait for its `padkit-agent day-end`. Exit code 0: nothing differs, or all was done; 3: something differs
    and is not healed yet.
    """

    async def run() -> bool:
        async with opened_store(config_path) as (config, store):
            found = await _differences(config)
            _tell(found, as_json=as_json, do_it=do_it)
            if not found or not do_it:
                return not found
            lasting = {each.case_id for each in await _differences(config)}  # not what was only on its way
            async with bank(config, store, real_means().log) as gateway:
                return await _heal(store, gateway, [each for each in found if each.case_id in lasting])

    try:
        healed = asyncio.run(run())
    except CoreSilent as exc:
        raise click.ClickException(str(exc)) from exc
    if not healed:
        sys.exit(DIFFERENT)


def _tell(found: Sequence[Finding], *, as_json: bool, do_it: bool) -> None:
    if as_json:
        print_json([each.public() for each in found])
        return
    for each in found:
        click.echo(str(each))
    if not found or not do_it:
        click.echo("nothing was changed, add --apply to do it" if found else "ledger and core agree")


async def _differences(config: Config) -> list[Finding]:
    core = CoreClient(config.core.url, config.core.timeout_s)
    try:
        audit = await core.audit()
    finally:
        await core.close()
    live = [
        Account(each.entity, each.card_no, each.serial)
        for each in audit.accounts
        if each.state == LIVE and each.entity in config.entities
    ]
    return compare(read_books(config.database), live, {each.card_no for each in audit.blocked})


async def _heal(store: Store, gateway: Gateway, found: Sequence[Finding]) -> bool:
    """Do what each finding asks for; False when a block has no certain end yet, or a kit has to send its ledger."""
    healed = True
    for each in found:
        card = each.card
        if each.remedy is Remedy.RESEND:
            healed = False
            continue
        if each.remedy is Remedy.REPAIR:
            await gateway.ask(card.entity, each.serial, 1, fence=False)  # settles what stood open
            await store.note_live(card.entity, card.card_no)
            continue
        await store.open_case(
            OpenCase(card.entity, card.kit, each.case_id, str(each), store.now(), voucher=card.voucher)
        )
        ended = await gateway.block(card, each.rule.value)
        healed = healed and ended.state is SubmissionState.OK
    return healed


def _shown(card: StockCard) -> dict[str, object]:
    return {
        "entity": card.entity,
        "kit": card.kit,
        "batch": card.batch,
        "voucher": card.voucher,
        "product": card.product,
        "state": card.state.value if card.state else "checked_out",
        "account": card.account.value,
        "reserved_for": card.reserved_for,
        "blocked": card.blocked,
    }
