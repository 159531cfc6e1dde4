"""`padkit-sim record`: write down what passes between a program and a real device."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path

import click
import msgspec

from padkit_sim.errors import SimRefused
from padkit_sim.recording.recorder import Recorder, Wanted, source_of
from padkit_sim.recording.scrub import RULES, Rules
from padkit_sim.recording.writer import RecordingWriter

BAD_INPUT = 2
TYPED = "write everything down"


@click.command("record")
@click.argument("kind", metavar="TYPE")
@click.option("--device", type=click.Path(path_type=Path), required=True, help="The real serial port.")
@click.option("--link", type=click.Path(path_type=Path), required=True, help="Where programs find it meanwhile.")
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="The recording, a JSON line each; appended."
)
@click.option("--raw", is_flag=True, help="Leave what is personal in; must be confirmed in words.")
def command(kind: str, device: Path, link: Path, out: Path, *, raw: bool) -> None:
    """Record a device of TYPE until Ctrl-C, scrubbed of what is personal.

    Programs open the port at --link, which passes everything on to --device and back. Prints one JSON line when it
    stands, {"event":"ready","link":…}. A TYPE for which there are no scrubbing rules is recorded with --raw only.
    """
    rules = RULES.get(kind)
    try:
        if raw:
            _confirm(kind)
            rules = None
        elif rules is None:
            known = ", ".join(RULES)
            raise SimRefused(
                f"record: no scrubbing rules for {kind!r}, there are for {known}; or give --raw and confirm it"
            )
        asyncio.run(_record(kind, rules, Wanted(device, link), out))
    except SimRefused as exc:
        raise Refused(str(exc)) from exc


class Refused(click.ClickException):
    """Bad input: shown as one line, exit code 2."""

    exit_code = BAD_INPUT


def _confirm(kind: str) -> None:
    click.echo(f"--raw keeps what is personal: numbers, texts, pictures of people that a {kind} sees.", err=True)
    if click.prompt(f"Type '{TYPED}'", default="", show_default=False, err=True) != TYPED:
        raise SimRefused(f"record: --raw was not confirmed; type exactly '{TYPED}', or leave it out")


async def _record(kind: str, rules: Rules | None, wanted: Wanted, out: Path) -> None:
    end = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, end.set)
    source = source_of(wanted.device)
    try:
        file = os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")
    except OSError as exc:
        raise SimRefused(f"recording {out}: {exc.strerror}; give a file that can be written") from exc
    with file:
        writer = RecordingWriter(kind, source, rules, file, time.monotonic)
        recorder = Recorder(wanted, writer)
        recorder.open()
        try:
            click.echo(msgspec.json.encode({"event": "ready", "link": str(wanted.link)}))
            waits = [asyncio.create_task(end.wait()), asyncio.create_task(recorder.gone.wait())]
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for wait in waits:
                wait.cancel()
        finally:
            recorder.close()
            writer.close()
    click.echo(f"{writer.frames} frames in {out}", err=True)
