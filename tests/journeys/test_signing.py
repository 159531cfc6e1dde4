"""The customer's documents, read and signed on the kit's pad, over the whole agent: digests, refusal, cable, power, a return."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from case_files import PDF, SERIES, Kept, newest
from journey import HERE, SPEED, Journey, ReadyWorld, a_moment
from office import Office
from power import cut, number_of
from test_authorise import MEND, WAIT, Authorisers

from padkit_contract.crypto import sm3
from padkit_contract.messages import How
from padkit_sdk.secrets import HiddenBytes
from padkit_sdk.signature import BINDING_SCHEME, binding_of
from padkit_sim.demo.hands import Hands
from padkit_sim.demo.world import POLICY

pytestmark = [pytest.mark.timeout(600), pytest.mark.usefixtures("document_fonts")]
FRONT = "front-test_a.jpg"
ITEMS = {
    "consent_pi": "D-PI-CONSENT",
    "sign_form": "D-APPLY-OPEN",
    "copy_statement": "D-LIABILITY",
    "sign_terms": "D-CRS",
}
AGAIN = {"what": "sign_failed", "choice": "again"}
ALONE = """
[[waivers]]
id = "demo-manager"
business = ["ACC-01"]
covers = ["fp_manager"]
reason = "no fingerprint reader"
approved_by = "TEST ONLY"
until = "2036-12-31"
"""
NAME, NUMBER = "测试甲", "999999199003071234"


def journey_in(folder: Path, policy: str) -> Journey:
    """A kit with a pad under `policy`, in which nothing that is signed is waived."""
    for item in ITEMS:
        policy = re.sub(rf'"{item}"(, )?', "", policy)
    file = folder / "policy.toml"
    file.write_text(policy.replace("covers = []", 'covers = ["voucher_seal"]'), encoding="utf-8")
    played = Journey(folder / "w")
    played.world = ReadyWorld(played.folder, kit_file="demo", speed=SPEED, policy=file)
    played.world.pins = played.world.signs = True
    played.world.agent_command = (sys.executable, str(HERE / "cut_agent.py"))
    return played


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def standing(tmp_path_factory) -> AsyncIterator[Journey]:
    played = journey_in(tmp_path_factory.mktemp("signing"), POLICY.read_text(encoding="utf-8"))
    async with played.world:
        yield played


@pytest_asyncio.fixture(loop_scope="session")
async def signing(standing: Journey) -> AsyncIterator[Journey]:
    await standing.begin()
    standing.hands = Customer(standing)
    yield standing
    await standing.clean_up()


class Customer:
    """A customer who signs; `buttons` is what his hand does instead the first times that the pad waits.

    `kept` is what the kit had when the last word was asked for, `raw` its store's bytes: after the end central has them.
    """

    def __init__(self, journey: Journey, *buttons: str) -> None:
        self.buttons = [*buttons]
        self.kept: Kept | None = None
        self.raw = b""
        self._journey = journey
        self._usual = Hands(journey.world, FRONT)

    async def __call__(self, line: dict[str, Any]) -> None:
        if (line["kind"], line.get("note")) == ("asked", "confirm"):
            self.kept = await newest(self._journey)
            self.raw = b"".join(path.read_bytes() for path in self._journey.folder.glob("kit.db*"))
        if (line["kind"], line.get("action")) == ("doing", "sign_document") and self.buttons:
            await capturing(self._journey)
            button = self.buttons.pop(0)
            if button == "unplug":
                await self._journey.world.kit("unplug", device="pad")
            else:
                await self._journey.world.kit("hand", device="pad", action="press", item=button)
        elif (line["kind"], line.get("action")) == ("doing", "wait_device"):
            await self._journey.world.kit("plug", device="pad")
        else:
            await self._usual(line)


async def capturing(journey: Journey) -> None:
    """Wait until the pad takes ink."""
    while not (await journey.world.kit("state"))["devices"]["pad"]["capturing"]:
        await a_moment()


async def captures(journey: Journey) -> int:
    """How often the pad was made to take ink, ever."""
    return int((await journey.world.kit("state"))["devices"]["pad"]["captures"])


def kept_of(journey: Journey) -> Kept:
    """What the kit had when the last word was asked for."""
    assert isinstance(journey.hands, Customer)
    assert journey.hands.kept is not None
    return journey.hands.kept


def signed_of(kept: Kept) -> list[Any]:
    return [it for it in kept.events if it["ev"] == "document_signed"]


def check_signed(kept: Kept) -> None:
    """Each item of the evidence is the file that is kept, under the digest that was read, bound by the very points of a hand."""
    lines = {it.type: it for it in kept.flow.evidence if it.type in ITEMS}
    assert {it.how for it in lines.values()} == {How.CAPTURED}
    events = {it["document"]: it for it in signed_of(kept)}
    for item, document in ITEMS.items():
        event = events[document]
        file, pdf = kept.of(item, PDF)[-1]
        points, series = kept.of(item, SERIES)[-1]
        assert pdf.startswith(b"%PDF")
        assert sm3(pdf).hex() == event["signed"] == lines[item].digest == file.sm3
        assert file.about["read"] == points.about["read"] == event["read"] != event["signed"]
        assert event["scheme"] == BINDING_SCHEME
        assert event["binding"] == binding_of(bytes.fromhex(event["read"]), HiddenBytes(series)).hex()
        assert event["read"] in lines[item].note
        assert event["binding"] in lines[item].note


async def test_five_documents_are_read_and_signed_and_their_digests_are_those_of_the_files(signing: Journey) -> None:
    before = await captures(signing)
    assert (await signing.open())["phase"] == "CLOSED"
    signed = [it["note"].split()[0] for it in signing.seen("document_signed")]
    assert signed == ["D-PI-CONSENT", "D-APPLY-OPEN", "D-ACCT-TERMS", "D-LIABILITY", "D-CRS"]
    assert await captures(signing) == before + len(signed)
    kept = kept_of(signing)
    check_signed(kept)
    for at, action in enumerate(kept.actions):  # what is shown, and what is signed, was written down first
        if action in ("show_document", "sign_document"):
            assert kept.actions[at - 1] in ("set_document", "show_document")
    told = str(signing.lines) + (signing.folder / "agent.log").read_text(encoding="utf-8")
    assert NAME not in told
    assert NUMBER not in told
    await signing.compare()


async def test_what_is_kept_is_on_disk_only_sealed(signing: Journey) -> None:
    assert (await signing.open())["phase"] == "CLOSED"
    kept, raw = kept_of(signing), signing.hands.raw
    assert b"%PDF" not in raw
    assert b"PKSS" not in raw
    assert len(kept.files) > 8
    for _, data in kept.files:
        assert data[:64] not in raw


async def test_a_customer_who_will_not_sign_ends_the_flow_before_anything_is_read(signing: Journey) -> None:
    ended = await signing.open({"what": "document_read", "choice": "refused"})
    assert (ended["phase"], ended["note"]) == ("CANCELLED", "document.refused: D-PI-CONSENT")
    assert not signing.seen("identity_read")
    kept = await newest(signing)
    assert (kept.files, signed_of(kept)) == ((), [])
    await signing.compare()


async def test_cancel_at_the_pad_is_asked_about_and_signed_again(signing: Journey) -> None:
    signing.hands = Customer(signing, "cancel", "cancel")
    assert (await signing.open(AGAIN))["phase"] == "CLOSED"
    assert [it["note"] for it in signing.seen("try_again")] == ["signature.cancelled"] * 2
    check_signed(kept_of(signing))

    signing.lines.clear()
    await signing.begin()
    signing.hands = Customer(signing, "cancel", "cancel", "cancel")
    ended = await signing.open(AGAIN)
    assert (ended["phase"], ended["note"]) == ("CANCELLED", "signature.failed: signature.cancelled")
    assert (await newest(signing)).files == ()


async def test_a_pad_whose_cable_is_pulled_under_the_hand_is_waited_for_and_signed_on_once(signing: Journey) -> None:
    signing.hands = Customer(signing, "unplug")
    assert (await signing.open())["phase"] == "CLOSED"
    assert [it["event"] for it in signing.lines if it.get("action") == "wait_device" and it["kind"] == "done"]
    kept = kept_of(signing)
    check_signed(kept)
    assert [len(kept.of(item, PDF)) for item in ITEMS] == [1, 1, 1, 2]


async def test_a_manager_who_stops_while_the_pad_waits_ends_it(signing: Journey) -> None:
    usual = Hands(signing.world, FRONT)

    async def stops(line: dict[str, Any]) -> None:
        if (line["kind"], line.get("action")) == ("doing", "sign_document"):
            await capturing(signing)
            await signing.world.agent("POST", f"/v1/flows/{line['flow']}/cancel")
        else:
            await usual(line)

    signing.hands = stops
    assert (await signing.open())["phase"] == "CANCELLED"
    assert not (await signing.world.kit("state"))["devices"]["pad"]["capturing"]


async def test_killed_before_while_and_after_signing_it_is_taken_up_and_never_signed_twice(signing: Journey) -> None:
    """Cut at the row that announces the signature, at the one that books it, and after that one."""
    announced = await number_of(signing, "sign_document")
    for point in (
        f"before:{announced}",
        f"after:{announced}",
        f"before:{announced + 1}",
        f"after:{announced + 1}",
    ):
        signing.hands, before = Customer(signing), await captures(signing)
        assert await cut(signing, point) == "CLOSED", point
        kept = kept_of(signing)
        check_signed(kept)
        assert [len(kept.of(item, PDF)) for item in ITEMS] == [1, 1, 1, 2], point
        reads = [it["read"] for it in signed_of(kept)]
        assert len(set(reads)) == len(reads) == 5, point
        if point == f"before:{announced + 1}":  # signed and kept, its row lost: the hand is not asked for again
            assert await captures(signing) == before + 5, point
        await signing.compare()
        await signing.clean_up()
        await signing.begin()


async def test_killed_while_a_document_is_shown_it_is_shown_again_by_its_digest(signing: Journey) -> None:
    shown = await number_of(signing, "show_document")
    for point in (f"before:{shown}", f"after:{shown}"):
        signing.hands = Customer(signing)
        assert await cut(signing, point) == "CLOSED", point
        check_signed(kept_of(signing))
        await signing.clean_up()
        await signing.begin()


async def test_a_field_mended_after_a_return_drops_the_signatures_and_the_form_is_signed_as_it_is_now(
    tmp_path_factory,
) -> None:
    policy = re.sub(r'(id = "demo-authoriser"\nbusiness = \[)"ACC-01", ', r"\1", POLICY.read_text(encoding="utf-8"))
    played = journey_in(tmp_path_factory.mktemp("returned"), policy + ALONE)
    played.hands = Customer(played)
    async with played.world:
        await Office(played).open()
        await played.begin()
        desk, before = Authorisers(played), await captures(played)
        opening = asyncio.create_task(played.open(WAIT, MEND))
        await desk.decide("return", "--reason", "purpose vague", "--part", "open_purpose")
        await desk.decide("approve")
        assert (await opening)["phase"] == "CLOSED"
        assert await captures(played) == before + 9
        kept = kept_of(played)
        check_signed(kept)
        forms = [it["read"] for it in signed_of(kept) if it["document"] == "D-APPLY-OPEN"]
        assert len(set(forms)) == 2
        assert [len([it for it in kept.flow.evidence if it.type == item]) for item in ITEMS] == [1, 1, 1, 2]
        await played.compare()
