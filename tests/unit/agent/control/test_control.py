"""Orders come in, are on disk, are in force, and are answered; frames that are none are dropped and named."""

from __future__ import annotations

import asyncio
import sqlite3

import msgspec
import pytest

from padkit_agent.core.gate import Gate
from padkit_contract.commands import (
    SUPPORT,
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
from padkit_sdk.errors import Refused

from ..store.rows import message, step
from .government import KEY, Government, frame


async def progress(kit: Government) -> list[tuple[str, str]]:
    return [(it.command, it.progress.value) for it in await kit.acks()]


async def test_nothing_is_open_before_the_record_was_read(kit: Government) -> None:
    assert Gate().locked
    assert not kit.gate.locked


async def test_a_lock_is_in_force_when_it_is_acknowledged(kit: Government) -> None:
    await kit.send(Lock(), 1)
    assert kit.gate.standing.mode is Mode.LOCKED
    (ack,) = await kit.acks()
    assert (ack.command, ack.seq, ack.progress, ack.standing) == ("c-1", 1, Progress.APPLIED, kit.gate.standing)
    assert ("standing", "locked c-1") in kit.told


async def test_a_lock_survives_a_restart(kit: Government) -> None:
    await kit.send(Lock(), 1)
    await kit.restart()
    assert (kit.gate.standing.mode, kit.gate.standing.cause) == (Mode.LOCKED, "c-1")


async def test_a_record_that_was_removed_means_locked(kit: Government) -> None:
    kit.store.close()
    connection = sqlite3.connect(kit.path, isolation_level=None)
    connection.execute("DELETE FROM fact WHERE name = 'standing'")
    connection.close()
    kit.open()
    await kit.control.load()
    assert kit.gate.standing.cause == "lost"
    await kit.restart()
    assert kit.gate.standing.cause == "lost"
    await kit.send(Unlock(), 1)
    assert kit.gate.standing.mode is Mode.OPEN


async def test_removing_the_record_gives_no_tries_back_and_no_number(kit: Government) -> None:
    await kit.send(Lock(), 5)
    await kit.store.put_fact("escrow", KEY)
    kit.store.close()
    connection = sqlite3.connect(kit.path, isolation_level=None)
    connection.execute("DELETE FROM fact WHERE name = 'standing'")
    connection.close()
    kit.open()
    await kit.control.load()
    with pytest.raises(Refused, match="wait 60 s"):
        await kit.people.challenge()
    await kit.send(Unlock(), 4)
    assert (kit.gate.standing.cause, (await progress(kit))[-1]) == ("lost", ("c-4", "refused"))
    kit.now_s += 61
    await kit.people.challenge()
    await kit.send(Unlock(), 6)
    assert not kit.gate.locked


async def test_a_command_that_comes_twice_is_applied_once_and_answered_the_same(kit: Government) -> None:
    await kit.send(Notify("one"), 1)
    await kit.send(Notify("one"), 1)
    assert len(await kit.acks()) == 1  # it is still on its way
    (row,) = await kit.store.due(10)
    await kit.store.mark(row.envelope, "done", b"{}")
    await kit.send(Lock(), 2)
    await kit.send(Notify("one"), 1)
    first = (await kit.acks())[-1]
    assert (first.command, first.progress, first.standing.mode) == ("c-1", Progress.APPLIED, Mode.OPEN)


async def test_an_older_number_is_refused_and_changes_nothing(kit: Government) -> None:
    await kit.send(Lock(), 5)
    await kit.send(Notify("old"), 4)
    await kit.send(Unlock(), 3)
    await kit.send(StopCardBox(), 5, id="another")
    assert [(it.command, it.progress, it.code) for it in await kit.acks()][1:] == [
        ("c-4", Progress.REFUSED, "command.sequence"),
        ("c-3", Progress.SUPERSEDED, "command.superseded"),
        ("another", Progress.REFUSED, "command.sequence"),
    ]
    assert (kit.gate.standing.mode, kit.gate.standing.box_stopped) == (Mode.LOCKED, False)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [({"kit": "KIT-2"}, "command.kit"), ({"entity": "other"}, "command.kit"), ({"id": ""}, "command.form")],
)
async def test_a_command_for_somebody_else_is_dropped(kit: Government, changed: dict[str, str], reason: str) -> None:
    await kit.send(Lock(), 1, **changed)
    assert (kit.dropped(), await kit.acks()) == ([reason], [])
    assert kit.gate.standing.mode is Mode.OPEN


async def test_a_number_that_is_not_the_envelopes_is_dropped(kit: Government) -> None:
    command = await kit.send(Notify("x"), 1)
    await kit.control.take(frame(command).replace(b"sealed 1 ", b"sealed 2 "))
    assert kit.dropped() == ["command.kit"]


