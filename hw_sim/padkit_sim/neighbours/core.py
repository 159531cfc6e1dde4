"""``padkit-sim core``: the core bank as a process. Only here is a real clock made."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from pathlib import Path

import click

from padkit_contract.errors import CryptoUnfit
from padkit_contract.keyfile import read_password
from padkit_sim.neighbours.bank import Bank, Rules
from padkit_sim.neighbours.books import Books
from padkit_sim.neighbours.door import CoreDoor
from padkit_sim.neighbours.faults import Faults
from padkit_sim.neighbours.hsm_client import HsmClient
from padkit_sim.neighbours.serving import serve_until_stopped
from padkit_sim.neighbours.state_file import StateFile, StateFileBroken


@click.command("core")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="Loopback port; 0 takes a free one."
)
@click.option(
    "--state", type=click.Path(dir_okay=False, path_type=Path), help="File that keeps the books; without it, memory."
)
@click.option("--class1-max", type=click.IntRange(1), help="Class-I accounts one person may have per legal entity.")
@click.option("--hsm", metavar="URL", help="The HSM that opens C3 fields; without it they must come as they are.")
@click.option("--hsm-token-file", type=click.Path(path_type=Path), help="What proves us to the HSM, mode 0600.")
def command(
    port: int, state: Path | None, class1_max: int | None, hsm: str | None, hsm_token_file: Path | None
) -> None:
    """Run the core bank until SIGTERM or SIGINT.

    Prints {"event":"ready","url":…} as one JSON line when it listens. Faults and tampering go to POST /control.
    """
    if (hsm is None) is not (hsm_token_file is None):
        raise click.UsageError("--hsm and --hsm-token-file go together")
    books = Books()
    with contextlib.ExitStack() as stack:
        try:
            state_file = None if state is None else stack.enter_context(contextlib.closing(StateFile(state)))
            if state_file is not None:
                state_file.replay(books.apply)
        except StateFileBroken as exc:
            raise click.ClickException(str(exc)) from exc
        bank = Bank(books, lambda: dt.datetime.now(dt.UTC), Rules(class1_max_per_entity=class1_max))
        door = CoreDoor(bank, Faults(), state_file, asyncio.sleep, hsm=_hsm(hsm, hsm_token_file))
        serve_until_stopped("core", door.application(), port)


def _hsm(url: str | None, token_file: Path | None) -> HsmClient | None:
    if url is None or token_file is None:
        return None
    try:
        return HsmClient(url, read_password(token_file).decode("ascii"))
    except CryptoUnfit as exc:
        raise click.ClickException(f"core: {exc}") from exc
