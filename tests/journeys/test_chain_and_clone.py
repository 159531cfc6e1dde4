"""Two machines with one kit's keys, a store taken back to an older day, and an outbox that somebody changed on the disk.

Each journey has a world of its own, because a kit that is suspended is of no use to the next.
"""

from __future__ import annotations

import asyncio
import secrets
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from journey import Journey
from kit_hand import KitHand, kit_hand, new_id

from padkit_agent.config import load_settings
from padkit_agent.store import KitStore, OutboxRow, Vault
from padkit_agent.store.vault import binding_of, look
from padkit_central.store import read_books
from padkit_contract.chain import link_of
from padkit_contract.commands import Standing
from padkit_contract.contact import CONTACT, ChainHead, Contact, trait_mark
from padkit_contract.crypto import choose_suite
from padkit_contract.messages import CASE, Case, Outcome, encode
from padkit_sim.demo import files
from padkit_sim.demo.world import KIT

AT = "2026-11-22T08:00:00Z"
STORE = "kit.db"


@pytest_asyncio.fixture(loop_scope="session")
async def lone(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Journey]:
    """A world that no other journey sees."""
    made = Journey(tmp_path_factory.mktemp("l"))
    async with made.world:
        yield made


def silent(_event: str, /, **_fields: object) -> None:
    """Log nothing."""


def vault_of(journey: Journey) -> Vault:
    """Open the kit's data key, as somebody with root on the kit's own machine may."""
    keys = load_settings(journey.folder / files.AGENT).keys
    machine = journey.world.children["kit"].ready["env"]
    suite = choose_suite(allow_pure=True, log=silent)
    return look(keys.data_key, binding_of(keys, suite, machine, secrets.token_bytes), secrets.token_bytes)


def named(journey: Journey, *rules: str) -> list[str]:
    """Return the cases that central opened by `rules`, by id."""
    return [it.id for it in read_books(journey.folder / "central.db").cases if it.reason in rules]


def row_of(database: Path, question: str, *values: object) -> Any:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return connection.execute(question, values).fetchone()


async def until(seen: Callable[[], Any]) -> None:
    """Wait for what another process does; nothing wakes us."""
    async with asyncio.timeout(60):
        while not await asyncio.to_thread(seen):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


def state_of(journey: Journey) -> str:
    row = row_of(journey.folder / "central.db", "select state from kit where kit=?", KIT)
    return str(row[0]) if row else ""


def said_by(machine: str, *, later_s: float = 0.0) -> bytes:
    """Return a contact as the machine `machine` would make it."""
    marks = tuple(trait_mark(KIT, "disk", f"{machine}-{number}") for number in range(4))
    at = (datetime.now(UTC) + timedelta(seconds=later_s)).isoformat()
    return encode(Contact("1.0", at, machine, marks, ChainHead(0, ""), Standing(), has_escrow=False))


async def shut_out(hand: KitHand) -> bool:
    status, body = await hand.post(hand.sealed(CONTACT, said_by("any")))
    return status == 403 and b"identity.suspended" in body


async def test_a_second_machine_with_the_kit_s_keys_is_refused_and_named(lone: Journey) -> None:
    pinned = "select 1 from kit where kit=? and traits<>'' and escrow<>''"
    await until(lambda: row_of(lone.folder / "central.db", pinned, KIT))
    async with kit_hand(lone) as clone:
        reply = await clone.ask(CONTACT, said_by("other", later_s=5))
        assert (reply.outcome, reply.code, reply.fields) == (Outcome.REFUSED, "clone.hardware", {})
        assert await shut_out(clone)
    assert named(lone, "clone.hardware") == ["clone.hardware"]


