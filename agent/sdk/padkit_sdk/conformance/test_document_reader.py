"""What a document reader promises: hostile pictures are refused by name, the same picture reads the same, nothing is kept."""

from __future__ import annotations

import asyncio
import gc
import sys

import pytest

from padkit_sdk.conformance import pictures
from padkit_sdk.conformance.bench import MEET_S, Bench
from padkit_sdk.conformance.promise import promise
from padkit_sdk.errors import AskAgain, DeviceFault, PadkitError, Refused
from padkit_sdk.ports import DocumentReading, DocumentSide, FieldState

PORT = "document_reader"
READ_S = 60.0  # models are loaded at the first call, on a machine that does other things too
PATIENCE_S = 15.0  # a busy machine is no slow reader
AT_ONCE = 4
TRUE = (AskAgain, Refused, DeviceFault)


@promise(PORT)
async def test_sides_do_not_change(bench: Bench) -> None:
    """`sides` are the same each time, one at least."""
    bench.step("sides")
    first = await bench.documents.sides()
    bench.expect_that(bool(first) and all(isinstance(it, DocumentSide) for it in first), "at least one side", first)
    bench.expect("sides asked again", first, await bench.documents.sides())


@promise(PORT)
@pytest.mark.parametrize("wrong", pictures.WRONG)
async def test_what_is_no_picture_is_refused_by_name(bench: Bench, wrong: str) -> None:
    """What is no picture, or too large a one, is refused as picture.*, showing none of it; the reader stays usable."""
    draw, reason = pictures.WRONG[wrong]
    data = draw()
    bench.step(f"read {wrong}")
    error = await bench.outcome(bench.documents.read(pictures.picture(data), timeout_s=READ_S), *TRUE)
    bench.expect("refusal", f"Refused {reason}", told(error))
    bench.expect_that(pictures.MARK not in str(error), "a message without the content", "its content")
    bench.step(f"read a plain picture after {wrong}")
    bench.expect_that("document." in await _answer(bench, pictures.plain()), "a hint", "none")


@promise(PORT)
async def test_a_picture_without_a_card_is_asked_for_again(bench: Bench) -> None:
    """`read` of a picture without a card ends with a hint document.*, and a picture of one pixel with no reading."""
    bench.step("read a plain picture")
    error = await bench.outcome(bench.documents.read(pictures.picture(pictures.plain()), timeout_s=READ_S), *TRUE)
    bench.expect_that(
        isinstance(error, AskAgain) and error.hint.startswith("document."), "a hint document.*", told(error)
    )
    bench.step("read a picture of one pixel")
    dot = pictures.picture(pictures.png(1, 1, lambda x, y: pictures.GREY))
    error = await bench.outcome(bench.documents.read(dot, timeout_s=READ_S), AskAgain, Refused)
    bench.expect_that(error is not None, "a hint or a refusal", "a reading")


@promise(PORT)
async def test_the_same_picture_reads_the_same(bench: Bench) -> None:
    """The same picture gives the same answer, and what is given out holds no trusted field without text."""
    bench.step("read a card without text")
    first = await _answer(bench, pictures.card())
    bench.step("read it again")
    bench.expect("answer", first, await _answer(bench, pictures.card()))


@promise(PORT)
async def test_several_at_once_are_not_mixed_up(bench: Bench) -> None:
    """Of several pictures at once each gets its own answer, or is refused as reader.busy."""
    alone = {name: await _answer(bench, data) for name, data in _two().items()}
    bench.step(f"read {AT_ONCE} pictures at once")
    names = [name for _ in range(AT_ONCE // 2) for name in _two()]
    answers = await asyncio.gather(*(_answer(bench, _two()[name]) for name in names))
    for name, answer in zip(names, answers, strict=True):
        bench.expect_that(answer in (alone[name], "Refused reader.busy"), f"{name}: {alone[name]}", answer)


@promise(PORT)
async def test_a_cancelled_read_leaves_the_reader_usable(bench: Bench) -> None:
    """A cancelled `read` leaves the reader usable."""
    before = await _answer(bench, pictures.card())
    bench.step("cancel a read")
    reading = asyncio.ensure_future(bench.documents.read(pictures.picture(pictures.card()), timeout_s=READ_S))
    await asyncio.wait([reading], timeout=MEET_S)
    reading.cancel()
    await asyncio.wait([reading])
    bench.step("read after a cancel")
    bench.expect("answer", before, await _answer(bench, pictures.card()))


@promise(PORT)
async def test_a_read_without_time_ends_at_once(bench: Bench) -> None:
    """A `read` whose time is used up ends at once, with an answer or an error of the family."""
    await _answer(bench, pictures.card())  # what is loaded at the first call is loaded
    bench.step("read with timeout_s=0")
    began_mono_s = bench.now_mono_s()
    reading = bench.documents.read(pictures.picture(pictures.card()), timeout_s=0.0)
    await bench.outcome(reading, PadkitError)
    took_s = bench.now_mono_s() - began_mono_s
    bench.expect_that(took_s < PATIENCE_S, f"an end within {PATIENCE_S:g} s", f"{took_s:.1f} s")


@promise(PORT)
async def test_no_picture_is_kept(bench: Bench) -> None:
    """After `read` the driver holds the picture no longer, and no event tells of it."""
    given = pictures.picture(pictures.card())
    before = sys.getrefcount(given.data)
    bench.step("read, and look who still holds the picture")
    await bench.outcome(bench.documents.read(given, timeout_s=READ_S), *TRUE)
    bench.expect("holders of the picture beside the test", 0, await holders(bench, given.data, before))
    bench.expect("events", [], [event.name for event in bench.events])


def told(error: PadkitError | None) -> str:
    """Kind and name of an error."""
    match error:
        case AskAgain():
            return f"AskAgain {error.hint}"
        case Refused():
            return f"Refused {error.reason}"
        case DeviceFault():
            return f"DeviceFault {error.fault}"
    return "no error" if error is None else type(error).__name__


async def holders(bench: Bench, held: object, before: int) -> int:
    """How many more hold `held` than did `before`; a thread that has just ended its work is given time to forget."""
    until_mono_s = bench.now_mono_s() + PATIENCE_S
    while True:
        gc.collect()
        more = sys.getrefcount(held) - 1 - before  # one is the argument of this call
        if more <= 0 or bench.now_mono_s() > until_mono_s:
            return max(0, more)
        await asyncio.sleep(MEET_S)


def _two() -> dict[str, bytes]:
    return {"plain": pictures.plain(), "card": pictures.card()}


async def _answer(bench: Bench, data: bytes) -> str:
    """What came out, in one line: the error's name, or side and fields."""
    try:
        reading = await bench.documents.read(pictures.picture(data), timeout_s=READ_S)
    except TRUE as exc:
        return told(exc)
    _hold_true(bench, reading)
    return str([(it.name, it.text.text, it.confidence, it.state, it.rule) for it in reading.fields]) + reading.way


def _hold_true(bench: Bench, reading: DocumentReading) -> None:
    trusted = [
        it.name for it in reading.fields if it.state in (FieldState.CHECKED, FieldState.READ) and not it.text.text
    ]
    bench.expect("trusted fields without text", [], trusted)
    bench.expect_that(all(0 <= it.confidence <= 1 for it in reading.fields), "confidence from 0 to 1", "another")
    bench.expect_that(bool(reading.models), "the models that took part", "none named")
