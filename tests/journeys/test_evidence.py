"""An opening's pictures arrive at central in one sealed package, through cuts and kills, and every changed byte is named."""

from __future__ import annotations

import asyncio
import json
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from cutting_wire import CuttingWire
from journey import HERE, SPEED, Journey, ReadyWorld, a_moment

from padkit_contract.evidence import head, read, section
from padkit_sim.demo import files
from padkit_sim.demo.hands import Hands
from padkit_sim.demo.process import program

PIECE = 64 << 10  # what a kit sends at once
KEPT = ["id_chip", "id_ocr_front", "id_ocr_back"]


class WiredWorld(ReadyWorld):
    """A world whose kit reaches central over a wire that can be cut."""

    def __init__(self, folder: Path, **rest: Any) -> None:
        super().__init__(folder, **rest)
        self.wire = CuttingWire()

    async def start_agent_locked(self) -> None:
        real, self.central_url = self.central_url, self.wire.url
        try:
            await super().start_agent_locked()
        finally:
            self.central_url = real

    async def start_central(self) -> None:
        await super().start_central()
        if not self.wire.is_open:
            await self.wire.begin(self.central_url)


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def standing(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Journey]:
    played = Journey(tmp_path_factory.mktemp("evidence") / "w")
    played.world = WiredWorld(played.folder, kit_file="demo", speed=SPEED)
    played.world.agent_command = (sys.executable, str(HERE / "cut_agent.py"))
    async with played.world:
        yield played
    await wire_of(played).end()


@pytest_asyncio.fixture(loop_scope="session")
async def seeing(standing: Journey) -> AsyncIterator[Journey]:
    await standing.begin()
    standing.hands = Hands(standing.world, "front-test_a.jpg")
    yield standing
    await standing.clean_up()


def wire_of(journey: Journey) -> CuttingWire:
    assert isinstance(journey.world, WiredWorld)
    return journey.world.wire


async def evidence(journey: Journey) -> dict[str, Any]:
    listed: dict[str, Any] = json.loads(await cli(journey, "list", "--json"))
    return listed


async def cli(journey: Journey, word: str, *words: str) -> str:
    return await journey.world.central_cli("evidence", word, *words, "--config", files.CENTRAL)


async def stored(journey: Journey, flow: str) -> dict[str, Any]:
    """Wait until central has judged the package of `flow`, and return what it says of it."""
    while True:
        for it in (await evidence(journey))["packages"]:
            if it["flow"] == flow:
                return dict(it)
        await a_moment()


async def last_flow(journey: Journey) -> str:
    return str((await journey.world.agent("GET", "/v1/flows?all"))["flows"][-1]["id"])


async def opened(journey: Journey) -> str:
    """Open a card; the flow is closed before its pictures are at central, or after."""
    assert (await journey.open())["phase"] == "CLOSED"
    return await last_flow(journey)


async def cut_in_mid_upload(journey: Journey) -> tuple[str, dict[str, Any]]:
    """Open a card over a wire that is cut while its package goes up; return its flow and how far the package came."""
    wire = wire_of(journey)
    wire.cut_in_piece(2)
    flow = await opened(journey)  # the card business did not wait
    await wire.is_cut.wait()
    (half,) = [it for it in (await evidence(journey))["packages"] if it["state"] == "incomplete"]
    assert half["have"] == PIECE < half["size"]
    assert [it["flow"] for it in (await evidence(journey))["expected"]] == [flow]
    return flow, half


async def resumed(journey: Journey, flow: str, half: dict[str, Any]) -> None:
    """Mend the wire and see that the package goes on where it was, and arrives."""
    wire = wire_of(journey)
    before = wire.pieces
    wire.mend()
    whole = await stored(journey, flow)
    assert (whole["seal"], whole["state"], whole["findings"]) == (half["seal"], "stored", [])
    assert wire.pieces - before == (half["size"] - half["have"]) // PIECE, "it began again instead of going on"
    assert (await evidence(journey))["expected"] == []


def freed(journey: Journey, flow: str) -> bool:
    with sqlite3.connect(f"file:{journey.folder / 'kit.db'}?mode=ro", uri=True) as connection:
        pieces, state = connection.execute(
            "SELECT (SELECT count(*) FROM file_piece JOIN file ON file = id WHERE flow = ?1)"
            " + (SELECT count(*) FROM package_piece WHERE flow = ?1), (SELECT state FROM package WHERE flow = ?1)",
            (flow,),
        ).fetchone()
    connection.close()
    return (pieces, state) == (0, "stored")


