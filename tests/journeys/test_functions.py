"""The sister flows over the whole agent, on a card that was opened first, and a function that no code knows."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from journey import HERE, SPEED, Journey, ReadyWorld
from office import LI, WANG, Office

from padkit_sim.demo import files
from padkit_sim.demo.hands import Hands
from padkit_sim.demo.play import open_card
from padkit_sim.demo.stories import READ
from padkit_sim.demo.world import POLICY, WorldFailed

pytestmark = [pytest.mark.timeout(600), pytest.mark.usefixtures("document_fonts")]
CHANGE, RESET, UNLOCK, WAKE, OWN = "ACC-08", "ACC-09", "ACC-10", "ACC-15", "OWN-01"
REPLACE, REISSUE = "ACC-03", "ACC-04"
FIRST, SECOND, WRONG = "246813", "975310", "111222"
DAMAGED = {"replace_reason": "damaged", "old_card_disposal": "cut"}
EACH = (CHANGE, RESET, UNLOCK, WAKE, REPLACE, REISSUE)
CONFIRM = {"what": "confirm", "choice": "yes"}
OLD_CARD = {"what": "old_card", "choice": "cut", "by": ["li", "wang"]}
WAIT = {"what": "auth_wait", "choice": "wait"}  # asked where the authorisers take long
ANSWERS: tuple[Mapping[str, Any], ...] = (READ, CONFIRM, OLD_CARD, WAIT, {"what": "request_again", "choice": "again"})
PURPOSE = {"open_purpose": "farming", "phone": "13900000000", "cdd_answers": {"purpose": "milk"}}
MANAGER = f"""
[[waivers]]
id = "demo-manager"
business = ["{RESET}", "{REPLACE}", "{REISSUE}"]
covers = ["fp_manager"]
reason = "no fingerprint reader"
approved_by = "TEST ONLY"
until = "2036-12-31"
"""
NOTE = """
[[functions]]
id = "OWN-01"
key = "card_note"
name = { zh = "卡片备注维护", en = "Card note" }
risk = "R2"
authorisation = "none"
offline = "no"
inputs = [ { field = "card_no", source = "device" }, { field = "remark", source = "typed" } ]
evidence = ["id_chip", "card_read", "sign_form"]
checks = ["kit_policy", "card_state"]
devices = ["card.read", "idcard.read", "sign.capture"]
documents = ["D-APPLY-MAINT"]
core = { service = "CARD.NOTE", request = ["card_no", "remark"], response = ["card_state"] }
accept = "The note is shown at the counter."
"""


def policy() -> str:
    """The demo's, its waivers for the sister flows, too; what is signed is signed."""
    text = POLICY.read_text(encoding="utf-8").replace('"sign_form", "sign_terms", "copy_statement"', '"geo"')
    names = ", ".join(f'"{name}"' for name in EACH)
    text = text.replace('business = ["ACC-01"', f'business = ["ACC-01", {names}')
    for name in (RESET, REISSUE):  # are authorised by two
        alone = re.sub(rf'(id = "demo-authoriser"\nbusiness = .*?), "{name}"', r"\1", text)
        assert alone != text
        text = alone
    return text + MANAGER


