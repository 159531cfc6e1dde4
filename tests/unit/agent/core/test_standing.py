"""What commands do to a kit's standing, and that nothing but central or two people's code ever unlocks it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from msgspec.structs import replace

from padkit_agent.core import standing as rules
from padkit_agent.core.standing import Facts, Record, Taken, again, take
from padkit_contract.commands import (
    AnyOrder,
    Cancel,
    Command,
    Lock,
    Mode,
    Notify,
    Progress,
    Reauthenticate,
    Restrict,
    SetPolicy,
    Standing,
    StopCardBox,
    SupportBundle,
    Unlock,
    Wipe,
)

NOW_S = 1_795_334_400
FACTS = Facts(NOW_S, policy=3)


def command(order: AnyOrder, seq: int = 1, **changed: Any) -> Command:
    made = Command(f"c-{seq}", "demo", "KIT-1", seq, order, "test", "wang", (), NOW_S - 60)
    return replace(made, **changed)


def after(*orders: AnyOrder, facts: Facts = FACTS) -> Record:
    record = Record()
    for seq, order in enumerate(orders, 1):
        record = take(record, command(order, seq), facts).record
    return record


def test_a_lock_locks_and_names_the_flows_that_finish() -> None:
    taken = take(Record(), command(Lock()), replace(FACTS, flows=("f-1",)))
    assert taken.progress is Progress.APPLIED
    standing = taken.record.standing
    assert (standing.mode, standing.cause, standing.finishing, standing.seq) == (Mode.LOCKED, "c-1", ("f-1",), 1)


def test_an_unlock_opens() -> None:
    assert after(Lock(), Unlock()).standing == Standing(seq=2)


def test_an_older_lock_is_superseded_by_the_unlock_that_was_taken() -> None:
    record = take(Record(), command(Unlock(), 5), FACTS).record
    taken = take(record, command(Lock(), 4), FACTS)
    assert (taken.progress, taken.record.standing.mode) == (Progress.SUPERSEDED, Mode.OPEN)


@pytest.mark.parametrize("order", [Notify("hello"), Wipe(), StopCardBox(), Restrict(("*",)), SupportBundle()])
def test_an_older_number_is_refused(order: AnyOrder) -> None:
    record = after(Notify("one"), Notify("two"))
    taken = take(record, command(order, 2), FACTS)
    assert (taken.progress, taken.code, taken.record) == (Progress.REFUSED, "command.sequence", record)


def test_a_number_that_is_missing_is_not_waited_for() -> None:
    assert take(Record(), command(Lock(), 17), FACTS).progress is Progress.APPLIED


def test_an_expired_command_changes_nothing_but_its_number_is_taken() -> None:
    taken = take(Record(), command(Lock(), 4, expires=NOW_S - 1), FACTS)
    assert (taken.progress, taken.record.standing) == (Progress.EXPIRED, Standing(seq=4))


def test_a_command_waits_for_its_time() -> None:
    early = command(Lock(), not_before=NOW_S + 60)
    taken = take(Record(), early, FACTS)
    assert (taken.progress, taken.record.standing.mode) == (Progress.RECEIVED, Mode.OPEN)
    later = again(taken.record, early, replace(FACTS, now_s=NOW_S + 61))
    assert (later.progress, later.record.standing.mode) == (Progress.APPLIED, Mode.LOCKED)


def test_a_lock_that_waited_is_superseded_by_a_newer_unlock() -> None:
    early = command(Lock(), not_before=NOW_S + 60)
    record = take(take(Record(), early, FACTS).record, command(Unlock(), 2), FACTS).record
    assert again(record, early, replace(FACTS, now_s=NOW_S + 61)).progress is Progress.SUPERSEDED


def test_a_held_command_is_cancelled_and_an_ended_one_is_not() -> None:
    taken = take(Record(), command(Cancel("c-0"), 1), FACTS, held=frozenset({"c-0"}))
    assert (taken.progress, taken.cancels) == (Progress.APPLIED, "c-0")
    ended = replace(FACTS, ended={"c-0": Progress.APPLIED})
    late = take(Record(), command(Cancel("c-0")), ended)
    assert (late.progress, late.code) == (Progress.REFUSED, "cancel.late")


def test_a_cancel_that_comes_before_its_command_holds() -> None:
    record = take(Record(), command(Cancel("c-1"), 2), FACTS).record
    taken = take(record, command(Lock(), 1), FACTS)
    assert (taken.progress, taken.record.standing.mode) == (Progress.CANCELLED, Mode.OPEN)


def test_an_order_of_an_unknown_kind_is_refused_and_its_number_taken() -> None:
    taken = rules.unknown(Record(), 4)
    assert (taken.progress, taken.code, taken.record.standing.seq) == (Progress.REFUSED, "command.unknown", 4)


def test_only_the_last_cancels_are_remembered() -> None:
    assert len(after(*(Cancel(f"x-{number}") for number in range(100))).cancelled) == rules.CANCELLED_KEPT


def test_each_order_leaves_its_mark() -> None:
    standing = after(Notify("back at five"), Reauthenticate(), Restrict(("ACC-01",)), StopCardBox()).standing
    assert (standing.notice, standing.reauthenticate, standing.refused) == ("back at five", True, ("ACC-01",))
    assert standing.box_stopped
    assert after(Restrict(("ACC-01",)), Restrict(())).standing.refused == ()
    assert not after(StopCardBox(), StopCardBox(stopped=False)).standing.box_stopped


def test_a_policy_is_applied_when_it_is_there() -> None:
    wanted = command(SetPolicy(4))
    taken = take(Record(), wanted, FACTS)
    assert taken.progress is Progress.RECEIVED
    done = again(taken.record, wanted, replace(FACTS, policy=5))
    assert (done.progress, done.record.standing.policy) == (Progress.APPLIED, 5)
    assert again(take(taken.record, command(SetPolicy(6), 2), FACTS).record, wanted, FACTS).code == "command.superseded"


@pytest.mark.parametrize("mode", [Mode.OPEN, Mode.RESTRICTED])
def test_a_wipe_needs_a_locked_kit(mode: Mode) -> None:
    record = rules.stand(Record(), mode=mode)
    assert take(record, command(Wipe(force=True)), FACTS).code == "wipe.unlocked"


def test_a_wipe_says_what_is_unsent_unless_it_is_forced() -> None:
    facts = replace(FACTS, unsent={"ACC-01": 2, "evidence.package": 1})
    refused = take(after(Lock()), command(Wipe(), 2), facts)
    assert (refused.code, "ACC-01 2, evidence.package 1" in refused.detail) == ("wipe.unsent", True)
    forced = take(after(Lock()), command(Wipe(force=True), 2), facts)
    assert (forced.record.standing.mode, forced.record.wiping) == (Mode.WIPED, "c-2")


def test_a_wipe_waits_for_the_flows_that_finish() -> None:
    record = after(Lock(), facts=replace(FACTS, flows=("f-1",)))
    taken = take(record, command(Wipe(), 2), FACTS)
    assert taken.progress is Progress.RECEIVED
    done = again(rules.finish(taken.record, FACTS), command(Wipe(), 2), FACTS)
    assert done.record.standing.mode is Mode.WIPED


def test_a_wiped_kit_takes_nothing_more() -> None:
    wiped = after(Lock(), Wipe())
    assert take(wiped, command(Unlock(), 9), FACTS).code == "kit.wiped"
    assert again(wiped, command(SetPolicy(4), 1), FACTS).code == "kit.wiped"


def test_a_lock_of_the_lease_is_lifted_by_contact_and_no_other_lock_is() -> None:
    assert rules.reached(rules.lapse(Record(), FACTS)).standing.mode is Mode.OPEN
    assert rules.reached(after(Lock())).standing.mode is Mode.LOCKED
    assert rules.reached(rules.lapse(after(Lock()), FACTS)).standing.mode is Mode.LOCKED
    assert rules.reached(rules.lost(FACTS)).standing.mode is Mode.LOCKED


def test_a_lock_over_one_of_the_lease_counts() -> None:
    record = take(rules.lapse(Record(), FACTS), command(Lock()), FACTS).record
    assert rules.reached(record).standing.mode is Mode.LOCKED


def test_restricted_use_ends_with_contact_or_with_the_lease() -> None:
    restricted = rules.stand(Record(), mode=Mode.RESTRICTED)
    assert rules.reached(restricted).standing.mode is Mode.OPEN
    assert rules.lapse(restricted, FACTS).standing.cause == rules.LEASE


ORDERS = st.one_of(
    st.builds(Notify, st.text(max_size=5)),
    st.builds(Reauthenticate),
    st.builds(Restrict, st.just(("*",))),
    st.builds(Lock),
    st.builds(Unlock),
    st.builds(StopCardBox, st.booleans()),
    st.builds(Wipe, st.booleans()),
    st.builds(SetPolicy, st.integers(1, 6)),
    st.builds(SupportBundle),
    st.builds(Cancel, st.integers(1, 30).map(lambda number: f"c-{number}")),
)


class Commands(RuleBasedStateMachine):
    """Commands in any order, number and time; flows, leases and contacts between them."""

    def __init__(self) -> None:
        super().__init__()
        self.record = Record()
        self.now_s = NOW_S
        self.flows: tuple[str, ...] = ()
        self.final: dict[str, Progress] = {}
        self.held: dict[str, Command] = {}
        self.journal: list[Callable[[Record], Record]] = []

    @property
    def facts(self) -> Facts:
        return Facts(self.now_s, 3, self.flows, {"ACC-01": 1} if self.flows else {})

    @rule(order=ORDERS, seq=st.integers(1, 30), early=st.booleans(), expired=st.booleans())
    def comes(self, order: AnyOrder, seq: int, early: bool, expired: bool) -> None:
        it = command(
            order,
            seq,
            not_before=self.now_s + 50 if early else 0,
            expires=self.now_s - 1 if expired else 0,
        )
        if it.id not in self.final and it.id not in self.held:
            self.judge("take", it)

    @rule(seconds=st.integers(1, 100))
    def time_passes(self, seconds: int) -> None:
        self.now_s += seconds
        for it in tuple(self.held.values()):
            self.judge("again", it)

    @rule(flows=st.sampled_from([(), ("f-1",), ("f-1", "f-2")]))
    def flows_change(self, flows: tuple[str, ...]) -> None:
        self.flows = flows
        self.keep(partial(rules.finish, facts=self.facts))

    @rule()
    def the_lease_is_over(self) -> None:
        self.keep(partial(rules.lapse, facts=self.facts))

    @rule()
    def central_is_reached(self) -> None:
        by_command = self.record.standing.mode is Mode.LOCKED and self.record.standing.cause != rules.LEASE
        self.keep(rules.reached)
        assert not by_command or self.record.standing.mode is Mode.LOCKED

    def keep(self, change: Callable[[Record], Record]) -> None:
        self.record = change(self.record)
        self.journal.append(change)

    def judge(self, how: str, it: Command) -> None:
        before, held = self.record.standing, frozenset(self.held)
        decide, facts = {"take": take, "again": again}[how], self.facts
        taken: Taken = decide(self.record, it, facts, held=held)
        self.keep(lambda record: decide(record, it, facts, held=held).record)
        self.held.pop(it.id, None)
        if taken.progress is Progress.RECEIVED:
            self.held[it.id] = it
        else:
            assert it.id not in self.final
            self.final[it.id] = taken.progress
        if taken.cancels:
            self.held.pop(taken.cancels)
            self.final[taken.cancels] = Progress.CANCELLED
        if before.mode is Mode.LOCKED and self.record.standing.mode is Mode.OPEN:
            assert isinstance(it.order, Unlock) and it.seq > 0
            assert taken.progress is Progress.APPLIED and it.seq == self.record.lock_seq

    @invariant()
    def a_wiped_kit_stays_wiped(self) -> None:
        assert not self.record.wiping or self.record.standing.mode is Mode.WIPED

    @invariant()
    def numbers_only_grow(self) -> None:
        assert self.record.lock_seq <= self.record.standing.seq <= 30

    def teardown(self) -> None:
        """The same journal gives the same standing."""
        record = Record()
        for change in self.journal:
            record = change(record)
        assert record == self.record


TestCommands = Commands.TestCase
TestCommands.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
