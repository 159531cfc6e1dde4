"""The command `padkit-sim`: give a program a simulated kit, keep one standing, steer it. The only real clock is made here."""

from __future__ import annotations

import asyncio
import importlib
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click
import msgspec

from padkit_sim.errors import SimRefused

if TYPE_CHECKING:
    from padkit_sim.page import PageAddress

CONTROL_VARIABLE = "PADKIT_SIM_CONTROL"
BAD_INPUT = 2
MAX_PORT = 65_535
LAZY: Mapping[str, str] = {  # imported only when asked for
    "compare": "padkit_sim.compare.cli:command",
    "core": "padkit_sim.neighbours.core:command",
    "demo": "padkit_sim.demo.cli:command",
    "practice": "padkit_sim.demo.practice:command",
    "hsm": "padkit_sim.neighbours.hsm:command",
    "pictures": "padkit_sim.pictures.command:command",
    "record": "padkit_sim.recording.cli:command",
}
F = TypeVar("F", bound=Callable[..., None])


class LazyGroup(click.Group):
    """A group some of whose commands live in rooms that the others do not need."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *LAZY])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = LAZY.get(cmd_name)
        if place is None:
            return super().get_command(ctx, cmd_name)
        module, _, name = place.partition(":")
        found = getattr(importlib.import_module(module), name)
        assert isinstance(found, click.Command)
        return found


@click.group(cls=LazyGroup)
def main() -> None:
    """Stand-ins for a kit's hardware, at the wire.

    A KIT is the path of a kit file (TOML) or the name of a shipped one; `padkit-sim kits` lists those.

    Exit codes: 0 done, 1 the kit said no, 2 a kit file or option was refused; `run` gives that of its command.
    """


def _address(ctx: click.Context, param: click.Parameter, text: str) -> str:
    host, _, port = text.rpartition(":")
    if text and not (host and port.isdecimal() and int(port) <= MAX_PORT):
        raise click.BadParameter(f"{text!r} is not HOST:PORT; give for example 127.0.0.1:3240")
    return text


def _kit_options(function: F) -> F:
    for option in (
        click.option("--control", type=click.Path(path_type=Path), help="Make the control socket here."),
        click.option(
            "--journal", type=click.Path(path_type=Path), help="Append every byte to this file, a JSON line each."
        ),
        click.option("--seed", type=int, help="Seed of all chances; replaces the kit file's."),
        click.option(
            "--speed",
            type=click.FloatRange(0, min_open=True),
            help="Divides mechanical delays; replaces the kit file's.",
        ),
        click.option(
            "--page",
            is_flag=False,
            flag_value="127.0.0.1:0",
            metavar="[HOST:PORT]",
            help="Serve the control page too, on loopback; a free port when none is given.",
        ),
        click.option(
            "--usbip",
            metavar="HOST:PORT",
            default="",
            callback=_address,
            help="Lend the USB devices over USB/IP too, for a machine with vhci_hcd. Whoever reaches it may use them.",
        ),
        click.option("--pcap", type=click.Path(path_type=Path), help="Write what passes on USB to this capture file."),
    ):
        function = option(function)
    return function


def _page(text: str | None) -> PageAddress | None:
    """Brings an HTTP server: only when asked for."""
    if text is None:
        return None
    from padkit_sim.page import page_address

    return page_address(text)


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("kit")
@click.argument("command", nargs=-1, type=click.UNPROCESSED, required=True)
@_kit_options
def run(
    kit: str,
    command: Sequence[str],
    speed: float | None,
    seed: int | None,
    journal: Path | None,
    control: Path | None,
    page: str | None,
    usbip: str,
    pcap: Path | None,
) -> None:
    """Give COMMAND a kit: padkit-sim run demo -- COMMAND…

    COMMAND finds the kit by PADKIT_SYSFS, PADKIT_DEV and PADKIT_SIM_CONTROL in its environment. SIGINT and SIGTERM are
    passed on; the exit code is COMMAND's. The link to the control page comes on stderr.
    """
    from padkit_sim import run as house
    from padkit_sim.kitfile import find_kit_file, load

    try:
        file = load(find_kit_file(kit))
        options = house.Options(speed, seed, journal, control, _page(page), _say_on_terminal, usbip, pcap)
        code = asyncio.run(house.run(file, options, time.monotonic, command))
    except SimRefused as exc:
        raise Refused(str(exc)) from exc
    raise SystemExit(code)


@main.command()
@click.argument("kit")
@_kit_options
def serve(
    kit: str,
    speed: float | None,
    seed: int | None,
    journal: Path | None,
    control: Path | None,
    page: str | None,
    usbip: str,
    pcap: Path | None,
) -> None:
    """Keep a kit standing until SIGTERM or Ctrl-C.

    Prints one JSON line, {"event":"ready","env":{…}}: the environment for programs that are to find the kit.
    With --page it also says "page", a link that lets one browser in; the next one follows, {"event":"page","page":…}.
    """
    from padkit_sim import run as house
    from padkit_sim.kitfile import find_kit_file, load

    links: list[str] = []
    standing = False

    def ready(environment: Mapping[str, str]) -> None:
        nonlocal standing
        standing = True
        first = {"page": links[0]} if links else {}
        click.echo(msgspec.json.encode({"event": "ready", "env": environment, **first}))

    def say(link: str) -> None:
        if standing:
            click.echo(msgspec.json.encode({"event": "page", "page": link}))
        else:
            links.append(link)

    try:
        file = load(find_kit_file(kit))
        options = house.Options(speed, seed, journal, control, _page(page), say, usbip, pcap)
        asyncio.run(house.serve(file, options, time.monotonic, ready))
    except SimRefused as exc:
        raise Refused(str(exc)) from exc


@main.command()
@click.argument("verb")
@click.argument("words", nargs=-1, metavar="[K=V]…")
@click.option(
    "--control",
    envvar=CONTROL_VARIABLE,
    type=click.Path(path_type=Path),
    help="The kit's control socket (or PADKIT_SIM_CONTROL).",
)
@click.option("--json", "as_json", is_flag=True, help="Print the reply as one line.")
def ctl(verb: str, words: Sequence[str], control: Path | None, *, as_json: bool) -> None:
    """Send one control request to a standing kit.

    \b
    padkit-sim ctl state
    padkit-sim ctl fault name=box.jam at=present clears_after=1
    padkit-sim ctl hand device=reader action=lay_card person=test_a
    padkit-sim ctl power_cycle device=box

    Exits with 1 when the kit says no. Verbs: state, fault, clear, faults, power_cycle, unplug, plug, hand, auto, journal,
    speed, tamper, hardware, camera.
    """
    from padkit_sim.control.client import ask, request_from_words

    if control is None:
        where = "the line that `padkit-sim serve` prints names it"
        raise Refused(f"ctl: no control socket is named; give --control or set {CONTROL_VARIABLE}, {where}")
    try:
        pairs = dict(_pair(word) for word in words)
        reply = ask(control, request_from_words(verb, pairs))
    except SimRefused as exc:
        raise Refused(str(exc)) from exc
    click.echo(reply if as_json else msgspec.json.format(reply, indent=2))
    if msgspec.json.decode(reply, type=dict[str, object])["ok"] is not True:
        raise SystemExit(1)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, name to path.")
def kits(*, as_json: bool) -> None:
    """List the kit files that are shipped."""
    from padkit_sim.kitfile import shipped

    found = {name: str(path) for name, path in shipped().items()}
    if as_json:
        click.echo(msgspec.json.encode(found))
    else:
        for name, path in found.items():
            click.echo(f"{name:16} {path}")


def _say_on_terminal(link: str) -> None:
    click.echo(f"padkit-sim: control page, for one browser: {link}", err=True)


def _pair(word: str) -> tuple[str, str]:
    key, mark, value = word.partition("=")
    if not mark or not key:
        raise SimRefused(f"ctl: {word!r} is not k=v; write for example device=box")
    return key, value


class Refused(click.ClickException):
    """Bad input: shown as one line, exit code 2."""

    exit_code = BAD_INPUT
