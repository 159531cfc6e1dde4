"""The code that unlocks a kit without network; both operators sign at this terminal."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from padkit_central.commands.admin import admin_client, load_operator
from padkit_central.commands.command.group import command, json_option
from padkit_central.commands.command.papering import real_means
from padkit_central.commands.common import config_option, plain_text, plainly, print_json
from padkit_central.config import load
from padkit_central.kits import UnlockCode, UnlockPaper

PEOPLE = 2


@command.command("unlock-code")
@config_option
@click.argument("kit")
@click.option("--challenge", required=True, help="As the kit's screen shows it.")
@click.option("--reason", required=True, callback=plain_text, help="Why; it goes into the trail.")
@click.option(
    "--operator", "operators", metavar="DIR", multiple=True, type=click.Path(path_type=Path, file_okay=False),
    help="Folders of the two who sign (give it twice).",
)  # fmt: skip
@click.option(
    "--password-file", "password_files", metavar="FILE", multiple=True, type=click.Path(path_type=Path, dir_okay=False),
    help="Of each operator, in the same order; one when they are the same.",
)  # fmt: skip
@json_option
@plainly
def unlock_code(
    config_path: Path, kit: str, challenge: str, reason: str, operators: tuple[Path, ...],
    password_files: tuple[Path, ...], *, as_json: bool,
) -> None:  # fmt: skip
    """Print the code for the CHALLENGE that KIT shows. Read it out once; the trail says who got it."""
    if len(operators) != PEOPLE or len(password_files) not in (1, PEOPLE):
        raise click.UsageError("give --operator twice, and --password-file once or twice")
    config, means = load(config_path), real_means()
    people = [
        load_operator(config, folder, password)
        for folder, password in zip(operators, password_files * PEOPLE, strict=False)
    ]
    paper = UnlockPaper(people[0].entity, kit, challenge, reason, means.now_s())
    papers = [person.sign(paper) for person in people]

    async def run() -> UnlockCode:
        async with admin_client(config) as client:
            return await client.post("/v1/unlock-codes", {"papers": papers}, UnlockCode)

    given = asyncio.run(run())
    if as_json:
        print_json(given)
        return
    code = given.code
    click.echo(f"{code[:4]} {code[4:]}")
    click.echo(f"for kit {given.kit} (lock {given.cause}), once; given to {' and '.join(given.by)}", err=True)
