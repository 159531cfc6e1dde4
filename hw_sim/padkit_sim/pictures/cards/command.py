"""`padkit-sim pictures cards` and `padkit-sim pictures kit`. What draws is imported only when asked for."""

from __future__ import annotations

import random
from pathlib import Path

import click
import msgspec

from padkit_sim.errors import SimRefused
from padkit_sim.pictures.needs import needs_drawing

BAD_INPUT = 2
KINDS = ("id_front", "id_back", "hmt_permit_front", "foreigner_front", "bank_card")
DEFECTS = ("blurred", "glare", "dark", "too_small", "tilted", "cut_off", "screen", "copy")
TOLD_EACH = 50


@click.command("cards")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--kind", type=click.Choice(KINDS), default=KINDS[0], show_default=True, help="Which side of which document."
)
@click.option(
    "--level", type=click.IntRange(0, 3), default=1, show_default=True, help="0 flat and clean … 3 hardly fair."
)
@click.option("--count", type=click.IntRange(1, 100_000), default=1, show_default=True, help="Pictures.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of the first; the next ones count up.")
@click.option("--defect", type=click.Choice(DEFECTS), help="A fault on each, for which a gate must ask again.")
@click.option("--swap-digits", is_flag=True, help="Print two digits of the number in each other's place.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a picture: its label's path.")
def cards(
    folder: Path, kind: str, level: int, count: int, seed: int, defect: str | None, *, swap_digits: bool, as_json: bool
) -> None:
    """Write photos of invented people's cards, DIR/KIND-LEVEL-SEED.jpg, and labels beside them.

    The same seed is the same person at every level. All of it is synthetic.
    """
    if swap_digits and kind == "id_back":
        raise Refused("--swap-digits: id_back has no number; take another --kind")
    try:
        _needs()
        from padkit_sim.pictures.cards.card import draw
        from padkit_sim.pictures.cards.label import write
        from padkit_sim.pictures.cards.photo import photo

        for number in range(seed, seed + count):
            card = draw(kind, random.Random(f"{kind}/{number}"), swapped=swap_digits)  # noqa: S311 - repeatable
            taken = photo(card, level, random.Random(f"{kind}/{number}/{level}/{defect}"), defect)  # noqa: S311
            name = "-".join(
                [kind, str(level), *([defect] if defect else []), *(["swapped"] if swap_digits else []), str(number)]
            )
            _tell(write(folder, name, card, taken, level=level, seed=number, defect=defect or ""), as_json=as_json)
            if (done := number - seed + 1) % TOLD_EACH == 0 or done == count:
                click.echo(f"{done} of {count}", err=True)
    except SimRefused as exc:
        raise Refused(str(exc)) from exc


@click.command("kit")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--kit", default="demo", show_default=True, help="A kit file, or the name of a shipped one.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a picture: its label's path.")
def kit_cards(folder: Path, kit: str, *, as_json: bool) -> None:
    """Write the cards of the people on a kit's identity reader: front-ID, back-ID and front-ID-swapped.

    The last one has two digits of the number in each other's place. Those of the kit `demo` are shipped.
    """
    try:
        _needs()
        from padkit_sim.kitfile import find_kit_file, load
        from padkit_sim.pictures.cards.kit import write_cards

        for path in write_cards(load(find_kit_file(kit)), folder):
            _tell(path, as_json=as_json)
    except SimRefused as exc:
        raise Refused(str(exc)) from exc


def _needs() -> None:
    needs_drawing()
    from padkit_sim.pictures.cards.fonts import needs_fonts

    needs_fonts()


def _tell(label: Path, *, as_json: bool) -> None:
    click.echo(msgspec.json.encode({"label": str(label)}) if as_json else label)


class Refused(click.ClickException):
    """Bad input: shown as one line, exit code 2."""

    exit_code = BAD_INPUT
