"""`padkit-sim record`: write down what passes between a program and a real device."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import click
import msgspec

from padkit_sim.errors import SimRefused
from padkit_sim.recording.recorder import Recorder, Wanted, source_of
from padkit_sim.recording.scrub import RULES, Rules
from padkit_sim.recording.usb_recorder import ids_of, opened, record_capture
from padkit_sim.recording.usb_scrub import USB_RULES
from padkit_sim.recording.writer import RecordingWriter

BAD_INPUT = 2
TYPED = "write everything down"
T = TypeVar("T")


@click.command("record")
@click.argument("kind", metavar="TYPE")
@click.option("--device", type=click.Path(path_type=Path), help="The real serial port.")
@click.option("--link", type=click.Path(path_type=Path), help="Where programs find the serial port meanwhile.")
@click.option("--pcap", type=click.Path(path_type=Path, allow_dash=True), help="A capture of usbmon; - reads a pipe.")
@click.option("--usb", metavar="VID:PID", default="", help="Which device of the capture, as lsusb prints it.")
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="The recording, a JSON line each; appended."
)
@click.option("--raw", is_flag=True, help="Leave what is personal in; must be confirmed in words.")
def command(
    kind: str, device: Path | None, link: Path | None, pcap: Path | None, usb: str, out: Path, *, raw: bool
) -> None:
    """Record a device of TYPE, scrubbed of what is personal.

    A serial device until Ctrl-C: programs open the port at --link, which passes everything on to --device and back. Prints
    one JSON line when it stands, {"event":"ready","link":…}. A USB device from a capture, to its end: --pcap and --usb.
    A TYPE for which there are no scrubbing rules is recorded with --raw only.
    """
    try:
        if pcap is not None and usb and device is None and link is None:
            record_capture(kind, _scrubbing(kind, USB_RULES, raw=raw), pcap, ids_of(usb), out)
        elif device is not None and link is not None and pcap is None and not usb:
            asyncio.run(_record(kind, _scrubbing(kind, RULES, raw=raw), Wanted(device, link), out))
        else:
            raise SimRefused("record: give --device and --link for a serial port, --pcap and --usb for USB")
    except SimRefused as exc:
        raise Refused(str(exc)) from exc


class Refused(click.ClickException):
    """Bad input: shown as one line, exit code 2."""

    exit_code = BAD_INPUT


def _scrubbing(kind: str, rules: Mapping[str, T], *, raw: bool) -> T | None:
    """The rules of a type, None when everything is to be written down. Raises `SimRefused`."""
    if raw:
        _confirm(kind)
        return None
    if kind not in rules:
        known = ", ".join(rules)
        raise SimRefused(
            f"record: no scrubbing rules for {kind!r}, there are for {known}; or give --raw and confirm it"
        )
    return rules[kind]


def _confirm(kind: str) -> None:
    click.echo(f"--raw keeps what is personal: numbers, texts, pictures of people that a {kind} sees.", err=True)
    if click.prompt(f"Type '{TYPED}'", default="", show_default=False, err=True) != TYPED:
        raise SimRefused(f"record: --raw was not confirmed; type exactly '{TYPED}', or leave it out")


async def _record(kind: str, rules: Rules | None, wanted: Wanted, out: Path) -> None:
    end = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, end.set)
    source = source_of(wanted.device)
    with opened(out) as file:
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
