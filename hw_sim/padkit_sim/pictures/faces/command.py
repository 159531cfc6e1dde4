"""`padkit-sim pictures faces` and `padkit-sim pictures pairs`. What draws is imported only when asked for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from padkit_sim.errors import SimRefused
from padkit_sim.pictures.faces.kinds import GENUINE, NAMES
from padkit_sim.pictures.faces.plan import read_steps
from padkit_sim.pictures.needs import needs_drawing

BAD_INPUT = 2


@click.command("faces")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--attack", "kinds", multiple=True, help="A kind of attack, may be repeated; `all`, or `genuine`.")
@click.option("--count", type=click.IntRange(1, 10_000), default=1, show_default=True, help="Sittings of each kind.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of the first; the next ones count up.")
@click.option("--steps", default="", help="turn_left,flash:#ff0000,…; without it each sitting draws a plan.")
@click.option("--person", "who", default="", help="Who sits there; without it anybody.")
def faces(folder: Path, kinds: Sequence[str], count: int, seed: int, steps: str, who: str) -> None:
    """Write sittings before the face camera, a folder each: DIR/KIND-SEED/0001.jpg … and session.json.

    Genuine ones without --attack. All of it is synthetic.
    """
    try:
        needs_drawing()
        from padkit_sim.pictures.faces.sitting import Sitting, write

        plan = read_steps(steps) if steps else ()
        for kind in NAMES if "all" in kinds else kinds or (GENUINE,):
            for number in range(seed, seed + count):
                write(Sitting(kind, number, plan, who), folder / f"{kind}-{number}")
                click.echo(folder / f"{kind}-{number}")
    except SimRefused as exc:
        raise Refused(str(exc)) from exc


@click.command("pairs")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--count", type=click.IntRange(1, 10_000), default=8, show_default=True, help="Pairs.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of the first; the next ones count up.")
def pairs(folder: Path, count: int, seed: int) -> None:
    """Write pairs of a camera's frame and a portrait of a chip or a card's print, same and different people by turns."""
    try:
        needs_drawing()
        from padkit_sim.pictures.faces.pairs import write_pair

        for number in range(seed, seed + count):
            click.echo(write_pair(number, folder))
    except SimRefused as exc:
        raise Refused(str(exc)) from exc


class Refused(click.ClickException):
    """Bad input: shown as one line, exit code 2."""

    exit_code = BAD_INPUT
