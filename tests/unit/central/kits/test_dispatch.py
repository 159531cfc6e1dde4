"""Commands on their way: over a real WebSocket with real TLS, to a kit of forty lines."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import AsyncExitStack, closing
from typing import Any

import aiohttp
import msgspec
import pytest
from ordered_kit import OrderedKit, kinds

from padkit_central.store import KitState
from padkit_contract.commands import Lock, Mode, Notify, Progress, Reauthenticate, SetPolicy, Unlock, Wipe


async def test_an_order_reaches_a_connected_kit_at_once_and_its_word_ends_it(central: Any, office: Any) -> None:
    async with central.kit() as speaker, OrderedKit(speaker) as kit:
        lock = await office.order(Lock())
        command = await kit.next()
        assert (command.id, command.seq, command.asked_by, command.reason) == (lock.command, 1, "ann", "a test")
        assert await office.state(lock.command) == "sent"
        await kit.say(command, Progress.RECEIVED)
        assert await office.state(lock.command) == "received"
        await kit.apply(command)
        assert await office.state(lock.command) == "applied"


async def test_a_kit_that_was_away_gets_what_waits_in_order(central: Any, office: Any) -> None:
    await office.order(Notify("one"))
    await office.order(Reauthenticate())
    await office.order(SetPolicy(3))
    async with central.kit() as speaker, OrderedKit(speaker) as kit:
        for _ in range(3):
            await kit.apply(await kit.next())
        assert kinds(kit.taken) == ["notify", "reauthenticate", "set_policy"]
        assert [it.seq for it in kit.taken] == [1, 2, 3]


async def test_what_a_kit_took_and_did_not_acknowledge_comes_again_over_a_new_connection(
    central: Any, office: Any
) -> None:
    view = await office.order(Notify("one"))
    async with central.kit() as speaker:
        async with OrderedKit(speaker) as kit:
            first = await kit.next()
        async with OrderedKit(speaker) as kit:
            assert await kit.next() == first
            await kit.apply(first)
    assert (await office.look(view.command)).kits[0].tries == 2


async def test_a_kit_behind_a_wall_asks_and_gets_one_at_a_time(central: Any, office: Any) -> None:
    await office.order(Notify("one"))
    await office.order(Reauthenticate())
    async with central.kit() as speaker:
        kit = OrderedKit(speaker)
        first = await kit.poll()
        assert first is not None
        assert await kit.poll() is None  # the first has no end yet, and its time to be sent again has not come
        central.clock.go(11)
        assert await kit.poll() == first
        await kit.apply(first)
        second = await kit.poll()
        assert second is not None
        await kit.apply(second)
        assert await kit.poll() is None
        assert kinds(kit.taken) == ["notify", "notify", "reauthenticate"]


async def test_a_lock_goes_past_what_waits(central: Any, office: Any) -> None:
    async with central.kit() as speaker, OrderedKit(speaker) as kit:
        await office.order(Notify("one"))
        await kit.next()
        await office.order(Reauthenticate())
        await office.order(Lock())
        assert kinds([await kit.next()]) == ["lock"]


async def test_an_unlock_follows_a_lock_that_left_and_both_end_by_the_kits_word(central: Any, office: Any) -> None:
    async with central.kit() as speaker, OrderedKit(speaker) as kit:
        lock = await office.order(Lock())
        first = await kit.next()
        unlock = await office.order(Unlock(), by="bob")
        second = await kit.next()
        await kit.say(first, Progress.SUPERSEDED)
        await kit.apply(second)
    assert [await office.state(it.command) for it in (lock, unlock)] == ["superseded", "applied"]


async def test_a_cancel_of_what_left_goes_to_the_kit(central: Any, office: Any) -> None:
    async with central.kit() as speaker, OrderedKit(speaker) as kit:
        note = await office.order(Notify("one"))
        await kit.next()
        cancel = await office.cancel(note.command)
        told = await kit.next()
        assert (told.id, told.order.command) == (cancel.command, note.command)
        await kit.say(told, Progress.APPLIED)
        assert [await office.state(it.command) for it in (note, cancel)] == ["cancelled", "applied"]


async def test_a_wipe_comes_behind_its_lock_and_after_a_second_person(central: Any, office: Any) -> None:
    async with central.kit() as speaker, OrderedKit(speaker) as kit:
        await office.order(Lock())
        wipe = await office.order(Wipe())
        assert (wipe.needs, wipe.waits_for, wipe.kits[0].state) == (1, 1, "asked")
        await kit.apply(await kit.next())
        await office.approve(wipe)
        told = await kit.next()
        assert (told.approved_by, told.asked_by) == (("bob",), "ann")
        await kit.apply(told)
        assert await office.state(wipe.command) == "applied"


async def test_a_wipe_whose_lock_failed_does_not_leave(central: Any, office: Any) -> None:
    async with central.kit() as speaker, OrderedKit(speaker) as kit:
        await office.order(Lock())
        wipe = await office.order(Wipe())
        await office.approve(wipe)
        await kit.say(await kit.next(), Progress.FAILED, mode=Mode.OPEN)
        note = await office.order(Notify("afterwards"))
        assert (await kit.next()).id == note.command
        assert await office.state(wipe.command) == "refused"


async def test_a_newer_connection_ends_the_older(central: Any, office: Any) -> None:
    async with central.kit() as speaker, OrderedKit(speaker) as old, OrderedKit(speaker) as new:
        assert await old.closed() == "connection.replaced"
        await office.order(Notify("one"))
        assert kinds([await new.next()]) == ["notify"]


async def test_a_kit_that_takes_nothing_holds_up_no_other(central: Any, office: Any) -> None:
    async with central.kit() as one, central.kit("kit-2") as two, OrderedKit(one), OrderedKit(two) as quick:
        await asyncio.gather(*(office.order(Notify("x" * 500), name) for name in ("kit-1", "kit-2")))
        command = await quick.next()
        await quick.apply(command)
        assert await office.state(command.id, "kit-2") == "applied"


async def test_rows_of_another_process_are_found_by_the_sweep(start: Any, office_of: Any, config: Any) -> None:
    """The other service has the row and no connection; this one has the connection and no hint."""
    swift = msgspec.structs.replace(config.commands, sweep_s=0.05)
    async with start(commands=swift) as here, here.kit() as speaker, OrderedKit(speaker) as kit:
        elsewhere = msgspec.structs.replace(config.admin, socket=str(config.database.with_name("other.sock")))
        async with start(admin=elsewhere) as there, office_of(there) as office:
            await office.order(Notify("from elsewhere"))
            assert kinds([await kit.next()]) == ["notify"]


async def test_a_service_without_a_command_key_says_so_and_keeps_the_row(
    start: Any, office_of: Any, parties: Any, tmp_path: Any
) -> None:
    folder = tmp_path / "keyless"
    shutil.copytree(parties / "central", folder)
    for name in ("command.crt.pem", "command.key.pem"):
        (folder / name).unlink()
    async with start(party=folder) as central, office_of(central) as office, central.kit() as speaker:
        view = await office.order(Notify("one"))
        assert await OrderedKit(speaker).poll() is None
        (target,) = (await office.look(view.command)).kits
        assert (target.state, target.detail) == ("queued", "command.key")


async def test_a_kit_that_is_revoked_loses_its_connection(start: Any, office_of: Any, config: Any, store: Any) -> None:
    swift = msgspec.structs.replace(config.commands, sweep_s=0.05)
    async with start(commands=swift) as central, central.kit() as speaker, OrderedKit(speaker) as kit:
        await store.identities.set_state("demo", "kit-1", KitState.REVOKED, "stolen", "ann")
        assert await kit.closed() == "identity.revoked"
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await OrderedKit(speaker).__aenter__()


async def test_every_connection_ends_when_the_service_does(start: Any) -> None:
    async with AsyncExitStack() as kits:
        async with start() as central:
            speaker = await kits.enter_async_context(central.kit())
            kit = await OrderedKit(speaker).__aenter__()
            closing = asyncio.create_task(kit.closed())
        assert await closing == "central.stopping"


async def test_what_was_put_off_is_not_overtaken_by_what_stands_behind_it(central: Any, office: Any) -> None:
    async with central.kit() as speaker:
        kit = OrderedKit(speaker)
        unlock = await office.order(Unlock())
        sent = await kit.poll()
        await office.cancel(unlock.command)
        lock = await office.order(Lock())
        with closing(sqlite3.connect(central.config.database)) as books, books:  # as after a seal that failed
            books.execute("update target set next_try_at='2100-01-01T00:00:00Z' where command=?", (lock.command,))
        assert await kit.poll() is None
        with closing(sqlite3.connect(central.config.database)) as books, books:
            books.execute("update target set next_try_at='' where command=?", (lock.command,))
        assert kinds([await kit.poll(), await kit.poll()]) == ["lock", "cancel"]
        assert sent is not None