@pytest.mark.parametrize(
    "garbage", [b"", b"\x30\x80", b"sealed 1 {}", b"sealed 1 nonsense", b"sealed 1 " + b"[" * 5000]
)
async def test_garbage_is_dropped_and_the_next_command_is_taken(kit: Government, garbage: bytes) -> None:
    await kit.control.take(garbage)
    await kit.send(Lock(), 1)
    assert len(kit.dropped()) == 1
    assert kit.gate.standing.mode is Mode.LOCKED


async def test_an_order_of_a_kind_we_do_not_know_is_refused_by_name(kit: Government) -> None:
    raw = msgspec.json.decode(frame(await kit.send(Notify("x"), 1)).split(b" ", 2)[2])
    strange = {**raw, "id": "c-2", "seq": 2, "order": {"kind": "self_destruct", "in_s": 3}}
    await kit.control.take(b"sealed 2 " + msgspec.json.encode(strange))
    ack = (await kit.acks())[-1]
    assert (ack.progress, ack.code, ack.standing.seq) == (Progress.REFUSED, "command.unknown", 2)


async def test_an_expired_command_is_told_as_such(kit: Government) -> None:
    await kit.send(Lock(), 1, expires=int(kit.now_s) - 1)
    assert await progress(kit) == [("c-1", "expired")]
    assert not kit.gate.locked


async def test_a_command_waits_for_its_time_over_a_restart(kit: Government) -> None:
    await kit.send(Lock(), 1, not_before=int(kit.now_s) + 100)
    await kit.restart()
    await kit.turn()
    assert not kit.gate.locked
    kit.now_s += 101
    await kit.turn()
    assert kit.gate.locked
    assert await progress(kit) == [("c-1", "received"), ("c-1", "applied")]


async def test_a_held_command_is_cancelled(kit: Government) -> None:
    await kit.send(Lock(), 1, not_before=int(kit.now_s) + 100)
    await kit.send(Cancel("c-1"), 2)
    kit.now_s += 101
    await kit.turn()
    assert not kit.gate.locked
    assert await progress(kit) == [("c-1", "received"), ("c-1", "cancelled"), ("c-2", "applied")]


async def test_the_cancel_of_what_ended_is_refused(kit: Government) -> None:
    await kit.send(Lock(), 1)
    await kit.send(Cancel("c-1"), 2)
    assert (await kit.acks())[-1].code == "cancel.late"
    assert kit.gate.locked


async def test_a_notice_is_told_and_kept(kit: Government) -> None:
    await kit.send(Notify("back at five"), 1)
    assert ("notice", "back at five") in kit.told
    await kit.restart()
    assert kit.gate.standing.notice == "back at five"


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        (Reauthenticate(), "kit.reauthenticate"),
        (Restrict(("ACC-01",)), "kit.restricted"),
        (StopCardBox(), "box.stopped_by_central"),
    ],
)
async def test_each_rule_of_central_holds_at_the_gate(kit: Government, order: AnyOrder, reason: str) -> None:
    await kit.send(order, 1)
    with pytest.raises(Refused) as refused:
        kit.gate.check_begin("ACC-01")
    assert refused.value.reason == reason


async def test_a_lock_names_what_finishes_and_is_told_again_when_it_is_total(kit: Government) -> None:
    await kit.store.step(step("F1"))
    await kit.send(Lock(), 1)
    assert kit.gate.standing.finishing == ("F1",)
    await kit.turn()
    assert len(await kit.acks()) == 1
    await kit.store.step(step("F1", phase="CANCELLED", ended=True))
    await kit.turn()
    assert kit.gate.standing.finishing == ()
    first, last = await kit.acks()
    assert (first.progress, last.progress) == (Progress.APPLIED, Progress.APPLIED)
    assert (first.standing.finishing, last.standing.finishing) == (("F1",), ())


async def test_a_policy_is_fetched_until_it_is_there(kit: Government) -> None:
    kit.newest = 4
    await kit.send(SetPolicy(5), 1)
    await kit.turn()
    assert await progress(kit) == [("c-1", "received")]
    kit.newest = 5
    await kit.turn()
    await kit.turn()
    assert await progress(kit) == [("c-1", "received"), ("c-1", "applied")]
    assert kit.gate.standing.policy == 5


async def test_a_policy_that_is_there_is_applied_at_once(kit: Government) -> None:
    await kit.send(SetPolicy(3), 1)
    assert await progress(kit) == [("c-1", "applied")]


async def test_a_policy_that_does_not_come_expires(kit: Government) -> None:
    await kit.send(SetPolicy(9), 1, expires=int(kit.now_s) + 5)
    await kit.turn()
    kit.now_s += 6
    await kit.turn()
    assert (await progress(kit))[-1] == ("c-1", "expired")


