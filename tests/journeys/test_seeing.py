"""A kit that sees: the card's pictures are read by the real worker and compared with the chip; F03, F05, and power cuts there."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio
from journey import HERE, SPEED, Journey, ReadyWorld
from power import cut, number_of

from padkit_sim.demo.hands import Hands

NUMBER, PRINTED = "999999199003071234", "999999199003072134"  # in the chip, and in the picture for F03
STOP = {"what": "document_differs", "choice": "stop"}
CHECK_FACE = 6  # journal writes: consent, identity, front, back, online check, and the one that announces the sitting
NO_FACE = {"what": "face_failed", "choice": "stop"}


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def standing(tmp_path_factory) -> AsyncIterator[Journey]:
    played = Journey(tmp_path_factory.mktemp("seeing") / "w")
    played.world = ReadyWorld(played.folder, kit_file="demo", speed=SPEED)
    played.world.agent_command = (sys.executable, str(HERE / "cut_agent.py"))
    async with played.world:
        yield played


@pytest_asyncio.fixture(loop_scope="session")
async def seeing(standing: Journey) -> AsyncIterator[Journey]:
    await standing.begin()
    standing.hands = Hands(standing.world, "front-test_a.jpg")
    yield standing
    await standing.clean_up()


def notes(journey: Journey, event: str) -> list[str]:
    return [line["note"] for line in journey.seen(event)]


async def flow_of(journey: Journey) -> dict[str, Any]:
    return (await journey.world.agent("GET", "/v1/flows?all"))["flows"][-1]


async def test_both_sides_are_read_and_compared_with_the_chip(seeing: Journey) -> None:
    assert (await seeing.open())["phase"] == "CLOSED"
    assert notes(seeing, "document_read") == ["id_front: all the same", "id_back: all the same"]
    assert not [note for note in notes(seeing, "waived") if "id_ocr" in note]
    await seeing.compare()


async def test_f03_two_digits_swapped_are_shown_by_their_places_and_refused(seeing: Journey) -> None:
    seeing.hands = Hands(seeing.world, "front-test_a-swapped.jpg")
    ended = await seeing.open(STOP)
    assert (ended["phase"], ended["note"]) == ("REFUSED", "ocr.differs: number 15, 16")
    shown = str(seeing.lines) + str(await flow_of(seeing)) + (seeing.folder / "agent.log").read_text()
    assert NUMBER not in shown
    assert PRINTED not in shown
    await seeing.compare()


async def test_a_power_cut_at_writes_about_the_documents_decides_the_same_after_it(seeing: Journey) -> None:
    first = await number_of(seeing, "read_document")
    for point in (f"after:{first}", f"before:{first + 2}"):
        assert await cut(seeing, point) == "CLOSED", point
        assert len(seeing.seen("document_read")) >= 2
        await seeing.compare()
        await seeing.clean_up()


async def test_f05_a_print_is_refused_also_after_a_power_cut_before_the_sitting(seeing: Journey) -> None:
    seeing.world.faces = True
    seeing.hands = Hands(seeing.world, "front-test_a.jpg", "print")
    try:
        assert await cut(seeing, f"after:{CHECK_FACE}", NO_FACE) == "REFUSED"
        assert (await flow_of(seeing))["note"].startswith("face.not_live")
        assert [len(seeing.seen(it)) for it in ("identity_read", "document_read", "face_checked")] == [1, 2, 1]
        await seeing.compare()
    finally:
        seeing.world.faces = False
        await seeing.stop_agent()
        await seeing.start_agent()