class Counter(Journey):
    """A kit with every reader, and the card of its one customer."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "w")
        file = folder / "policy.toml"
        file.write_text(policy(), encoding="utf-8")
        world = ReadyWorld(self.folder, kit_file=str(HERE / "slot_kit.toml"), speed=SPEED, policy=file)
        world.cards = world.pins = world.signs = True
        self.world = world
        self.card_no = ""

    async def do(
        self, business: str, *answers: Mapping[str, Any], present: str = FIRST, new: str = SECOND, **form: Any
    ) -> Any:
        """Do a function with the customer's card in the reader; return the flow's last line."""
        known = {**{it["what"]: it for it in ANSWERS}, **{it["what"]: it for it in answers}}
        hands = Hands(self.world, "", pins=(new, new), present=present)
        await self.begin()
        said = [*known.values()]
        return await open_card(self.world, said, self.lines.append, form=form, hands=hands, business=business)

    async def condition(self, name: str) -> None:
        await self.world.core("card", card_no=self.card_no, condition=name)

    async def next_card(self) -> str:
        """Return the number of the card that the box gives next."""
        return await self.pan(await self.next_voucher())

    async def put_in(self, card_no: str) -> None:
        """The customer has this card from now on, and puts it into the reader."""
        self.card_no = card_no
        await self.world.kit("hand", device="slot", action="remove_card")
        await self.world.kit("hand", device="slot", action="insert_card", pan=card_no)

    async def authorised_by_two(self, business: str, **form: Any) -> tuple[asyncio.Task[Any], str]:
        """Begin a function; return its task and the request for authorisation that waits."""
        self.lines.clear()
        resetting = asyncio.create_task(self.do(business, **form))
        await self.until(lambda it: it.get("note") == "auth.queued")
        listed = await self.world.central_cli("authorise", "list", "--config", files.CENTRAL, "--json")
        return resetting, json.loads(listed)[0]["id"]

    async def decide(self, who: str, name: str, act: str, *words: str) -> None:
        signs = ("--config", files.CENTRAL, "--operator", who, "--password-file", files.PASSWORD)
        await self.world.central_cli("authorise", "take", name, *signs)
        await self.world.central_cli("authorise", act, name, *words, *signs)

    async def functions(self) -> dict[str, dict[str, Any]]:
        told = json.loads(await self.world.agent_cli("functions", "--config", files.AGENT, "--json"))
        return {it["id"]: it for it in told["functions"]}


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def counter(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Counter]:
    played = Counter(tmp_path_factory.mktemp("functions"))
    async with played.world:
        await Office(played).open()
        await played.stop_agent()
        await played.start_agent()  # it fetches its pack, and with it its holder
        await played.begin()
        played.hands = Hands(played.world, "", pins=(FIRST, FIRST))
        voucher = await played.next_voucher()
        assert (await played.open())["phase"] == "CLOSED"
        played.card_no = await played.pan(voucher)
        await played.world.kit("hand", device="slot", action="insert_card", pan=played.card_no)
        yield played


async def test_a_pin_is_changed_with_the_present_one_and_a_wrong_one_is_told(counter: Counter) -> None:
    wrong = await counter.do(CHANGE, {"what": "request_again", "choice": "stop"}, present=WRONG)
    assert wrong["phase"] == "CANCELLED"
    (asked,) = [it for it in counter.seen("answered") if "2053" in it["note"]]
    assert asked["action"] == "submit"
    counter.lines.clear()
    assert (await counter.do(CHANGE))["phase"] == "CLOSED"
    hints = [it["note"] for it in counter.lines if it.get("note", "").startswith("pin.entry")]
    assert hints == ["pin.entry 1/1", "pin.entry 1/2", "pin.entry 2/2"]
    assert (await counter.do(CHANGE, present=SECOND, new=FIRST))["phase"] == "CLOSED"  # and back: the new one holds
    await counter.compare()


async def test_three_wrong_pins_lock_the_card_and_the_right_one_unlocks_it(counter: Counter) -> None:
    locked = await counter.do(CHANGE, present=WRONG)
    assert (locked["phase"], "1403" in locked["note"]) == ("REFUSED", True)
    assert [it["note"] for it in counter.seen("answered") if "2053" in it["note"]] == ["not_executed 2053"] * 2
    assert "1403" in (await counter.do(CHANGE))["note"]  # the right one does not help any more
    assert "1403" in (await counter.do(UNLOCK, present=WRONG))["note"]
    assert (await counter.do(UNLOCK))["phase"] == "CLOSED"
    assert (await counter.do(CHANGE, new=FIRST))["phase"] == "CLOSED"


async def test_a_forgotten_pin_is_reset_and_a_lost_answer_is_inquired(counter: Counter) -> None:
    await counter.condition("pin_locked")
    await counter.world.core("fault", name="core.drop_reply")
    resetting, name = await counter.authorised_by_two(RESET)
    for who in (WANG, LI):
        await counter.decide(who, name, "approve", "--yes")
    assert (await resetting)["phase"] == "CLOSED"
    assert [it["note"] for it in counter.seen("answered") if it["action"] == "submit"] == ["unknown core.silent"]
    assert (await counter.do(CHANGE, present=SECOND, new=FIRST))["phase"] == "CLOSED"


async def test_the_second_of_two_authorisers_says_no_and_nothing_is_reset(counter: Counter) -> None:
    resetting, name = await counter.authorised_by_two(RESET)
    await counter.decide(WANG, name, "approve", "--yes")
    with pytest.raises(WorldFailed, match=r"auth\.same_person"):
        await counter.decide(WANG, name, "approve", "--yes")
    await counter.decide(LI, name, "refuse", "--yes", "--reason", "he was told to")
    ended = await resetting
    assert (ended["phase"], ended["note"]) == ("REFUSED", "auth.refused: he was told to")
    assert (await counter.do(CHANGE, new=FIRST))["phase"] == "CLOSED"  # the PIN is what it was


async def test_a_dormant_account_wakes_up_with_what_only_the_bank_knows_of_it(counter: Counter) -> None:
    await counter.condition("dormant")
    assert "1402" in (await counter.do(CHANGE))["note"]
    woken = await counter.do(WAKE, **PURPOSE)
    assert woken["phase"] == "CLOSED", woken
    assert (await counter.do(CHANGE, new=FIRST))["phase"] == "CLOSED"


async def test_what_a_court_holds_no_kit_lets_go(counter: Counter) -> None:
    await counter.condition("controlled")
    for business in (CHANGE, UNLOCK):
        ended = await counter.do(business)
        assert (ended["phase"], ended["note"]) == ("REFUSED", "card_state.controlled")
    await counter.condition("normal")


async def test_a_damaged_card_is_replaced_and_the_old_one_answers_replaced(counter: Counter) -> None:
    stopped = await counter.do(REPLACE, {"what": "confirm", "choice": "no"}, **DAMAGED)
    assert stopped["phase"] == "CANCELLED"  # its card lies in the bin, the old one works on
    assert (await counter.do(CHANGE, new=FIRST))["phase"] == "CLOSED"
    new = await counter.next_card()
    assert (await counter.do(REPLACE, new=SECOND, **DAMAGED))["phase"] == "CLOSED"
    dead = await counter.do(CHANGE)
    assert (dead["phase"], dead["note"]) == ("REFUSED", "card_state.replaced")
    await counter.put_in(new)
    assert (await counter.do(CHANGE, present=SECOND, new=FIRST))["phase"] == "CLOSED"
    await counter.compare()


async def test_a_replacement_whose_answer_was_lost_is_inquired_and_made_once(counter: Counter) -> None:
    new = await counter.next_card()
    await counter.world.core("fault", name="core.drop_reply")
    assert (await counter.do(REPLACE, new=FIRST, **DAMAGED))["phase"] == "CLOSED"
    assert [it["note"] for it in counter.seen("answered") if it["action"] == "submit"] == ["unknown core.silent"]
    await counter.put_in(new)
    assert (await counter.do(CHANGE, new=FIRST))["phase"] == "CLOSED"
    await counter.compare()


async def test_without_a_formal_report_of_loss_no_card_is_reissued(counter: Counter) -> None:
    for condition, code in (("normal", "no_such_card"), ("lost_by_phone", "no_loss_number")):
        await counter.condition(condition)
        ended = await counter.do(REISSUE)
        assert (ended["phase"], ended["note"]) == ("REFUSED", f"card_state.{code}")
    await counter.condition("normal")


async def test_who_keeps_the_old_card_gets_the_new_one_from_people_and_another_one_after_its_loss_was_reported(
    counter: Counter,
) -> None:
    in_bin = await counter.next_card()
    ended = await counter.do(REPLACE, {**OLD_CARD, "choice": "refused"}, new=FIRST, **DAMAGED)
    assert (ended["phase"], ended["note"]) == ("CASE_OPEN", "replacement.not_taken: old_card: refused")
    await counter.compare()
    counter.card_no = in_bin
    await counter.condition("lost")  # the customer reports it at the counter, in person
    new = await counter.next_card()
    reissuing, name = await counter.authorised_by_two(REISSUE, new=FIRST)
    for who in (WANG, LI):
        await counter.decide(who, name, "approve", "--yes")
    assert (await reissuing)["phase"] == "CLOSED"
    await counter.put_in(new)
    assert (await counter.do(CHANGE, new=FIRST))["phase"] == "CLOSED"
    await counter.compare()


async def test_what_this_kit_cannot_do_is_said_before_anything_begins(counter: Counter) -> None:
    told = await counter.functions()
    assert [told[it]["can"] for it in ("ACC-01", *EACH)] == [True] * 7
    assert (told["ACC-13"]["can"], told["ACC-13"]["reason"]) == (False, "business.evidence")
    with pytest.raises(WorldFailed, match=r"ACC-13 wants .*\[business\.evidence\]"):
        await counter.do("ACC-13")


async def test_a_bank_adds_a_function_while_all_runs_and_it_is_done(counter: Counter) -> None:
    """No code knows it: kit and central run on, its entry comes with the policy."""
    assert OWN not in await counter.functions()
    file = counter.folder / "policy.toml"
    file.write_text(policy() + NOTE, encoding="utf-8")
    said = await counter.world.central_cli("policy", "put", "--dry-run", "--config", files.CENTRAL, str(file))
    assert "1 functions, nothing wrong" in said
    await counter.world.central_cli("policy", "put", "--config", files.CENTRAL, str(file))
    office = Office(counter)
    version = (await counter.world.agent("GET", "/v1/status"))["policy"] + 1
    assert (await office.order("set-policy", "--version", str(version)))["kits"][0]["state"] == "applied"
    assert (await counter.functions())[OWN]["can"]
    assert (await counter.do(OWN, remark="likes the counter on Mondays"))["phase"] == "CLOSED"
    assert counter.seen("document_signed")[0]["note"].startswith("D-APPLY-MAINT")
    await counter.settled()
    assert "OWN-01" in (counter.folder / "central.log").read_text()


async def test_no_pin_is_in_any_log(counter: Counter) -> None:
    told = str(counter.lines) + "".join(
        (counter.folder / f"{it}.log").read_text() for it in ("agent", "central", "core")
    )
    assert not any(pin in told for pin in (FIRST, SECOND, WRONG))
    assert counter.card_no not in told