async def test_a_support_bundle_goes_into_the_outbox_with_its_acknowledgement(kit: Government) -> None:
    await kit.send(SupportBundle(), 1)
    await kit.turn()
    assert (await progress(kit))[-1] == ("c-1", "applied")
    assert [it.body for it in await kit.store.due(10) if it.business == SUPPORT] == [b"sealed bundle"]


async def test_a_bundle_that_cannot_be_made_has_failed(kit: Government) -> None:
    kit.bundle = Refused("support.key", "nobody could open it")
    await kit.send(SupportBundle(), 1)
    await kit.turn()
    ack = (await kit.acks())[-1]
    assert (ack.progress, ack.code) == (Progress.FAILED, "bundle.failed")


async def test_a_wipe_says_what_is_unsent_and_nothing_is_lost(kit: Government) -> None:
    await kit.send(Lock(), 1)
    await kit.store.queue(message("e1"), message("e2", business="evidence.package"))
    await kit.send(Wipe(), 2)
    ack = (await kit.acks())[-1]
    assert (ack.progress, ack.code) == (Progress.REFUSED, "wipe.unsent")
    assert "ACC-01 1, evidence.package 1" in ack.detail
    assert kit.gate.standing.mode is Mode.LOCKED


async def test_a_wipe_is_told_before_the_keys_go(kit: Government) -> None:
    await kit.send(Lock(), 1)
    await kit.send(Wipe(), 2)
    assert (kit.gate.standing.mode, kit.erased) == (Mode.WIPED, [])
    assert (await progress(kit))[-1] == ("c-2", "applied")
    await kit.turn()
    assert len(kit.erased) == 1


async def test_a_wipe_that_was_interrupted_is_finished_after_the_restart(kit: Government) -> None:
    await kit.send(Lock(), 1)
    await kit.send(Wipe(force=True), 2)
    await kit.restart()
    assert kit.gate.standing.mode is Mode.WIPED
    await kit.turn()
    assert len(kit.erased) == 1


async def test_a_wipe_of_an_open_kit_is_refused(kit: Government) -> None:
    await kit.send(Wipe(force=True), 1)
    assert (await kit.acks())[-1].code == "wipe.unlocked"


async def test_the_lease_locks_and_contact_lifts_that_lock(kit: Government) -> None:
    await kit.control.heard(3600)
    kit.now_s += 3599
    await kit.turn()
    assert not kit.gate.locked
    kit.now_s += 2
    await kit.turn()
    assert (kit.gate.standing.mode, kit.gate.standing.cause) == (Mode.LOCKED, "lease")
    await kit.control.heard(3600)
    assert not kit.gate.locked


async def test_the_lease_survives_a_restart_and_counts_the_time_off(kit: Government) -> None:
    await kit.control.heard(3600)
    kit.now_s += 1800
    await kit.turn()
    kit.now_s += 1700
    await kit.restart()
    assert not kit.gate.locked
    kit.boot = "boot-2"
    kit.now_s += 101
    await kit.restart()
    assert kit.gate.standing.cause == "lease"


async def test_a_clock_that_was_set_back_ends_the_lease(kit: Government) -> None:
    await kit.control.heard(3600)
    kit.now_s -= 10
    await kit.restart()
    assert kit.gate.standing.cause == "lease"


async def test_a_wall_clock_that_was_set_back_while_the_machine_was_off_ends_the_lease(kit: Government) -> None:
    """Trusted time does not go back with it, but nobody knows how long the kit was off."""
    await kit.control.heard(3600)
    kit.boot, kit.doubtful = "boot-2", True
    await kit.restart()
    assert kit.gate.standing.cause == "lease"
    await kit.control.heard(3600)
    kit.boot, kit.doubtful = "boot-3", False
    await kit.restart()
    assert not kit.gate.locked


async def test_a_power_cut_gives_back_at_most_a_minute_of_the_lease(kit: Government) -> None:
    await kit.control.heard(3600)
    for _ in range(61):
        kit.now_s += 1
        await kit.turn()
    kit.store.close()
    kit.open()
    await kit.control.load()
    record = await kit.journal.change(lambda it, _: it)
    assert record.lease.left_s <= 3540


async def test_contact_lifts_no_lock_of_central(kit: Government) -> None:
    await kit.send(Lock(), 1)
    await kit.control.heard(3600)
    assert kit.gate.locked


async def test_the_round_ends_when_the_kit_was_wiped(kit: Government) -> None:
    running = asyncio.create_task(kit.control.run())
    await kit.send(Lock(), 1)
    await kit.send(Wipe(), 2)
    kit.control.wake()
    while not kit.erased:  # noqa: ASYNC110 - the kit's own steps are what is waited for
        await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
