"""`padkit-central authorise page`: serve the page to the browser of the person whose key signs, until it is stopped."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import click

from padkit_central.commands.admin import admin_client, load_operator
from padkit_central.commands.authorise_page.door import Door
from padkit_central.commands.authorise_page.words import words
from padkit_central.commands.command.group import operator_option, password_option
from padkit_central.commands.common import config_option, plainly
from padkit_central.config import load
from padkit_contract.catalogue import load_catalogue


@click.command()
@config_option
@operator_option
@password_option
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="Loopback port; 0: a free one."
)
@plainly
def page(config_path: Path, operator: Path, password_file: Path, port: int) -> None:
    """Serve the authoriser's page on this machine, to one browser after another, until Ctrl-C.

    Prints a link that lets one browser in, and a new one each time it was used. What is decided there is signed by this operator.
    From elsewhere: ssh -L PORT:127.0.0.1:PORT to this machine, with the same --port.
    """
    config = load(config_path)
    who = load_operator(config, operator, password_file)

    async def run() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        told = await asyncio.to_thread(words, load_catalogue())
        async with admin_client(config) as client:
            door = Door(client, who, told, click.echo)
            await door.open(port)
            try:
                await stop.wait()
            finally:
                await door.close()

    asyncio.run(run())
