from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, Protocol

import pytest

from padkit_sim.card_number import CardNumber
from padkit_sim.neighbours.bank import Bank, Rules
from padkit_sim.neighbours.books import AccountState, Books, DaySet, Tampered
from padkit_sim.neighbours.txn import OPEN_RESPONSE, WEAK_PIN_MARK, Answer, CoreRefusal, Request

Ask = Callable[..., Request]
CardOf = Callable[[int], str]


class Core(Protocol):
    """The fixture of conftest.py."""

    at: dt.datetime
    books: Books
    bank: Bank

    def __call__(self, request: Request, *, forced: CoreRefusal | None = None) -> Answer: ...


def inquire(core: Core, ask: Ask, serial: str = "S1", attempt: int = 1, *, fence: bool = False) -> dict[str, Any]:
    answer = core(ask("TXN.INQUIRY", serial, attempt, orig_channel_serial=serial, fence=fence))
    assert answer.resp_code == "0000"
    return dict(answer.fields)


def test_an_opening_answers_everything_the_catalogue_promises(core: Core, ask: Ask) -> None:
    answer = core(ask("CARD.OPEN"))
    assert (answer.resp_class, answer.resp_code) == ("ok", "0000")
    assert {*OPEN_RESPONSE, "core_serial", "core_date"} == answer.fields.keys()
    assert answer.fields["card_no"] == "6200000000000000000"
    assert answer.fields["limit_day"] == "5000.00"
    assert answer.fields["open_date"] == answer.fields["core_date"] == "2026-11-22"


def test_the_core_day_is_that_of_china(core: Core, ask: Ask) -> None:
    core.at = dt.datetime(2026, 11, 22, 16, 0, tzinfo=dt.UTC)
    assert core(ask("CARD.OPEN")).fields["core_date"] == "2026-11-23"


def test_the_same_serial_and_attempt_answer_the_first_result_again(core: Core, ask: Ask) -> None:
    first = core(ask("CARD.OPEN"))
    assert core(ask("CARD.OPEN")) == first
    assert len(core.books.accounts) == 1


def test_a_resealed_pin_block_is_still_the_same_request(core: Core, ask: Ask) -> None:
    first = core(ask("CARD.OPEN"))
    assert core(ask("CARD.OPEN", new_pin_block="TEST ONLY sealed again")) == first


def test_the_same_serial_and_attempt_with_another_content_is_refused(core: Core, ask: Ask) -> None:
    core(ask("CARD.OPEN"))
    answer = core(ask("CARD.OPEN", limit_day="9999.00"))
    assert answer.resp_code == "2006"
    assert len(core.books.accounts) == 1


def test_a_refusal_is_answered_again_too(core: Core, ask: Ask, card_of: CardOf) -> None:
    core(ask("CARD.OPEN"))
    refused = core(ask("CARD.OPEN", "S2"))
    core.books.apply(Tampered(CardNumber("6200000000000000000"), None))
    assert refused.resp_code == "1301"
    assert core(ask("CARD.OPEN", "S2")) == refused


def test_a_serial_succeeds_at_most_once(core: Core, ask: Ask, card_of: CardOf) -> None:
    core(ask("CARD.OPEN"))
    answer = core(ask("CARD.OPEN", attempt=2, card_no=card_of(2)))
    assert (answer.resp_class, answer.resp_code) == ("unknown", "4092")
    assert len(core.books.accounts) == 1


def test_the_same_serial_of_another_entity_is_another_business(core: Core, ask: Ask, card_of: CardOf) -> None:
    core(ask("CARD.OPEN"))
    assert core(ask("CARD.OPEN", entity="E2", card_no=card_of(2))).ok


def test_a_serial_of_one_service_is_not_taken_for_another(core: Core, ask: Ask) -> None:
    core(ask("CARD.OPEN"))
    assert core(ask("CARD.BLOCK", attempt=2, card_no="6200000000000000000", reason="lost")).resp_code == "2006"


def test_a_late_original_is_not_executed_behind_the_fence(core: Core, ask: Ask) -> None:
    told = inquire(core, ask, fence=True)
    assert (told["result_state"], told["final"], told["closed_attempts"]) == ("not_found", True, 1)
    late = core(ask("CARD.OPEN"))
    assert (late.resp_class, late.resp_code, late.not_executed) == ("unknown", "4091", True)
    assert not core.books.accounts


