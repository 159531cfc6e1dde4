"""What kits are misused for: each kind changes an otherwise honest day, as strongly or as carefully as chance has it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from padkit_sim.fleet.days import AT_REST_S, DAY_S, IN_USE_S, MIDNIGHT, Kit, Word

Misuse = Callable[[Kit, list[Word], int, Random], list[Word]]


def night_drive(kit: Kit, words: list[Word], day: int, random: Random) -> list[Word]:
    """Driven out of its county at night and back before the branch opens."""
    leaves = MIDNIGHT + day * DAY_S + int(random.uniform(0.5, 2.5) * 3600)
    far, steps = random.uniform(0.4, 0.9), random.randint(24, 40)
    trip = []
    for step in range(steps):
        part = min(step, steps - step) / (steps / 2)
        place = (kit.branch[0] + far * min(1.0, 2 * part), kit.branch[1] + far * 0.3 * part)
        trip.append(Word(leaves + step * IN_USE_S, place, random.uniform(4, 30)))
    ends = trip[-1].at
    return sorted([it for it in words if not leaves <= it.at <= ends] + trip, key=lambda it: it.at)


def card_farming(kit: Kit, words: list[Word], day: int, random: Random) -> list[Word]:
    """Cards opened one after another for people who are not there."""
    per_word = random.uniform(1.6, 3.0)
    for it in _stretch(words, day, random, hours=2.5):
        count = int(per_word + random.random())
        it.add("openings", count)
        it.add("issues", count)
        it.add("hasty", count * random.randint(0, 2))
    return words


def borrowed_kit(kit: Kit, words: list[Word], day: int, random: Random) -> list[Word]:
    """Used at somebody's home in the evening and the night."""
    begins = MIDNIGHT + day * DAY_S + int(random.uniform(20.6, 21.5) * 3600)
    for it in _filled(kit, words, begins, begins + 2 * 3600, random):
        if random.random() < 0.4:
            it.add("openings")
            it.add("issues")
    return sorted(words, key=lambda it: it.at)


def cloned_kit(kit: Kit, words: list[Word], day: int, random: Random) -> list[Word]:
    """Another machine comes in as the kit."""
    random.choice(words).facts = ("clone",)
    return words


def mock_location(kit: Kit, words: list[Word], day: int, random: Random) -> list[Word]:
    """A program tells the branch's place all day; the system says so, or the accuracy gives it away."""
    told = random.random() < 0.6
    for it in _stretch(words, day, random, hours=4):
        it.place, it.mock = kit.branch, told
        it.accuracy_m = random.uniform(4, 20) if told else 0.0
    return words


def two_places(kit: Kit, words: list[Word], day: int, random: Random) -> list[Word]:
    """Positions of two machines under one name: they jump to and fro."""
    off = random.uniform(0.5, 2.0)
    for number, it in enumerate(_stretch(words, day, random, hours=2)):
        if number % 2:
            it.place = (it.place[0] + off, it.place[1])
    return words


def foreign_box(kit: Kit, words: list[Word], day: int, random: Random) -> list[Word]:
    """A card box that belongs to another kit."""
    random.choice(words).facts = ("foreign_device",)
    return words


def guessing(kit: Kit, words: list[Word], day: int, random: Random) -> list[Word]:
    """Somebody tries passcodes."""
    for it in _stretch(words, day, random, hours=1):
        it.add("failed_sign_ins", random.randint(1, 4))
    return words


def other_way(kit: Kit, words: list[Word], day: int, random: Random) -> list[Word]:
    """The face check is always gone round."""
    for it in _stretch(words, day, random, hours=5):
        if random.random() < 0.4:
            it.add("openings")
            it.add("issues")
            it.add("alternative")
    return words


def kept_cards(kit: Kit, words: list[Word], day: int, random: Random) -> list[Word]:
    """Cards are issued, captured again and taken out of the bin."""
    for it in _stretch(words, day, random, hours=4):
        if random.random() < 0.35:
            it.add("openings")
            it.add("issues")
            if random.random() < 0.7:
                it.add("captures")
    return words


def fishing(kit: Kit, words: list[Word], day: int, random: Random) -> list[Word]:
    """Openings are begun to see what the checks say of people, and aborted."""
    for it in _stretch(words, day, random, hours=4):
        if random.random() < 0.5:
            it.add("openings")
            it.add("aborted")
    return words


def clock_moved(kit: Kit, words: list[Word], day: int, random: Random) -> list[Word]:
    """The clock is moved so that the day looks like another one."""
    random.choice(_stretch(words, day, random, hours=6)).jump_s = random.choice((-1, 1)) * random.uniform(3600, DAY_S)
    return words


KINDS: Mapping[str, Misuse] = {
    each.__name__: each
    for each in (
        night_drive, card_farming, borrowed_kit, cloned_kit, mock_location, two_places,
        foreign_box, guessing, other_way, kept_cards, fishing, clock_moved,
    )
}  # fmt: skip


def _stretch(words: list[Word], day: int, random: Random, *, hours: float) -> list[Word]:
    """Return a stretch of the working day that is spoken of every five minutes."""
    begins = MIDNIGHT + day * DAY_S + int(random.uniform(9, 15.5 - hours / 2) * 3600)
    ends = begins + int(hours * 3600)
    inside = [it for it in words if begins <= it.at < ends]
    known = {it.at // IN_USE_S for it in inside}
    near = min(words, key=lambda it: abs(it.at - begins))
    for at in range(begins, ends, IN_USE_S):
        if at // IN_USE_S not in known:
            before = max((it for it in words if it.at <= at), key=lambda it: it.at, default=near)
            made = Word(at, before.place, random.uniform(4, 30))
            words.append(made)
            inside.append(made)
    words.sort(key=lambda it: it.at)
    inside.sort(key=lambda it: it.at)
    return inside


def _filled(kit: Kit, words: list[Word], begins: int, ends: int, random: Random) -> list[Word]:
    place = kit.county.place(random)
    words[:] = [it for it in words if not begins - AT_REST_S <= it.at < ends]
    made = [Word(at, place, random.uniform(4, 30)) for at in range(begins, ends, IN_USE_S)]
    words.extend(made)
    return made
