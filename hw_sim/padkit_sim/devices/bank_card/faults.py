"""The faults of a card, wherever it lies, and what they do to it when it is fed or inserted."""

from __future__ import annotations

from dataclasses import replace

from padkit_sim.devices.bank_card.card import BankCard, Health
from padkit_sim.devices.bank_card.issue import numbered
from padkit_sim.faults import ArgSpec, Dial, FaultSpec

FOREIGN_BIN = "999911"  # made up, and no kit file's pack uses it
FOREIGN_SERIAL = 7_000_000

CARD_FAULTS = (
    FaultSpec(
        "card.mute",
        "nth feed or insertion: that card's chip is dead (reset) or falls silent after its ATR (apdu)",
        args={"how": ArgSpec("reset", ("reset", "apdu"))},
    ),
    FaultSpec("card.unreadable", "nth feed or insertion: that card's chip answers, but every record is missing"),
    FaultSpec(
        "card.foreign_pan",
        "nth feed or insertion: that card's chip carries a number outside the slip; '' makes one of another made-up "
        "issuer",
        args={"pan": ArgSpec("", pattern=r"[0-9]{12,19}|", help="12 to 19 digits")},
    ),
)


def spoil(card: BankCard, dial: Dial) -> None:
    """Let what is armed strike `card`; it stays spoilt until somebody heals it."""
    if mute := dial.strike("card.mute"):
        card.health = Health.MUTE if mute.text("how") == "reset" else Health.SILENT
    if dial.strike("card.unreadable"):
        card.health = Health.UNREADABLE
    if foreign := dial.strike("card.foreign_pan"):
        pan = foreign.text("pan") or numbered(FOREIGN_BIN, FOREIGN_SERIAL).pan
        card.personalise(replace(card.data, pan=pan))