async def verified(journey: Journey, file: Path) -> tuple[int | None, dict[str, Any]]:
    words = ("evidence", "verify", str(file), "--json", "--config", files.CENTRAL)
    process = await asyncio.create_subprocess_exec(
        program("padkit-central"), *words, cwd=journey.folder, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    return process.returncode, json.loads(out)


async def test_an_opening_s_pictures_arrive_and_are_proved(seeing: Journey) -> None:
    flow = await opened(seeing)
    package = await stored(seeing, flow)
    assert (package["state"], package["findings"]) == ("stored", [])
    manifest = json.loads(await cli(seeing, "show", flow))
    assert [it["type"] for it in manifest["items"]] == KEPT
    told = {it["digest"] for it in manifest["evidence"] if it.get("digest")}
    assert told <= {it["sm3"] for it in manifest["items"]}
    assert manifest["history"][-1].endswith(" RECEIPTED")
    while not freed(seeing, flow):
        await a_moment()
    file = seeing.folder / f"{flow}.evidence"
    await cli(seeing, "export", flow, str(file))
    code, checked = await verified(seeing, file)
    assert (code, checked["ok"], checked["items"], checked["state"]) == (0, True, len(KEPT), "stored")
    await seeing.compare()


async def test_one_byte_changed_in_each_part_is_named(seeing: Journey) -> None:
    flow = await opened(seeing)
    await stored(seeing, flow)
    file = seeing.folder / f"{flow}.evidence"
    await cli(seeing, "export", flow, str(file))
    parts = read(file.read_bytes())
    sections = [parts.manifest, *parts.items]
    for place, content in enumerate(sections):
        middle = len(content) // 2
        changed = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
        others = [*sections[:place], changed, *sections[place + 1 :]]
        file.write_bytes(head(len(parts.items)) + b"".join(map(section, others)))
        code, checked = await verified(seeing, file)
        wanted = f"item.damaged: item {place} ({KEPT[place - 1]})" if place else "manifest.signature: manifest"
        assert code == 3
        assert [it.startswith(wanted) for it in checked["findings"]] == [True], (place, checked)
    file.write_bytes(head(len(parts.items) - 1) + b"".join(map(section, sections[:-1])))
    code, checked = await verified(seeing, file)
    assert [it.partition(": named")[0] for it in checked["findings"]] == ["item.missing: item 3 (id_ocr_back)"]


async def test_f31_a_cut_in_mid_upload_costs_a_piece_and_the_card_is_out(seeing: Journey) -> None:
    flow, half = await cut_in_mid_upload(seeing)
    await resumed(seeing, flow, half)
    await seeing.compare()


async def test_a_kit_killed_in_mid_upload_goes_on_where_it_was(seeing: Journey) -> None:
    flow, half = await cut_in_mid_upload(seeing)
    await seeing.world.children.pop("agent").stop(signal.SIGKILL)
    await seeing.world.start_agent_locked()
    await resumed(seeing, flow, half)
    await seeing.compare()


async def test_central_killed_in_mid_upload_has_every_piece_that_it_acknowledged(seeing: Journey) -> None:
    flow, half = await cut_in_mid_upload(seeing)
    await seeing.world.children.pop("central").stop(signal.SIGKILL)
    await seeing.world.start_central()
    (again,) = [it for it in (await evidence(seeing))["packages"] if it["seal"] == half["seal"]]
    assert again["have"] == half["have"]
    await resumed(seeing, flow, half)
    await seeing.compare()


async def test_a_refused_forgery_leaves_its_picture_as_proof(seeing: Journey) -> None:
    seeing.hands = Hands(seeing.world, "front-test_a-swapped.jpg")
    assert (await seeing.open({"what": "document_differs", "choice": "stop"}))["phase"] == "REFUSED"
    flow = await last_flow(seeing)
    assert (await stored(seeing, flow))["state"] == "stored"
    manifest = json.loads(await cli(seeing, "show", flow))
    (front,) = [it for it in manifest["evidence"] if it["type"] == "id_ocr_front"]
    assert not front["result"]["passed"]
    assert front["digest"] in {it["sm3"] for it in manifest["items"] if it["type"] == "id_ocr_front"}
    assert manifest["history"][-1].endswith(" REFUSED")


async def test_packages_of_a_kit_are_a_chain(seeing: Journey) -> None:
    first = await opened(seeing)
    await seeing.begin()
    second = await opened(seeing)
    for flow in (first, second):
        await stored(seeing, flow)
    before, after = [json.loads(await cli(seeing, "show", flow)) for flow in (first, second)]
    packages = {it["flow"]: it for it in (await evidence(seeing))["packages"]}
    assert after["number"] == before["number"] + 1
    assert after["previous"] == packages[first]["digest"]
