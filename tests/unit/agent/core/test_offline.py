"""Unlocking without network: one challenge, one code, five tries, ten minutes, and never without a try on disk."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from padkit_agent.core import offline
from padkit_agent.core import standing as rules
from padkit_agent.core.standing import Facts, Record
from padkit_agent.core.throttle import Moment
from padkit_contract.commands import Mode
from padkit_contract.unlock import read_challenge, unlock_code
from padkit_sdk.errors import Refused

KEY = bytes(range(32))  # TEST ONLY
FACTS = Facts(1_795_334_400.0)
SHOWN, SOON = Moment("boot", 100.0), Moment("boot", 101.0)
LOCKED = rules.lock(Record(), "c-1", FACTS)


def asked(now: Moment = SHOWN, record: Record = LOCKED) -> Record:
    return offline.ask(record, "demo", "KIT-1", b"12345678", now)


def right(record: Record) -> str:
    assert record.asked is not None
    return unlock_code(KEY, "demo", "KIT-1", read_challenge(record.asked.text))


def tried(record: Record, code: str, now: Moment = SOON) -> tuple[Record, Record | None]:
    spent = offline.spend(record, now)
    return spent, offline.check(record, spent, code, KEY, "demo", "KIT-1", FACTS)


def test_the_right_code_gives_restricted_use_and_asks_who_is_there() -> None:
    record = asked()
    _, free = tried(record, right(record))
    assert free is not None
    assert (free.standing.mode, free.standing.reauthenticate, free.asked) == (Mode.RESTRICTED, True, None)
    assert free.codes.wrong == 0


def test_a_code_is_good_once() -> None:
    record = asked()
    code = right(record)
    _, free = tried(record, code)
    assert free is not None
    again = asked(record=rules.lock(free, "c-2", FACTS))
    assert tried(again, code)[1] is None


def test_a_code_for_the_lock_before_does_not_lift_the_one_that_came_since() -> None:
    record = asked(record=rules.lapse(Record(), FACTS))
    stolen = rules.lock(record, "c-2", FACTS)
    with pytest.raises(Refused, match="no challenge"):
        offline.spend(stolen, SOON)
    kept = replace(stolen, asked=record.asked)  # as an earlier version left it on disk
    assert tried(kept, right(record))[1] is None
    fresh = asked(record=kept)
    assert fresh.asked != record.asked
    assert tried(fresh, right(fresh))[1] is not None


def test_a_wrong_code_costs_a_try_before_it_is_looked_at() -> None:
    spent, free = tried(asked(), "00000000")
    assert (spent.codes.wrong, free) == (1, None)


@pytest.mark.parametrize("code", ["", "x", "１２３４５６７８", "1" * 1000])
def test_nonsense_is_a_wrong_code(code: str) -> None:
    assert tried(asked(), code)[1] is None


def test_asking_again_shows_the_same_challenge() -> None:
    record = asked()
    assert asked(Moment("boot", 500.0), record) == record


def test_a_challenge_is_good_for_ten_minutes_of_the_steady_clock() -> None:
    record = asked()
    assert offline.left_s(record, Moment("boot", 400.0)) == 300.0
    for late in (Moment("boot", 701.0), Moment("other", 101.0), Moment("boot", 1.0)):
        with pytest.raises(Refused, match="challenge"):
            offline.spend(record, late)
    assert asked(Moment("boot", 701.0), record).challenges == 2


def test_after_five_wrong_codes_the_right_one_is_not_taken_and_a_new_challenge_waits() -> None:
    record = asked()
    code = right(record)
    for _ in range(5):
        record = offline.forget_spent(tried(record, "00000000")[0])
    assert record.asked is None
    with pytest.raises(Refused, match="wait 60 s"):
        offline.spend(record, Moment("boot", 101.0))
    with pytest.raises(Refused, match="wait"):
        asked(Moment("boot", 102.0), record)
    fresh = asked(Moment("boot", 162.0), record)
    assert tried(fresh, code, Moment("boot", 163.0))[1] is None


def test_a_kit_that_is_not_locked_shows_none() -> None:
    with pytest.raises(Refused, match="nothing to unlock"):
        asked(record=Record())


def test_a_code_for_a_lock_that_was_lifted_meanwhile_does_nothing() -> None:
    record = asked()
    spent = offline.spend(record, Moment("boot", 101.0))
    opened = rules.unlock(record)
    assert offline.check(opened, spent, right(record), KEY, "demo", "KIT-1", FACTS) is None


def test_a_stopped_box_keeps_its_finishing_flows() -> None:
    stopped = rules.stand(rules.lock(Record(), "c-1", replace(FACTS, flows=("f",))), box_stopped=True)
    record = asked(record=stopped)
    _, free = tried(record, right(record))
    assert free is not None
    assert free.standing.finishing == ("f",)


def test_the_holders_passcode_is_slowed_as_well() -> None:
    record = Record()
    for _ in range(5):
        record = offline.spend_passcode(record, Moment("boot", 1.0))
    with pytest.raises(Refused) as refused:
        offline.spend_passcode(record, Moment("boot", 2.0))
    assert refused.value.reason == "holder.wait"
    proved = offline.proved(rules.stand(record, reauthenticate=True))
    assert (proved.passcodes.wrong, proved.standing.reauthenticate) == (0, False)