async def test_a_store_taken_back_to_an_older_day_is_a_fork(lone: Journey) -> None:
    await lone.world.agent("POST", "/v1/day-end")
    await lone.stop_agent()
    older = lone.folder / "older"
    older.mkdir()
    for file in lone.folder.glob(f"{STORE}*"):
        shutil.copy(file, older / file.name)
    await lone.world.start_agent()
    await lone.world.agent("POST", "/v1/day-end")
    await lone.settled()
    await lone.stop_agent()
    for file in lone.folder.glob(f"{STORE}*"):
        file.unlink()
    for file in older.iterdir():
        shutil.copy(file, lone.folder / file.name)
    await lone.world.start_agent()
    ending = asyncio.create_task(lone.world.agent("POST", "/v1/day-end"))
    await until(lambda: state_of(lone) == "suspended")
    assert "chain.fork" in str((await ending)["refused"])
    top = row_of(lone.folder / "central.db", "select max(seq) from chain where kit=? and how='record'", KIT)[0]
    assert {int(it.split(":")[1]) for it in named(lone, "chain.fork")} & {top - 1, top}
    async with kit_hand(lone) as hand:
        assert await shut_out(hand)


async def written_offline(journey: Journey, count: int) -> list[int]:
    """Stop central and agent and let the kit's store hold records that wait; return their places."""
    await journey.settled()
    await journey.world.children.pop("central").stop()
    await journey.stop_agent()
    store = KitStore.open(journey.folder / STORE, vault_of(journey), max_mb=64)
    first = (await store.head()).seq + 1
    for number in range(count):
        body = encode(Case(f"offline-{number}", "F", "test", AT))
        await store.queue(OutboxRow(new_id(), CASE, "", 1, needs_c3=False, at=AT, body=body))
    store.close()
    return list(range(first, first + count))


def forged(journey: Journey, connection: sqlite3.Connection, seq: int, number: str, *, envelope: str = "") -> None:
    """Write another record at a place, with all that an attacker with the vault's key can make fit."""
    old, previous = connection.execute("SELECT envelope, previous FROM outbox WHERE seq = ?", (seq,)).fetchone()
    body, name = encode(Case(f"forged-{number}", "F", "forged", AT)), envelope or old
    sealed = vault_of(journey).seal(body, f"outbox:{name}")
    connection.execute(
        "UPDATE outbox SET envelope = ?, sealed = ?, link = ? WHERE seq = ?",
        (name, sealed, link_of(previous, seq, name, CASE, body), seq),
    )


def replace(journey: Journey, connection: sqlite3.Connection, places: list[int]) -> None:
    forged(journey, connection, places[1], "1")


def drop(_: Journey, connection: sqlite3.Connection, places: list[int]) -> None:
    connection.execute("DELETE FROM outbox WHERE seq = ?", (places[1],))


def swap(journey: Journey, connection: sqlite3.Connection, places: list[int]) -> None:
    names = [connection.execute("SELECT envelope FROM outbox WHERE seq = ?", (it,)).fetchone()[0] for it in places[1:3]]
    forged(journey, connection, places[1], "a", envelope=new_id())
    forged(journey, connection, places[2], "1", envelope=names[0])
    forged(journey, connection, places[1], "2", envelope=names[1])


def scribble(_: Journey, connection: sqlite3.Connection, places: list[int]) -> None:
    connection.execute("UPDATE outbox SET business = 'evidence.package' WHERE seq = ?", (places[1],))


@pytest.mark.parametrize(
    ("tamper", "rules"),
    [
        (replace, {"chain.broken"}),
        (drop, {"chain.gap"}),
        (swap, {"chain.broken"}),
        (scribble, {"chain.damaged"}),
    ],
)
async def test_an_outbox_changed_on_the_kit_s_disk_is_named_at_central(
    lone: Journey,
    monkeypatch: pytest.MonkeyPatch,
    tamper: Callable[[Journey, sqlite3.Connection, list[int]], None],
    rules: set[str],
) -> None:
    write = files.write_central_settings

    def impatient(folder: Path, *words: str) -> None:
        write(folder, *words)
        with (folder / files.CENTRAL).open("a") as settings:
            settings.write("\n[chain]\ngap_hours = 0.000001\n")

    monkeypatch.setattr(files, "write_central_settings", impatient)
    places = await written_offline(lone, 4)
    with closing(sqlite3.connect(lone.folder / STORE)) as connection:
        tamper(lone, connection, places)
        connection.commit()
    await lone.world.start_central()
    await lone.world.start_agent()
    await lone.settled()
    await lone.restart_central()  # it looks for holes when it starts
    await until(lambda: named(lone, *rules))
    for rule in rules:
        assert any(it.split(":")[1] in {str(place) for place in places} for it in named(lone, rule))
