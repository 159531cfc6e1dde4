"""Recordings of each device's usual session, in tests/traces; and what a bad wire makes of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from hostile_benches import BENCHES
from virtual_time import run

from padkit_sim.journal import Journal, Record

TRACES = Path(__file__).parents[1] / "traces"
SEED = 1  # of the sessions: a driver that throws dice throws the same when its session is played to it


def trace_of(name: str) -> Path:
    return TRACES / f"{name}.jsonl"


def answers(name: str) -> list[bytes]:
    """What the device said in its recording: frames, transfers, answers of a card."""
    records = (msgspec.json.decode(line, type=Record) for line in trace_of(name).read_bytes().splitlines())
    return [bytes.fromhex(record.hex) for record in records if record.dir == "out"]


def record(name: str) -> None:
    """Write a device's recording anew."""

    async def session():
        with trace_of(name).open("wb") as file:
            bench = BENCHES[name](SEED, lambda clock: Journal(clock, file))
            bench.journal.note(name, f"recording of {name}: the simulator's, nobody in it is real")
            await bench.open()
            await bench.usual()
            await bench.close()

    run(session())


def mutated(said: Sequence[bytes], dice: random.Random, reseal: Callable[[bytes], bytes]) -> list[bytes]:
    """The frames of a recording with one to four things done to them."""
    frames = list(said)
    for _ in range(dice.randint(1, 4)):
        _mutate(frames, dice, reseal)
    return frames


def _mutate(frames: list[bytes], dice: random.Random, reseal: Callable[[bytes], bytes]) -> None:
    one, other = dice.randrange(len(frames)), dice.randrange(len(frames))
    frame = frames[one]
    match dice.choice(("flip", "cut", "drop", "repeat", "swap", "splice")):
        case "flip" if frame:
            turned = bytearray(frame)
            turned[dice.randrange(len(turned))] ^= 1 << dice.randrange(8)
            frames[one] = reseal(bytes(turned)) if dice.random() < 0.7 else bytes(turned)
        case "cut":
            frames[one] = frame[: dice.randrange(len(frame) + 1)]
        case "drop" if len(frames) > 1:
            del frames[one]
        case "repeat":
            frames.insert(other, frame)
        case "swap":
            frames[one], frames[other] = frames[other], frame
        case "splice":
            tail = frames[other]
            frames[one] = frame[: dice.randrange(len(frame) + 1)] + tail[dice.randrange(len(tail) + 1) :]


if __name__ == "__main__":
    for each in BENCHES:
        record(each)
