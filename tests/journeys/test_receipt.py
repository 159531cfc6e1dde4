"""The receipt with the bank's seal over the whole agent: sealed once, waited for without network, proved at central."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from case_files import PDF, SERIES, newest
from journey import KIT_FILE, SPEED, Journey, ReadyWorld, a_moment

from padkit_contract.crypto import sm3
from padkit_contract.messages import How
from padkit_sim.demo import files
from padkit_sim.demo.world import POLICY, WorldFailed

pytestmark = [pytest.mark.timeout(600), pytest.mark.usefixtures("document_fonts")]
SEEN = {"what": "receipt", "choice": "seen"}
SAME = {"what": "in_hand", "choice": "same"}


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def standing(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Journey]:
    folder: Path = tmp_path_factory.mktemp("receipt")
    policy = folder / "policy.toml"
    text = POLICY.read_text(encoding="utf-8")
    for name in ("voucher_seal", "card_in_hand"):
        assert f'covers = ["{name}"]' in text
        text = text.replace(f'covers = ["{name}"]', "covers = []")
    policy.write_text(text, encoding="utf-8")
    played = Journey(folder / "w")
    played.world = ReadyWorld(played.folder, kit_file=str(KIT_FILE), speed=SPEED, policy=policy)
    async with played.world:
        yield played


@pytest_asyncio.fixture(loop_scope="session")
async def journey(standing: Journey) -> AsyncIterator[Journey]:
    await standing.begin()
    yield standing
    await standing.clean_up()


async def proved(journey: Journey) -> Path:
    """The newest case's package, once central has it, in a file."""
    await journey.settled()
    (flow, *_) = (await journey.world.agent("GET", "/v1/flows?all"))["flows"][::-1]
    while True:
        listed = json.loads(await journey.world.central_cli("evidence", "list", "--config", files.CENTRAL, "--json"))
        if any(it["flow"] == flow["id"] and it["state"] == "stored" for it in listed["packages"]):
            break
        await a_moment()
    file = journey.folder / f"{flow['id']}.evidence"
    await journey.world.central_cli("evidence", "export", "--config", files.CENTRAL, flow["id"], str(file))
    return file


async def told(journey: Journey, file: Path, name: str = "voucher_seal") -> dict[str, str]:
    """The line of a piece of evidence in a package, of the receipt if none is named."""
    shown = json.loads(await journey.world.central_cli("evidence", "show", "--config", files.CENTRAL, file.stem))
    line: dict[str, str] = next(it for it in shown["evidence"] if it["type"] == name)
    return line


async def test_a_receipt_is_sealed_seen_and_proved_at_central(journey: Journey) -> None:
    assert (await journey.open(SAME, SEEN))["phase"] == "CLOSED"
    file = await proved(journey)
    line = await told(journey, file)
    seen = await told(journey, file, "card_in_hand")
    assert (seen["how"], seen["note"].split(",")[0]) == (How.CAPTURED.value, "last four digits: same")
    assert (line["how"], line["note"].split()[:3]) == (How.CAPTURED.value, ["D-RECEIPT", "1", "zh-CN;"])
    assert "样例农村商业银行" in line["note"]
    said = await journey.world.central_cli("evidence", "verify", "--config", files.CENTRAL, str(file))
    assert "every signature and hash holds" in said
    changed = bytearray(file.read_bytes())
    changed[-40] ^= 1
    forged = file.with_suffix(".forged")
    forged.write_bytes(changed)
    with pytest.raises(WorldFailed, match="ended with 3"):
        await journey.world.central_cli("evidence", "verify", "--config", files.CENTRAL, str(forged))
    await journey.compare()


async def test_without_central_the_card_is_handed_over_and_the_receipt_comes_later(journey: Journey) -> None:
    await journey.begin(take_after_s=None)
    voucher = await journey.next_voucher()
    opening = asyncio.create_task(journey.open(SAME, SEEN))
    await journey.until(lambda line: line["kind"] == "doing" and line.get("action") == "await_taken")
    await journey.world.children.pop("central").stop()
    await journey.world.kit("hand", device="box", action="take_card")
    await journey.until(lambda line: line["kind"] == "hint" and line["note"] == "voucher.waits")
    assert await journey.kit_state(voucher) == "handed_over"
    opening.cancel()
    await asyncio.gather(opening, return_exceptions=True)
    await journey.stop_agent()
    await journey.world.start_central()
    await journey.start_agent()
    assert await journey.follow_open(SAME, SEEN) == "CLOSED"
    assert (await told(journey, await proved(journey)))["how"] == How.CAPTURED.value
    await journey.compare()


async def test_the_customer_sees_the_very_receipt_that_was_sealed(journey: Journey) -> None:
    opening = asyncio.create_task(journey.open(SAME))
    await journey.until(lambda line: line["kind"] == "asked" and line["note"] == "receipt")
    await asyncio.gather(opening, return_exceptions=True)  # nobody in the script answers it
    (flow,) = (await journey.world.agent("GET", "/v1/flows"))["flows"]
    kept = await newest(journey)
    ((receipt, pdf),) = kept.of("voucher_seal", PDF)
    ((stamp, raw),) = kept.of("voucher_seal", SERIES)
    assert (pdf[:4], receipt.about["template"]) == (b"%PDF", "D-RECEIPT")
    shown = await journey.world.agent("GET", f"/v1/flows/{flow['id']}/document")
    assert (shown["document"], shown["digest"]) == ("D-RECEIPT", sm3(pdf).hex())
    assert stamp.about["sealed"] == shown["digest"]
    assert sm3(raw).hex() == next(it.digest for it in kept.flow.evidence if it.type == "voucher_seal")
    assert await journey.follow_open(SAME, SEEN) == "CLOSED"
    await journey.compare()
