"""The rules of orders, on a database in memory; then by chance, against a model of thirty lines."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from orders_world import ENTITY, START_S, World, template

from padkit_central.kits import lifecycle
from padkit_central.store import (
    AT_KIT,
    FINAL,
    NEXT,
    UNSENT,
    Booking,
    KitState,
    KitWord,
    Place,
    TargetState,
    first_break,
)
from padkit_central.store.sqlite import identity
from padkit_contract.commands import (
    AnyOrder,
    Cancel,
    Lock,
    Mode,
    Notify,
    Progress,
    Reauthenticate,
    Restrict,
    SetPolicy,
    StopCardBox,
    SupportBundle,
    Unlock,
    Wipe,
)
from padkit_contract.errors import Invalid

T = TargetState


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    made = template(tmp_path_factory.mktemp("template"))
    yield made
    made.close()


@pytest.fixture
def world(source: sqlite3.Connection) -> Iterator[World]:
    made = World.fresh(source)
    yield made
    made.connection.close()


def refused(world: World, order: AnyOrder, **more: int) -> str:
    with pytest.raises(Invalid) as caught:
        world.ask(order, **more)
    return caught.value.reason


def test_no_end_is_ever_left_and_all_ends_can_be_reached_from_everywhere_else() -> None:
    assert all(not NEXT[end] for end in FINAL)
    assert all(NEXT[state] >= FINAL - {T.APPLIED} for state in TargetState if state not in FINAL)
    assert {lifecycle.state_of(each) for each in Progress} == FINAL | {T.RECEIVED}


def test_an_order_that_needs_nobody_is_queued_with_the_kits_next_number(world: World) -> None:
    first, second = world.ask(Notify("a")), world.ask(Reauthenticate())
    assert [world.target(it).seq for it in (first, second)] == [1, 2]
    assert world.state(first) == "queued"


def test_only_the_first_without_an_end_may_be_on_its_way(world: World) -> None:
    first, second = world.ask(Notify("a")), world.ask(Reauthenticate())
    assert [it.asked.command for it in world.going()] == [first]
    world.send(first)
    world.ack(first, T.RECEIVED)
    assert [it.asked.command for it in world.going()] == [first]
    world.ack(first, T.APPLIED)
    assert [it.asked.command for it in world.going()] == [second]


def test_a_policy_that_the_kit_still_fetches_holds_up_no_unlock(world: World) -> None:
    policy, unlock = world.ask(SetPolicy(99)), world.ask(Unlock())
    world.send(policy)
    assert [it.asked.command for it in world.going()] == [policy]
    world.ack(policy, T.RECEIVED)
    note, last = world.ask(Notify("a")), world.ask(Reauthenticate())
    assert [it.asked.command for it in world.going()] == [policy, unlock]
    world.send(unlock)
    world.ack(unlock, T.APPLIED)
    assert [it.asked.command for it in world.going()] == [policy, note]
    assert world.state(last) == "queued"


def test_a_second_equal_one_is_refused_by_name_and_age(world: World) -> None:
    first = world.ask(Lock())
    with pytest.raises(Invalid, match=f"{first} of 2026-11-22T08:00:00.* by ann is queued"):
        world.ask(Lock())
    assert refused(world, Lock()) == "command.pending"
    world.send(first)
    assert refused(world, Lock()) == "command.pending"
    world.ack(first, T.APPLIED)
    world.ask(Lock())


@pytest.mark.parametrize("order", [Restrict(("ACC-01",)), StopCardBox(), SupportBundle(), Notify("x")])
def test_one_of_a_kind_may_be_pending(world: World, order: AnyOrder) -> None:
    world.ask(order)
    assert refused(world, order) == "command.pending"
    world.ask(order, "k2")  # type: ignore[arg-type]


def test_what_waits_for_a_second_person_does_not_stop_one_that_needs_none(world: World) -> None:
    slow = world.ask(Lock(), "k1", "k2", needs=1)
    fast = world.ask(Lock())
    assert (world.state(slow), world.state(slow, "k2")) == ("superseded", "asked")
    assert world.state(fast) == "queued"


def test_an_unlock_supersedes_a_lock_that_never_left(world: World) -> None:
    lock = world.ask(Lock())
    unlock = world.ask(Unlock())
    assert world.state(lock) == "superseded"
    assert world.target(lock).code == f"by.{unlock}"
    assert [it.asked.command for it in world.going()] == [unlock]


def test_an_unlock_goes_after_a_lock_that_left_and_the_kit_says_what_became_of_both(world: World) -> None:
    lock, note = world.ask(Lock()), world.ask(Notify("a"))
    world.send(lock)
    unlock = world.ask(Unlock())
    assert [it.asked.command for it in world.going()] == [lock, unlock]
    assert world.target(unlock).seq < world.target(note).seq
    assert world.ack(unlock, T.APPLIED) is Booking.UNKNOWN  # it was not sent yet
    world.send(unlock)
    assert world.ack(unlock, T.APPLIED) is Booking.CHANGED
    assert world.ack(lock, T.SUPERSEDED) is Booking.CHANGED
    assert [it.asked.command for it in world.going()] == [note]


def test_an_applied_lock_stays_applied_when_an_unlock_comes(world: World) -> None:
    lock = world.ask(Lock())
    world.send(lock)
    world.ack(lock, T.APPLIED)
    world.ask(Unlock())
    assert world.state(lock) == "applied"


def test_a_lock_waits_for_nobody_and_goes_before_what_never_left(world: World) -> None:
    note, bundle = world.ask(Notify("a")), world.ask(SupportBundle())
    world.send(note)
    lock = world.ask(Lock())
    assert [it.asked.command for it in world.going()] == [note, lock]
    assert [world.target(it).seq for it in (note, lock, bundle)] == [1, 3, 4]


def test_policies_are_one_wish_and_the_newest_counts(world: World) -> None:
    old = world.ask(SetPolicy(1))
    assert refused(world, SetPolicy(1)) == "command.pending"
    new = world.ask(SetPolicy(2))
    assert (world.state(old), world.state(new)) == ("superseded", "queued")


def test_a_wipe_needs_a_lock_before_it(world: World) -> None:
    assert refused(world, Wipe()) == "wipe.unlocked"
    lock = world.ask(Lock())
    wipe = world.ask(Wipe(), needs=1)
    world.approve(wipe)
    assert [it.asked.command for it in world.going()] == [lock]
    world.send(lock)
    world.ack(lock, T.APPLIED)
    (going,) = world.going()
    assert going.asked.command == wipe
    assert lifecycle.may_leave(going, world.place())


def test_a_wipe_does_not_leave_when_its_lock_failed(world: World) -> None:
    lock = world.ask(Lock())
    wipe = world.ask(Wipe(), needs=1)
    world.approve(wipe)
    world.send(lock)
    world.ack(lock, T.FAILED)
    (going,) = world.going()
    assert not lifecycle.may_leave(going, world.place())


def test_a_wipe_whose_lock_is_gone_when_it_is_approved_is_refused(world: World) -> None:
    lock = world.ask(Lock())
    wipe = world.ask(Wipe(), needs=1)
    world.ask(Cancel(lock))
    world.approve(wipe)
    assert (world.state(wipe), world.target(wipe).code) == ("refused", "wipe.unlocked")


def test_a_kit_that_says_it_is_locked_may_be_wiped(world: World) -> None:
    world.word(Mode.LOCKED, 0)
    world.ask(Wipe(), needs=1)


def test_a_wiped_kit_takes_no_orders(world: World) -> None:
    world.word(Mode.WIPED, 4)
    assert refused(world, Notify("a")) == "kit.wiped"


def test_a_wipe_that_was_applied_puts_the_kit_out_and_ends_what_waits(world: World) -> None:
    world.word(Mode.LOCKED, 0)
    wipe = world.ask(Wipe(), needs=1)
    world.approve(wipe)
    later = world.ask(SupportBundle())
    world.send(wipe)
    world.ack(wipe, T.APPLIED)
    world.sweep()
    assert world.place().word.state == "wiped"
    assert (world.state(later), world.target(later).code) == ("failed", "kit.wiped")


def test_a_revoked_kit_takes_no_orders_and_keeps_none(world: World) -> None:
    lock = world.ask(Lock())
    world.send(lock)
    moment = world.moment()
    identity.set_state(world.connection, ENTITY, "k1", KitState.REVOKED, "stolen", "ann", moment.ids, moment.at)
    world.sweep()
    assert (world.state(lock), world.target(lock).code) == ("failed", "kit.revoked")
    assert refused(world, Notify("a")) == "kit.revoked"


def test_a_lock_from_before_an_enrolment_counts_no_more(world: World) -> None:
    lock = world.ask(Lock())
    world.send(lock)
    world.ack(lock, T.APPLIED)
    assert lifecycle.is_locked(world.place())
    world.now_s += 60
    world.connection.execute(
        "insert into kit(id,entity,kit,enrolled_at) values('i',?,'k1',?)", (ENTITY, world.moment().at)
    )
    assert not lifecycle.is_locked(world.place())


def test_what_never_left_is_cancelled_at_once(world: World) -> None:
    note = world.ask(Notify("a"))
    cancel = world.ask(Cancel(note), by="bob")
    assert (world.state(note), world.state(cancel)) == ("cancelled", "applied")
    assert not world.going()
    assert [(row.who, row.what) for row in world.trail()] == [
        ("ann", "order.asked"),
        ("bob", "order.asked"),
        ("bob", "order.cancelled"),
        ("central", "order.applied"),
    ]


def test_a_cancel_of_what_left_goes_to_the_kit(world: World) -> None:
    note, later = world.ask(Notify("a")), world.ask(SupportBundle())
    world.send(note)
    cancel = world.ask(Cancel(note))
    assert [it.asked.command for it in world.going()] == [note, cancel]
    assert refused(world, Cancel(note)) == "command.pending"
    world.send(cancel)
    world.ack(cancel, T.APPLIED)
    assert world.state(note) == "cancelled"
    assert world.ack(note, T.CANCELLED) is Booking.KNOWN
    assert [it.asked.command for it in world.going()] == [later]


def test_a_cancel_that_comes_too_late_ends_as_refused(world: World) -> None:
    note = world.ask(Notify("a"))
    world.send(note)
    cancel = world.ask(Cancel(note))
    world.ack(note, T.APPLIED)
    world.send(cancel)
    world.ack(cancel, T.REFUSED)
    assert (world.state(note), world.state(cancel)) == ("applied", "refused")
    assert world.state(world.ask(Cancel(note))) == "refused"


def test_what_expires_before_it_left_ends_and_what_left_is_the_kits_to_tell(world: World) -> None:
    left, waiting = world.ask(Notify("a"), expires=START_S + 10), world.ask(SupportBundle(), expires=START_S + 10)
    world.send(left)
    world.now_s += 11
    world.sweep()
    assert (world.state(left), world.state(waiting)) == ("sent", "expired")
    assert world.ack(left, T.EXPIRED) is Booking.CHANGED


def test_an_order_for_later_waits_for_its_time(world: World) -> None:
    later = world.ask(Notify("a"), not_before=START_S + 60)
    assert (world.state(later), world.target(later).seq) == ("approved", 0)
    world.now_s += 60
    world.sweep()
    assert (world.state(later), world.target(later).seq) == ("queued", 1)


def test_a_contradiction_is_told_and_changes_nothing(world: World) -> None:
    note = world.ask(Notify("a"))
    assert world.ack(note, T.APPLIED) is Booking.UNKNOWN  # it never left
    world.send(note)
    assert world.ack(note, T.APPLIED, seq=9) is Booking.CONTRADICTED
    assert world.ack(note, T.APPLIED) is Booking.CHANGED
    assert world.ack(note, T.APPLIED) is Booking.KNOWN
    assert world.ack(note, T.RECEIVED) is Booking.KNOWN
    assert world.ack(note, T.REFUSED) is Booking.CONTRADICTED
    assert world.state(note) == "applied"


@pytest.mark.parametrize(
    ("order", "kits", "needs"),
    [(Wipe(), 1, 1), (Wipe(force=True), 1, 1), (Lock(), 20, 0), (Lock(), 21, 1), (Unlock(), 500, 0)],
)
def test_a_wipe_and_a_lock_of_many_need_another_person(order: AnyOrder, kits: int, needs: int) -> None:
    assert lifecycle.approvals_needed(order, kits, lock_alone_max=20) == needs


def test_the_other_person_is_another_one(world: World) -> None:
    wide = world.ask(Lock(), "k1", "k2", needs=1)
    with pytest.raises(Invalid, match=r"approval\.same_person"):
        world.approve(wide, by="ann")
    world.approve(wide)
    world.approve(wide)  # the same consent again changes nothing
    with pytest.raises(Invalid, match=r"approval\.late"):
        world.approve(wide, by="cid")


@pytest.mark.parametrize(
    ("order", "after_s"),
    [(Lock(), 0), (Unlock(), 900), (Wipe(), 86_400), (SetPolicy(1), 30 * 86_400), (Notify("a"), 86_400)],
)
def test_orders_end_by_themselves_after_their_time(order: AnyOrder, after_s: int) -> None:
    assert lifecycle.expiry_of(order, 1000) == (1000 + after_s if after_s else 0)


def test_tries_come_further_and_further_apart_up_to_an_hour() -> None:
    assert [lifecycle.next_try_s(tries) for tries in (1, 2, 3, 9, 10, 1000)] == [10, 20, 40, 2560, 3600, 3600]


def test_the_shown_state_follows_the_result_until_the_kits_own_later_word(world: World) -> None:
    assert lifecycle.shown(world.place()) == "unknown"
    lock = world.ask(Lock())
    assert lifecycle.shown(world.place()) == "lock pending"
    world.send(lock)
    world.ack(lock, T.APPLIED)
    assert lifecycle.shown(world.place()) == "locked"
    world.word(Mode.RESTRICTED, 1)  # unlocked at the kit, without network
    assert lifecycle.shown(world.place()) == "restricted"
    world.word(Mode.LOCKED, 0)  # an older word
    assert lifecycle.shown(world.place()) == "restricted"


def test_an_empty_place_is_open_only_when_something_says_so() -> None:
    assert not lifecycle.is_locked(Place(KitWord(ENTITY, "k1")))


ORDERS: list[AnyOrder] = [Lock(), Unlock(), SetPolicy(1), SetPolicy(2), Notify("a"), SupportBundle(), Restrict(())]
SAID = sorted(FINAL | {T.RECEIVED}, key=lambda state: state.value)


class Orders(RuleBasedStateMachine):
    """Orders, approvals, sends and acknowledgements in any order; the model is what each command was last seen as."""

    source: ClassVar[sqlite3.Connection]

    def __init__(self) -> None:
        super().__init__()
        self.world = World.fresh(self.source)
        self.seen: dict[str, TargetState] = {}
        self.numbers: dict[str, int] = {}  # of those that left

    def teardown(self) -> None:
        self.world.connection.close()

    def any_of(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(sorted(self.world.asked)))

    @rule(order=st.sampled_from(ORDERS), needs=st.integers(0, 1), life_s=st.sampled_from([0, 50]))
    def ask(self, order: AnyOrder, needs: int, life_s: int) -> None:
        try:
            self.world.ask(order, needs=needs, expires=self.world.now_s + life_s if life_s else 0)
        except Invalid as exc:
            assert exc.reason == "command.pending"

    @precondition(lambda self: self.world.asked)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        try:
            self.world.ask(Cancel(self.any_of(data)))
        except Invalid as exc:
            assert exc.reason == "command.pending"

    @precondition(lambda self: self.world.asked)
    @rule(data=st.data())
    def approve(self, data: st.DataObject) -> None:
        try:
            self.world.approve(self.any_of(data))
        except Invalid as exc:
            assert exc.reason == "approval.late"

    @precondition(lambda self: self.world.going())
    @rule(data=st.data())
    def send(self, data: st.DataObject) -> None:
        going = self.world.going()  # in order: of those that never left, the first one
        never_left = [it for it in going if it.target.state is T.QUEUED]
        chosen = data.draw(st.sampled_from([it for it in going if it not in never_left[1:]])).asked.command
        self.world.send(chosen)
        self.numbers[chosen] = self.world.target(chosen).seq

    @precondition(lambda self: self.world.asked)
    @rule(data=st.data(), state=st.sampled_from(SAID))
    def acknowledge(self, data: st.DataObject, state: TargetState) -> None:
        command = self.any_of(data)
        before = self.world.target(command).state
        booking = self.world.ack(command, state)
        after = self.world.target(command).state
        assert (booking is Booking.CHANGED) == (before is not after)
        assert booking is not Booking.UNKNOWN or before in UNSENT

    @rule(seconds=st.integers(1, 100))
    def wait(self, seconds: int) -> None:
        self.world.now_s += seconds
        self.world.sweep()

    @invariant()
    def states_only_go_forwards(self) -> None:
        reachable = {state: {state} for state in TargetState}
        for _ in TargetState:
            for state, more in reachable.items():
                reachable[state] = more | {far for near in more for far in NEXT[near]}
        for command in self.world.asked:
            now = self.world.target(command).state
            assert now in reachable[self.seen.get(command, T.ASKED)]
            self.seen[command] = now

    @invariant()
    def a_number_that_left_is_never_changed_and_none_is_given_twice(self) -> None:
        pending = [it.target for it in self.world.place().pending if it.target.seq]
        assert len({it.seq for it in pending}) == len(pending)
        for command, number in self.numbers.items():
            assert self.world.target(command).seq == number

    @invariant()
    def what_never_left_stands_behind_all_that_did(self) -> None:
        waiting = [it.target.seq for it in self.world.place().pending if it.target.state is T.QUEUED]
        left = [it.target.seq for it in self.world.place().pending if it.target.state in AT_KIT]
        assert not waiting or not left or min(waiting) > max(left)

    @invariant()
    def something_may_go_whenever_anything_waits(self) -> None:
        queued = [it for it in self.world.place().pending if it.target.seq]
        assert bool(self.world.going()) == bool(queued)

    @invariant()
    def the_trail_tells_of_every_end_once(self) -> None:
        trail = self.world.trail()
        assert first_break(trail) is None
        ends = [row for row in trail if row.what.removeprefix("order.") in {state.value for state in FINAL}]
        assert len(ends) == sum(self.world.target(it).state in FINAL for it in self.world.asked)


def test_orders_by_chance_keep_every_promise(source: sqlite3.Connection) -> None:
    Orders.source = source
    machine = Orders.TestCase
    machine.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
    machine().runTest()
