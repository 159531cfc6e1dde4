"""`padkit-sim pictures`: pictures with labels, drawn by seed. Each kind of picture has its own command."""

from __future__ import annotations

import click

from padkit_sim.pictures.cards.command import cards, kit_cards
from padkit_sim.pictures.faces.command import faces, pairs


@click.group("pictures")
def command() -> None:
    """Draw labelled pictures: documents, sittings before the face camera, pairs of faces.

    The same seed gives the same pictures. Everything is invented; nothing here is a measurement of real people or attacks.
    """


for each in (cards, kit_cards, faces, pairs):
    command.add_command(each)
