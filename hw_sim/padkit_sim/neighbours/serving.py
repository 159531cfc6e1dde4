"""How a neighbour is a process: listens on loopback, says when it is ready, ends at SIGTERM or SIGINT."""

from __future__ import annotations

import asyncio
import json
import signal

import click
from aiohttp import web

LOOPBACK = "127.0.0.1"
GOODBYE_S = 0.5  # how long a stop waits for answers under way


def serve_until_stopped(name: str, application: web.Application, port: int) -> None:
    """Serve; print ``{"event":"ready","url":…}`` once it listens. Raises `click.ClickException` when the port is taken."""
    try:
        asyncio.run(_serve(application, port))
    except OSError as exc:
        raise click.ClickException(f"{name}: port {port}: {exc.strerror}; choose another --port") from exc


async def _serve(application: web.Application, port: int) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=GOODBYE_S)
    await runner.setup()
    try:
        site = web.TCPSite(runner, LOOPBACK, port)
        await site.start()
        host, bound = runner.addresses[0][:2]
        click.echo(json.dumps({"event": "ready", "url": f"http://{host}:{bound}"}))
        await stop.wait()
    finally:
        await runner.cleanup()
