"""The reader end to end on generated pictures (synthetic): fields, states, sides, waits, refusals."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest
from document_desk import READ_S, Bench, Shot, picture, shot

from padkit_ocr import gate
from padkit_ocr.driver import Cards
from padkit_ocr.hands import WORKERS
from padkit_ocr.plugin import padkit_drivers
from padkit_sdk import AskAgain, DeviceFault, LinkLost, Refused
from padkit_sdk.links import Onboard
from padkit_sdk.ports import DocumentReading, DocumentSide, FieldState

KINDS = [side.value for side in DocumentSide]
TRUSTED = (FieldState.CHECKED, FieldState.READ)


def texts(reading: DocumentReading) -> dict[str, str]:
    return {field.name: field.text.text for field in reading.fields}


def hold(reading: DocumentReading, taken: Shot, kind: str) -> None:
    """The reading says what is printed, trusts it, and stands where the card does."""
    assert (reading.side.value, reading.turned) == (kind, taken.turned)
    assert texts(reading) == dict(taken.fields)
    assert {field.state for field in reading.fields} <= set(TRUSTED)
    assert all(len(field.box) == 4 for field in reading.fields)
    assert reading.models[-1].name == "PP-OCRv6_rec_small_int8"


def test_one_reader_is_offered_without_a_wire() -> None:
    offer = padkit_drivers()[0]
    assert (offer.model, offer.ports, offer.matches) == ("cards", ("document_reader",), (Onboard(),))


def test_a_worker_that_waits_has_loaded_nothing_that_sees() -> None:
    code = "import padkit_ocr.plugin, padkit_ocr.driver, sys; print(*{'numpy', 'cv2', 'onnxruntime', 'PIL'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@pytest.mark.parametrize("kind", KINDS)
async def test_each_side_is_read(reader: Cards, kind: str) -> None:
    taken = shot(kind)
    reading = await reader.read(taken.picture, expected=DocumentSide(kind), timeout_s=READ_S)
    hold(reading, taken, kind)
    assert reading.way == "windows"
    assert len(reading.corners) == 4
    assert all(0 <= it <= 1 for it in reading.quality.values())


@pytest.mark.parametrize("kind", ["id_front", "id_back", "bank_card"])
async def test_a_harder_picture_is_read_without_being_told_the_side(reader: Cards, kind: str) -> None:
    taken = shot(kind, level=2, seed=4)
    hold(await reader.read(taken.picture, timeout_s=READ_S), taken, kind)


async def test_the_same_picture_reads_the_same(reader: Cards) -> None:
    taken = shot("id_front")
    first, second = [await reader.read(taken.picture, timeout_s=READ_S) for _ in range(2)]
    assert first == second


async def test_another_side_than_the_one_that_is_wanted_is_asked_for_again(reader: Cards) -> None:
    with pytest.raises(AskAgain) as asked:
        await reader.read(shot("id_back").picture, expected=DocumentSide.ID_FRONT, timeout_s=READ_S)
    assert asked.value.hint == "document.wrong_side"


async def test_what_the_gate_sees_is_asked_for_again(reader: Cards) -> None:
    with pytest.raises(AskAgain, match=r"\w+ \w+") as asked:
        await reader.read(shot("id_front", 1, 1, "too_small").picture, timeout_s=READ_S)
    assert asked.value.hint in gate.WORDS


async def test_an_evaluation_reads_what_the_gate_would_refuse(bench: Bench) -> None:
    reader = await bench.open(gate=False)
    reading = await reader.read(shot("id_back", 1, 1, "screen").picture, timeout_s=READ_S)
    assert reading.side is DocumentSide.ID_BACK
    await reader.close()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "picture.format"),
        (b"name,number\n", "picture.format"),
        (shot("id_front").picture.data.data[:2000], "picture.broken"),
    ],
)
async def test_what_is_no_picture_is_refused_and_the_reader_goes_on(reader: Cards, data: bytes, reason: str) -> None:
    with pytest.raises(Refused) as refusal:
        await reader.read(picture(data), timeout_s=READ_S)
    assert refusal.value.reason == reason
    assert await reader.sides() == frozenset(DocumentSide)


async def test_pictures_that_find_no_place_in_their_time_are_refused(reader: Cards) -> None:
    taken = shot("id_front")
    begun = [asyncio.create_task(reader.read(taken.picture, timeout_s=READ_S)) for _ in range(WORKERS)]
    await asyncio.sleep(0)  # both have their place now
    with pytest.raises(Refused) as refusal:
        await reader.read(taken.picture, timeout_s=0.0)
    assert refusal.value.reason == "reader.busy"
    assert [texts(it) for it in await asyncio.gather(*begun)] == [dict(taken.fields)] * WORKERS


async def test_more_pictures_than_places_wait_their_turn(reader: Cards) -> None:
    kinds = ["id_back", "bank_card"] * WORKERS
    readings = await asyncio.gather(*(reader.read(shot(it).picture, timeout_s=READ_S) for it in kinds))
    assert [it.side.value for it in readings] == kinds


async def test_a_reading_that_takes_too_long_is_a_fault(reader: Cards) -> None:
    with pytest.raises(DeviceFault) as fault:
        await reader.read(shot("id_front").picture, timeout_s=0.001)
    assert fault.value.fault == "vision.time"
    hold(await reader.read(shot("id_back").picture, timeout_s=READ_S), shot("id_back"), "id_back")


async def test_the_self_test_runs_each_model(reader: Cards) -> None:
    tested = await reader.self_test(timeout_s=READ_S)
    assert tested.passed
    assert [it.name for it in tested.checks] == ["model.recogniser", "model.detector"]


async def test_a_closed_reader_says_so_and_tells_nothing(bench: Bench) -> None:
    reader = await bench.open()
    await reader.read(shot("id_back").picture, timeout_s=READ_S)
    await reader.close()
    with pytest.raises(LinkLost):
        await reader.identify(timeout_s=1.0)
    assert (bench.link.closed, bench.events) == (1, [])


async def test_a_reading_shows_nothing_of_the_person(reader: Cards) -> None:
    taken = shot("id_front")
    shown = repr(await reader.read(taken.picture, timeout_s=READ_S))
    assert not [text for name, text in taken.fields.items() if name != "sex" and text in shown]
