"""`padkit-central stock`: cards given to kits."""

from __future__ import annotations

import asyncio
import tomllib
from pathlib import Path

import click
import msgspec

from padkit_central.business import check_slip
from padkit_central.commands.common import config_option, opened_store, plainly, the_entity
from padkit_contract.errors import Invalid
from padkit_contract.messages import Slip


@click.group()
def stock() -> None:
    """Valuable blanks (重空): who holds which cards."""


@stock.command("check-out")
@config_option
@click.option("--kit", required=True, help="The kit that gets the cards.")
@click.option("--entity", help="Whose; may be left out when the service has only one.")
@click.option(
    "--slip", "slip_path", required=True, type=click.Path(path_type=Path, dir_okay=False),
    help="TOML or JSON: batch, product, cards (voucher, card_no) in hopper order.",
)  # fmt: skip
@click.option("--yes", is_flag=True, help="Do it; without it nothing is changed.")
@plainly
def check_out(config_path: Path, kit: str, entity: str | None, slip_path: Path, *, yes: bool) -> None:
    """Give the cards of a check-out slip to a kit; it becomes the slip that the kit works by.

    Without --yes it only says what would be done. The same slip again changes nothing.
    """
    slip = _read(slip_path)

    async def run() -> None:
        async with opened_store(config_path) as (config, store):
            owner = the_entity(config, entity)
            first, last = slip.cards[0].voucher, slip.cards[-1].voucher
            what = f"batch {slip.batch}: {len(slip.cards)} cards {slip.product}, {first} to {last}, to kit {kit} of {owner}"
            if not yes:
                click.echo(f"{what}; nothing was changed, add --yes to do it")
                return
            new = await store.check_out(owner, kit, slip)
            click.echo(f"{what}: {'checked out' if new else 'was checked out before, nothing changed'}")

    asyncio.run(run())


def _read(path: Path) -> Slip:
    try:
        text = path.read_text(encoding="utf-8")
        raw = msgspec.json.decode(text) if text.lstrip().startswith("{") else tomllib.loads(text)
        slip = msgspec.convert(raw, Slip)
        check_slip(slip)
    except (msgspec.MsgspecError, tomllib.TOMLDecodeError, UnicodeDecodeError, Invalid) as exc:
        raise click.ClickException(f"{path}: {exc}") from exc
    return slip