def test_the_next_attempt_passes_the_fence(core: Core, ask: Ask) -> None:
    inquire(core, ask, fence=True)
    assert core(ask("CARD.OPEN", attempt=2)).ok
    assert core(ask("CARD.OPEN")).resp_code in ("4091", "4092")
    assert len(core.books.accounts) == 1


def test_the_fence_closes_up_to_the_highest_attempt_known(core: Core, ask: Ask) -> None:
    core(ask("CARD.OPEN", attempt=3, new_pin_block=WEAK_PIN_MARK))
    assert inquire(core, ask, attempt=1, fence=True)["closed_attempts"] == 3
    assert core(ask("CARD.OPEN", attempt=2)).resp_code == "4091"


def test_without_a_fence_not_found_is_not_final(core: Core, ask: Ask) -> None:
    told = inquire(core, ask)
    assert (told["result_state"], told["final"]) == ("not_found", False)
    assert core(ask("CARD.OPEN")).ok


def test_an_inquiry_repeats_what_a_success_said(core: Core, ask: Ask) -> None:
    opened = core(ask("CARD.OPEN"))
    told = inquire(core, ask, fence=True)
    assert (told["result_state"], told["final"], told["reversed"]) == ("success", True, False)
    assert {name: told[name] for name in opened.fields} == opened.fields
    assert [it["attempt"] for it in told["attempts"]] == [1]
    assert told["closed_attempts"] == 0


def test_an_inquiry_for_a_refused_attempt_says_failed_and_why(core: Core, ask: Ask) -> None:
    core(ask("CARD.OPEN", new_pin_block=WEAK_PIN_MARK))
    told = inquire(core, ask)
    assert (told["result_state"], told["final"], told["resp_code"]) == ("failed", True, "2051")
    assert told["not_executed"] is True


def test_an_attempt_after_a_retry_refusal_is_not_answered_with_the_old_one(core: Core, ask: Ask) -> None:
    core(ask("CARD.OPEN", new_pin_block=WEAK_PIN_MARK))
    assert inquire(core, ask, attempt=2)["result_state"] == "not_found"
    assert inquire(core, ask, attempt=2, fence=True)["final"] is True


def test_a_weak_pin_is_refused_not_executed_and_the_next_attempt_opens(core: Core, ask: Ask) -> None:
    weak = core(ask("CARD.OPEN", new_pin_block=f"{WEAK_PIN_MARK} 1"))
    assert (weak.resp_code, weak.not_executed) == ("2051", True)
    assert core(ask("CARD.OPEN", attempt=2)).ok


def test_a_final_refusal_ends_the_serial(core: Core, ask: Ask, card_of: CardOf) -> None:
    assert core(ask("CARD.OPEN"), forced=CoreRefusal("1999", "no")).resp_code == "1999"
    assert core(ask("CARD.OPEN", attempt=2)).resp_code == "2007"
    assert inquire(core, ask, attempt=2)["result_state"] == "failed"


@pytest.mark.parametrize("code", ["3001", "4001", "5001"])
def test_a_busy_or_unknown_answer_is_no_result_and_leaves_the_attempt_open(core: Core, ask: Ask, code: str) -> None:
    assert core(ask("CARD.OPEN"), forced=CoreRefusal(code, "busy")).resp_code == code
    assert core(ask("CARD.OPEN")).ok


def test_an_inquiry_can_be_answered_with_processing(core: Core, ask: Ask) -> None:
    answer = core(ask("TXN.INQUIRY", orig_channel_serial="S1"), forced=CoreRefusal("4001", "processing"))
    assert answer.resp_class == "unknown"


def test_a_card_is_used_once_whatever_became_of_its_account(core: Core, ask: Ask) -> None:
    core(ask("CARD.OPEN"))
    core(ask("TXN.REVERSE", "R1", orig_channel_serial="S1", remark="not taken"))
    assert core(ask("CARD.OPEN", "S2")).resp_code == "1301"


def test_a_blocked_card_is_never_opened(core: Core, ask: Ask) -> None:
    assert core(ask("CARD.BLOCK", "B1", card_no="6200000000000000000", reason="missing")).ok
    assert core(ask("CARD.OPEN")).resp_code == "1302"


def test_blocking_twice_is_a_success_and_keeps_the_first_reason(core: Core, ask: Ask) -> None:
    core(ask("CARD.BLOCK", "B1", card_no="6200000000000000000", reason="missing"))
    assert core(ask("CARD.BLOCK", "B2", card_no="6200000000000000000", reason="again")).ok
    assert [block.reason for block in core.books.blocked.values()] == ["missing"]


