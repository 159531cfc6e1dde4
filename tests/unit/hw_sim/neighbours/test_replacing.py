"""The core mock puts another card in a card's place: by the PIN of the old one, or by its formal report of loss."""

from __future__ import annotations

import pytest

from padkit_sim.card_number import CardNumber
from padkit_sim.neighbours.books import AccountState, Books, CardSet
from padkit_sim.neighbours.checks import Check, CheckFinding, CheckRequest, Checks
from padkit_sim.neighbours.txn import Answer, Request

from .test_bank import Ask, CardOf, Core, inquire

OLD, CERT = "6200000000000000000", "11010519491231002X"
PIN, NEW_PIN = "TEST ONLY block", "TEST ONLY new block"


def replacing(ask: Ask, new: str, *, attempt: int = 1, pin: str = PIN, serial: str = "S2") -> Request:
    named = {"card_no": OLD, "new_card_no": new, "voucher_serial": "000002", "replace_reason": "damaged"}
    return ask("CARD.REPLACE", serial, attempt, **named, pin_block=pin, new_pin_block=NEW_PIN)


def reissuing(ask: Ask, new: str, loss_no: str) -> Request:
    named = {"card_no": OLD, "new_card_no": new, "voucher_serial": "000002", "loss_no": loss_no}
    return ask("CARD.REISSUE", "S2", **named, new_pin_block=NEW_PIN)


def found(books: Books, card_no: str = "") -> CheckFinding:
    fields = {"cert_no": CERT, **({"card_no": card_no} if card_no else {})}
    told = Checks().find(CheckRequest(Check.CARD_STATE, "E1", "S2", dict(fields)), books)
    assert told is not None
    return told


def lose(core: Core, condition: str = "lost") -> str:
    core.books.apply(CardSet(CardNumber(OLD), condition))
    return found(core.books).fields.get("loss_no", "")


def test_a_replaced_card_is_dead_and_its_account_goes_on_under_the_new_one(
    core: Core, ask: Ask, card_of: CardOf
) -> None:
    opened = core(ask("CARD.OPEN")).fields
    answer = core(replacing(ask, card_of(1)))
    assert (answer.fields["card_no"], answer.fields["new_card_no"]) == (OLD, card_of(1))
    assert answer.fields["acct_no"] == opened["acct_no"]
    before, after = (core.books.accounts[CardNumber(it)] for it in (OLD, card_of(1)))
    assert (before.state, after.state) == (AccountState.REPLACED, AccountState.LIVE)
    assert (after.serial, after.cust_no, after.person) == ("S2", before.cust_no, before.person)
    assert found(core.books, OLD).finding == "replaced"
    assert found(core.books, card_of(1)).finding == "normal"
    old = core(ask("CARD.PIN.CHANGE", "S3", card_no=OLD, pin_block=PIN, new_pin_block=PIN))
    new = core(ask("CARD.PIN.CHANGE", "S4", card_no=card_of(1), pin_block=NEW_PIN, new_pin_block=PIN))
    assert (old.resp_code, new.resp_code) == ("1401", "0000")
    assert "replaced" in old.resp_msg


def test_a_replacement_is_made_once_and_its_result_told_again(core: Core, ask: Ask, card_of: CardOf) -> None:
    core(ask("CARD.OPEN"))
    first = core(replacing(ask, card_of(1)))
    assert core(replacing(ask, card_of(1))) == first
    assert inquire(core, ask, "S2")["new_card_no"] == card_of(1)
    again = core(replacing(ask, card_of(2), serial="S3"))
    assert (again.resp_code, len(core.books.accounts)) == ("1401", 2)


def test_a_wrong_pin_is_counted_on_the_old_card_and_nothing_is_replaced(core: Core, ask: Ask, card_of: CardOf) -> None:
    core(ask("CARD.OPEN"))
    answers = [core(replacing(ask, card_of(1), attempt=n, pin="TEST ONLY wrong")) for n in (1, 2, 3)]
    assert [(it.resp_code, it.not_executed) for it in answers] == [("2053", True), ("2053", True), ("1403", False)]
    assert core.books.accounts.keys() == {CardNumber(OLD)}
    assert core.books.accounts[CardNumber(OLD)].locked


def test_a_card_that_is_used_or_blocked_replaces_nothing(core: Core, ask: Ask, card_of: CardOf) -> None:
    core(ask("CARD.OPEN"))
    core(ask("CARD.OPEN", "S9", card_no=card_of(1)))
    core(ask("CARD.BLOCK", "B1", card_no=card_of(2), reason="missing"))
    assert core(replacing(ask, card_of(1))).resp_code == "1301"
    assert core(replacing(ask, card_of(2), serial="S3")).resp_code == "1302"
    assert core.books.accounts[CardNumber(OLD)].state is AccountState.LIVE


def test_a_replacement_is_no_opening_to_reverse(core: Core, ask: Ask, card_of: CardOf) -> None:
    core(ask("CARD.OPEN"))
    core(replacing(ask, card_of(1)))
    for serial in ("S1", "S2"):
        answer = core(ask("TXN.REVERSE", f"R-{serial}", orig_channel_serial=serial, remark="not taken"))
        assert answer.resp_code == "1202"


def test_a_lost_card_is_found_by_its_holder_and_reissued_by_its_number(core: Core, ask: Ask, card_of: CardOf) -> None:
    core(ask("CARD.OPEN"))
    assert found(core.books).finding == "no_such_card"
    loss_no = lose(core)
    told = found(core.books)
    assert (told.finding, told.fields["card_no"]) == ("lost", OLD)
    assert core(reissuing(ask, card_of(1), f"{loss_no}0")).resp_code == "1407"
    answer = core(ask("CARD.REISSUE", "S3", **reissuing(ask, card_of(1), loss_no).fields))
    assert (answer.resp_code, answer.fields["card_state"]) == ("0000", "normal")
    assert core.books.accounts[CardNumber(card_of(1))].loss_no == ""
    assert found(core.books, OLD).finding == "replaced"


@pytest.mark.parametrize("condition", ["normal", "lost_by_phone"])
def test_without_a_formal_report_of_loss_nothing_is_reissued(
    core: Core, ask: Ask, card_of: CardOf, condition: str
) -> None:
    core(ask("CARD.OPEN"))
    assert lose(core, condition) == ""
    answer: Answer = core(reissuing(ask, card_of(1), "L1"))
    assert answer.resp_code == "1407"


def test_a_card_that_is_held_is_not_replaced(core: Core, ask: Ask, card_of: CardOf) -> None:
    core(ask("CARD.OPEN"))
    lose(core)
    assert core(replacing(ask, card_of(1))).resp_code == "1402"
