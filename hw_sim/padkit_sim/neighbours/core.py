"""``padkit-sim core``: the core bank as a process. Only here is a real clock made."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import json
import signal
from pathlib import Path

import click
from aiohttp import web

from padkit_sim.neighbours.bank import Bank, Rules
from padkit_sim.neighbours.books import Books
from padkit_sim.neighbours.door import CoreDoor
from padkit_sim.neighbours.faults import Faults
from padkit_sim.neighbours.state_file import StateFile, StateFileBroken

LOOPBACK = "127.0.0.1"
GOODBYE_S = 0.5  # how long a stop waits for answers under way


@click.command("core")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="Loopback port; 0 takes a free one."
)
@click.option(
    "--state", type=click.Path(dir_okay=False, path_type=Path), help="File that keeps the books; without it, memory."
)
@click.option("--class1-max", type=click.IntRange(1), help="Class-I accounts one person may have per legal entity.")
def command(port: int, state: Path | None, class1_max: int | None) -> None:
    """Run the core bank until SIGTERM or SIGINT.

    Prints {"event":"ready","url":…} as one JSON line when it listens. Faults and tampering go to POST /control.
    """
    books = Books()
    with contextlib.ExitStack() as stack:
        try:
            state_file = None if state is None else stack.enter_context(contextlib.closing(StateFile(state)))
            if state_file is not None:
                state_file.replay(books.apply)
        except StateFileBroken as exc:
            raise click.ClickException(str(exc)) from exc
        bank = Bank(books, lambda: dt.datetime.now(dt.UTC), Rules(class1_max_per_entity=class1_max))
        try:
            asyncio.run(_serve(CoreDoor(bank, Faults(), state_file, asyncio.sleep), port))
        except OSError as exc:
            raise click.ClickException(f"core: port {port}: {exc.strerror}; choose another --port") from exc


async def _serve(door: CoreDoor, port: int) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    runner = web.AppRunner(door.application(), access_log=None, shutdown_timeout=GOODBYE_S)
    await runner.setup()
    try:
        site = web.TCPSite(runner, LOOPBACK, port)
        await site.start()
        host, bound = runner.addresses[0][:2]
        click.echo(json.dumps({"event": "ready", "url": f"http://{host}:{bound}"}))
        await stop.wait()
    finally:
        await runner.cleanup()
