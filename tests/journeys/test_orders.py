"""Orders that lock nothing, in real processes: each does at the kit what its name says, and central hears of it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from journey import Journey
from office import HOLDER, PASSCODE, Office, standing

from padkit_sim.demo import files
from padkit_sim.demo.world import KIT, POLICY, WorldFailed


@pytest_asyncio.fixture(loop_scope="session")
async def office(journey: Journey) -> Office:
    made = Office(journey)
    await made.open()
    return made


@pytest_asyncio.fixture(loop_scope="session")
async def refreshed(journey: Journey, office: Office) -> AsyncIterator[Office]:
    """A kit that knows its holder: it fetches its pack when it starts."""
    await journey.stop_agent()
    await journey.world.start_agent()
    await journey.begin()
    yield office


async def test_a_kit_that_must_authenticate_begins_nothing_until_its_holder_has(
    journey: Journey, refreshed: Office
) -> None:
    assert (await refreshed.order("reauthenticate"))["kits"][0]["state"] == "applied"
    with pytest.raises(WorldFailed, match=r"kit\.reauthenticate"):
        await journey.open()
    await journey.world.agent("POST", "/v1/reauthenticate", {"by": HOLDER, "passcode": PASSCODE})
    assert (await journey.open())["phase"] == "CLOSED"
    await journey.compare()


async def test_a_kit_fetches_the_policy_that_it_is_told_to_work_by(journey: Journey, office: Office) -> None:
    before = (await journey.world.agent("GET", "/v1/status"))["policy"]
    text = POLICY.read_text(encoding="utf-8")
    (journey.folder / "next.toml").write_text(text.replace("stock_low_water = 2", f"stock_low_water = {before + 2}"))
    await journey.world.central_cli("policy", "put", "--config", files.CENTRAL, "next.toml")
    order = await office.order("set-policy", "--version", str(before + 1))
    assert order["kits"][0]["state"] == "applied"
    assert (await standing(journey))["policy"] == before + 1
    assert (await journey.world.agent("GET", "/v1/status"))["policy"] == before + 1


async def test_a_support_bundle_that_is_asked_for_reaches_the_desk_and_only_the_desk(
    journey: Journey, office: Office
) -> None:
    assert (await office.order("support-bundle"))["kits"][0]["state"] == "applied"
    await journey.settled()
    fetched = ("kit", "support-bundle", KIT, "--out", "sealed.bundle", "--config", files.CENTRAL)
    await journey.world.central_cli(*fetched)
    with pytest.raises(WorldFailed):
        await opened(journey, "central", "for-central.zip")
    await opened(journey, "support", "bundle.zip")
    with zipfile.ZipFile(io.BytesIO((journey.folder / "bundle.zip").read_bytes())) as bundle:
        assert json.loads(bundle.read("status.json"))["kit"] == KIT


async def opened(journey: Journey, folder: str, out: str) -> None:
    """Open the fetched bundle with the keys in a folder."""
    keys = ("--key", f"{folder}/encrypt.key.pem", "--cert", f"{folder}/encrypt.crt.pem")
    trust = ("--trust", "central/trust.pem", "--password-file", files.PASSWORD)
    await journey.world.central_cli("envelope", "open", *keys, *trust, "sealed.bundle", out)


async def test_an_order_that_was_taken_back_while_the_kit_was_away_is_never_done(
    journey: Journey, office: Office
) -> None:
    await journey.stop_agent()
    lock = await office.order("lock", wait=False)
    taken_back = await office.cancel(lock["command"])
    await journey.world.start_agent()
    assert (await office.ended(lock["command"]), await office.ended(taken_back)) == ("cancelled", "applied")
    assert (await standing(journey)).get("mode", "open") == "open"
