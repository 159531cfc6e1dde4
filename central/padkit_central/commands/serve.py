"""`padkit-central serve`: run the service."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from padkit_central.app import serve as run_service
from padkit_central.commands.common import config_option, plainly
from padkit_central.config import load


@click.command()
@config_option
@plainly
def serve(config_path: Path) -> None:
    """Take envelopes in, ask the core, answer sealed.

    Prints {"event": "ready", "url": ...} as one JSON line when kits may come; log lines (JSON) go to the error stream.
    SIGTERM and SIGINT end it after what is in hand; everything else waits on disk for the next start.
    """

    def ready(url: str) -> None:
        click.echo(msgspec.json.encode({"event": "ready", "url": url}).decode())

    run_service(load(config_path), ready=ready)