def test_an_opening_is_reversed_on_its_own_day(core: Core, ask: Ask) -> None:
    opened = core(ask("CARD.OPEN"))
    order = ask(
        "TXN.REVERSE", "R1", orig_channel_serial="S1", orig_core_serial=opened.fields["core_serial"], remark="not taken"
    )
    done = core(order)
    assert done.fields["result_state"] == "success"
    assert core(order) == done
    assert [account.state for account in core.books.accounts.values()] == [AccountState.REVERSED]
    assert inquire(core, ask)["reversed"] is True
    assert inquire(core, ask, "R1")["result_state"] == "success"


def test_a_reversal_after_the_cut_off_names_what_to_do_instead(core: Core, ask: Ask) -> None:
    core(ask("CARD.OPEN"))
    core.books.apply(DaySet(dt.date(2026, 11, 23)))
    late = core(ask("TXN.REVERSE", "R1", orig_channel_serial="S1", remark="not taken"))
    assert late.resp_code == "1201"
    assert "close the account" in late.resp_msg
    assert inquire(core, ask, "R1")["result_state"] == "failed"


@pytest.mark.parametrize(
    "fields", [{"orig_channel_serial": "S9"}, {"orig_channel_serial": "S1", "orig_core_serial": "other"}]
)
def test_what_was_not_opened_is_not_reversed(core: Core, ask: Ask, fields: dict[str, str]) -> None:
    core(ask("CARD.OPEN"))
    assert core(ask("TXN.REVERSE", "R1", remark="x", **fields)).resp_code == "1202"


def test_nothing_is_reversed_twice(core: Core, ask: Ask) -> None:
    core(ask("CARD.OPEN"))
    core(ask("TXN.REVERSE", "R1", orig_channel_serial="S1", remark="x"))
    assert core(ask("TXN.REVERSE", "R2", orig_channel_serial="S1", remark="x")).resp_code == "1202"


def test_an_account_that_is_gone_is_not_reversed(core: Core, ask: Ask) -> None:
    core(ask("CARD.OPEN"))
    core.books.apply(Tampered(CardNumber("6200000000000000000"), None))
    assert core(ask("TXN.REVERSE", "R1", orig_channel_serial="S1", remark="x")).resp_code == "1202"
    assert inquire(core, ask)["reversed"] is False


def test_class_one_accounts_are_not_counted_unless_switched_on(core: Core, ask: Ask, card_of: CardOf) -> None:
    core(ask("CARD.OPEN"))
    assert core(ask("CARD.OPEN", "S2", card_no=card_of(2))).ok


def test_class_one_accounts_are_counted_per_person_and_entity(core: Core, ask: Ask, card_of: CardOf) -> None:
    core.bank.rules = Rules(class1_max_per_entity=1)
    core(ask("CARD.OPEN"))
    assert core(ask("CARD.OPEN", "S2", card_no=card_of(2))).resp_code == "1101"
    assert core(ask("CARD.OPEN", "S3", card_no=card_of(3), acct_class="II")).ok
    assert core(ask("CARD.OPEN", "S4", card_no=card_of(4), entity="E2")).ok
    assert core(ask("CARD.OPEN", "S5", card_no=card_of(5), cert_no="110105194912310038")).ok


def test_a_person_keeps_one_customer_number_at_an_entity(core: Core, ask: Ask, card_of: CardOf) -> None:
    first = core(ask("CARD.OPEN"))
    second = core(ask("CARD.OPEN", "S2", card_no=card_of(2)))
    other = core(ask("CARD.OPEN", "S3", card_no=card_of(3), cert_no="110105194912310038", cust_no="C77"))
    assert first.fields["cust_no"] == second.fields["cust_no"]
    assert other.fields["cust_no"] == "C77"


def test_an_unknown_service_is_refused_naming_the_known_ones(core: Core, ask: Ask) -> None:
    answer = core(ask("CARD.EAT"))
    assert (answer.resp_class, answer.resp_code) == ("business_refusal", "2002")
    assert "CARD.OPEN" in answer.resp_msg


def test_neither_books_nor_answers_print_numbers_or_names(core: Core, ask: Ask) -> None:
    request = ask("CARD.OPEN")
    printed = f"{request!r} {core(request)!r} {core.books!r}"
    assert all(secret not in printed for secret in ("6200000000000000000", "11010519491231002X", "测试甲", "TEST ONLY"))
