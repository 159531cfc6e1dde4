"""`padkit-sim practice`: a whole kit to practise on, with a central and a bank of its own, thrown away at its end.

It takes nothing of another kit and reaches nothing beyond this machine: keys, store, central are in a folder that goes with it.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import tempfile
import threading
from pathlib import Path

import click

from padkit_sim.demo import files
from padkit_sim.demo.customer import be_served
from padkit_sim.demo.fonts import lacking
from padkit_sim.demo.world import World, WorldFailed

FAILED = 3


@click.command("practice")
def command() -> None:
    """Stand up a kit to practise on until Ctrl-C or the end of standard input; the customer acts by himself.

    Prints one JSON line with the page's address when it is ready. Exit code 3: something did not start.
    """
    folder = Path(tempfile.mkdtemp(prefix="padkit-practice-"))
    try:
        asyncio.run(_practise(folder))
    except WorldFailed as exc:
        click.echo(f"practice: {exc}", err=True)
        raise SystemExit(FAILED) from exc
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _practise(folder: Path) -> None:
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, over.set)
    threading.Thread(target=_until_alone, args=(loop, over), daemon=True).start()
    world = World(folder)
    world.page, world.pins, world.signs = files.PRACTICE, True, not lacking()
    standing = asyncio.create_task(_stand(world))
    leaving = asyncio.create_task(over.wait())
    try:
        done, _ = await asyncio.wait({standing, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if standing in done:
            standing.result()
    finally:
        for task in (standing, leaving):
            task.cancel()
        await asyncio.gather(standing, leaving, return_exceptions=True)


async def _stand(world: World) -> None:
    async with world:
        url = (await world.agent_cli("page", "--config", files.AGENT)).splitlines()[0]
        who = {"name": files.HOLDER, "passcode": files.PASSCODE}
        click.echo(json.dumps({"event": "ready", "socket": str(world.folder / files.SOCKET), "url": url, **who}))
        await be_served(world)


def _until_alone(loop: asyncio.AbstractEventLoop, over: asyncio.Event) -> None:
    """Whoever began us holds the other end of our standard input; when it is closed nobody wants us any more."""
    while os.read(0, 4096):
        pass
    loop.call_soon_threadsafe(over.set)
