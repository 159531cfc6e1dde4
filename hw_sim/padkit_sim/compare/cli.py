"""``padkit-sim compare``: do kit, central, core and card box tell the same? Exit 0 yes, 1 no, 2 a door is shut."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click
import msgspec

from padkit_sim.compare.doors import Doors, hear
from padkit_sim.compare.export import as_json
from padkit_sim.compare.report import compare
from padkit_sim.compare.show import table
from padkit_sim.compare.texts import Language
from padkit_sim.compare.witnesses import WitnessUnreadable

DIFFER, SHUT = 1, 2


@click.command("compare")
@click.option("--kit-cmd", required=True, help="Command that prints the kit's store as JSON.")
@click.option("--central-cmd", required=True, help="Command that prints central's ledger as JSON.")
@click.option("--core-url", required=True, help="Address of the core bank; its GET /audit is read.")
@click.option("--control", required=True, type=click.Path(path_type=Path), help="Control socket of the simulator.")
@click.option("--json", "as_data", is_flag=True, help="Print JSON for programs.")
@click.option(
    "--lang",
    type=click.Choice([it.value for it in Language]),
    default="en",
    show_default=True,
    help="Language of the table.",
)
@click.option(
    "--timeout",
    "timeout_s",
    type=click.FloatRange(0.1, 600),
    default=20.0,
    show_default=True,
    help="Seconds that each witness has.",
)
@click.pass_context
def command(
    context: click.Context,
    kit_cmd: str,
    central_cmd: str,
    core_url: str,
    control: Path,
    as_data: bool,  # noqa: FBT001 - click hands options by name
    lang: str,
    timeout_s: float,
) -> None:
    """Hold kit, central, core and card box against each other, card by card.

    Exit code 0: all four agree. 1: they differ, each card is named. 2: a witness could not be heard.
    """
    language = Language(lang)
    try:
        testimony = asyncio.run(hear(Doors(kit_cmd, central_cmd, core_url, control, timeout_s)))
    except WitnessUnreadable as exc:
        if as_data:
            click.echo(msgspec.json.encode({"agree": None, "error": str(exc)}))
        click.echo(f"compare: {exc}", err=True)
        context.exit(SHUT)
    report = compare(testimony)
    click.echo(as_json(report, language) if as_data else table(report, language))
    context.exit(0 if report.agrees else DIFFER)
