"""Where a test with a card box starts from, and how it sees that cards moved or did not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from padkit_sdk.conformance.bench import LOOK_S, MOTION_S, Bench
from padkit_sdk.ports import BoxStatus, Capability, CardPlace, Slot

IN_PLAY = {"path": CardPlace.INSIDE, "gate": CardPlace.GATE}


@dataclass(frozen=True, slots=True)
class Look:
    """The box at one moment: what it says, and where each card truly is (empty when nobody knows)."""

    status: BoxStatus
    cards: Mapping[str, str]

    def fed_since(self, before: Look) -> list[str]:
        """The serial numbers of the cards that left the hopper."""
        return [card for card, place in before.cards.items() if place == "hopper" != self.cards[card]]

    def moved_since(self, before: Look) -> str:
        """Which cards changed their place, in words; empty for none."""
        changed = (f"card {c} from {before.cards[c]} to {p}" for c, p in self.cards.items() if p != before.cards[c])
        return ", ".join(changed)

    def in_play(self) -> set[CardPlace]:
        """Where cards truly are in play."""
        return {IN_PLAY[place] for place in self.cards.values() if place in IN_PLAY}


Start = Callable[[Bench], Awaitable[Look]]


async def look(bench: Bench) -> Look:
    """Ask the box, and whoever knows better."""
    return Look(await bench.box.status(timeout_s=LOOK_S), bench.hands.cards())


async def prepared(bench: Bench) -> Look:
    """A box that is ready, with no card in play."""
    bench.step("prepare, before the test")
    status = await bench.box.prepare(timeout_s=MOTION_S)
    if status.card is not CardPlace.NONE:
        bench.step("clear the path, before the test")
        captures = Capability.CAPTURE in await bench.box.capabilities()
        await bench.box.move(Slot.BIN if captures else Slot.OUT, timeout_s=MOTION_S)
    return await look(bench)


async def staged(bench: Bench) -> Look:
    """A box with one card at its inner read position."""
    await prepared(bench)
    bench.step("stage, before the test")
    await bench.box.stage(timeout_s=MOTION_S)
    return await look(bench)


async def presented(bench: Bench) -> Look:
    """A box with one card held at its gate."""
    await staged(bench)
    bench.step("move to GATE, before the test")
    await bench.box.move(Slot.GATE, timeout_s=MOTION_S)
    return await look(bench)


async def expect_still(bench: Bench, before: Look) -> Look:
    """Hold that no card moved since `before`: by the box's own word, and by sight where there is some."""
    after = await look(bench)
    moved = after.moved_since(before)
    bench.expect_that(not moved, "no card moved", moved)
    bench.expect("card in play", before.status.card, after.status.card)
    bench.expect("bin counter", before.status.bin_count, after.status.bin_count)
    bench.expect("hopper", before.status.hopper, after.status.hopper)
    return after


async def expect_nothing_fed(bench: Bench, before: Look) -> Look:
    """Hold that no card left the hopper since `before`."""
    after = await look(bench)
    fed = after.fed_since(before)
    bench.expect_that(not fed, "no card left the hopper", f"card {', '.join(fed)} did")
    bench.expect("hopper", before.status.hopper, after.status.hopper)
    return after


def expect_truth(bench: Bench, seen: Look) -> None:
    """Hold that what the box says of the card in play is true, as far as somebody knows better."""
    if not seen.cards:
        return
    true = seen.in_play() or {CardPlace.NONE}
    places = " and ".join(sorted(place.value for place in true))
    bench.expect_that(seen.status.card in true, f"status: card {places}", f"card {seen.status.card.value}")
