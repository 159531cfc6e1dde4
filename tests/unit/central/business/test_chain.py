"""The rules of the chain on the real tables: honest kits in any order, and attackers with the kit's own key."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from padkit_central.business.chain import fits, is_record, link_in, outside, stated
from padkit_central.store.chain_records import Alarm, Gap, How, Link
from padkit_central.store.migrate import upgrade
from padkit_central.store.sqlite import chain as table
from padkit_contract.chain import START, link_of
from padkit_contract.context import Context
from padkit_contract.messages import CASE, KIT_PACK

KIT = ("bank", "KIT-1")
AT, LATER = "2026-11-22T08:00:00Z", "2026-11-22T09:00:00Z"


def record(seq: int, previous: str, body: str = "body", envelope: str = "") -> Link:
    envelope = envelope or f"e{seq}"
    return Link(seq, envelope, previous, link_of(previous, seq, envelope, CASE, body.encode()))


def honest(count: int, *, loose: int = 0) -> list[Link]:
    """Return a kit's records; the first `loose` are of before it had a chain."""
    links, previous = [record(seq, "") for seq in range(1, loose + 1)], START
    for seq in range(loose + 1, loose + count + 1):
        links.append(record(seq, previous))
        previous = links[-1].link
    return links


def head_of(link: Link) -> Link:
    return Link(link.seq, "", "", link.link, How.STATED)


@dataclass
class Book:
    """Central's tables in memory."""

    connection: sqlite3.Connection
    ids: Iterator[str]

    def take(self, *links: Link) -> list[Alarm]:
        alarms = []
        for link in links:
            rule = stated if link.how is How.STATED else fits
            ids = (next(self.ids), next(self.ids))
            alarms.append(table.book(self.connection, *KIT, link, rule, ids, AT))
        return [it for it in alarms if it is not None]

    def gaps(self) -> list[Gap]:
        return table.gaps(self.connection, LATER)

    def state(self) -> str:
        row = self.connection.execute("select state from kit").fetchone()
        return str(row[0]) if row else ""

    def cases(self) -> list[str]:
        return [row[0] for row in self.connection.execute("select case_id from open_case order by id")]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("chain") / "central.db"
    upgrade(path)
    return path


def opened(tables: Path) -> Book:
    source = sqlite3.connect(tables)
    memory = sqlite3.connect(":memory:")
    source.backup(memory)
    source.close()
    memory.row_factory = sqlite3.Row
    return Book(memory, (f"{number:036}" for number in itertools.count(1)))


@pytest.fixture
def book(tables: Path) -> Iterator[Book]:
    book = opened(tables)
    yield book
    book.connection.close()


ANY = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)


@ANY
@given(st.data(), st.integers(1, 8), st.integers(0, 3))
def test_an_honest_kit_is_never_named_in_whatever_order_its_records_come(
    tables: Path, data: st.DataObject, count: int, loose: int
) -> None:
    links = honest(count, loose=loose)
    heads = data.draw(st.lists(st.sampled_from(links[loose:]), max_size=3))
    voids = [replace(it, how=How.VOID) for it in data.draw(st.lists(st.sampled_from(links[loose:]), max_size=2))]
    repeats = data.draw(st.lists(st.sampled_from(links), max_size=4))
    book = opened(tables)
    assert book.take(*data.draw(st.permutations([*links, *map(head_of, heads), *voids, *repeats]))) == []
    assert book.gaps() == []
    assert book.take(*links) == []
    assert (book.cases(), book.state()) == ([], "")
    book.connection.close()


Attack = list[Link]


def replaced(links: Sequence[Link], at: int) -> Attack:
    """Another body, with the link that belongs to it."""
    it = links[at]
    return [*links[:at], record(it.seq, it.previous, "forged", it.envelope), *links[at + 1 :]]


def replaced_by_another(links: Sequence[Link], at: int) -> Attack:
    it = links[at]
    return [*links[:at], record(it.seq, it.previous, "forged", "e-forged"), *links[at + 1 :]]


def doubled(links: Sequence[Link], at: int) -> Attack:
    """The true one and another at its place: two machines."""
    it = links[at]
    return [*links, record(it.seq, it.previous, "other", "e-other")]


def dropped(links: Sequence[Link], at: int) -> Attack:
    return [*links[:at], *links[at + 1 :]]


def dropped_and_closed(links: Sequence[Link], at: int) -> Attack:
    """One less, and what stands behind it linked anew: the history is rewritten, but the head was stated before."""
    kept, previous = list(links[:at]), links[at].previous
    for it in links[at + 1 :]:
        kept.append(record(it.seq - 1, previous, envelope=it.envelope))
        previous = kept[-1].link
    return kept


def swapped(links: Sequence[Link], at: int) -> Attack:
    """Two records change places, each linked to where it stands now."""
    other = (at + 1) % len(links)
    first, second = links[at], links[other]
    moved = {at: record(first.seq, first.previous, "body", second.envelope)}
    moved[other] = record(second.seq, second.previous, "body", first.envelope)
    return [moved.get(place, it) for place, it in enumerate(links)]


def moved(links: Sequence[Link], at: int) -> Attack:
    """One record once more, at a place behind the others."""
    return [*links, record(len(links) + 1, links[-1].link, "body", links[at].envelope)]


def inserted(links: Sequence[Link], at: int) -> Attack:
    """One more in between, at a place of its own far behind."""
    return [*links, record(len(links) + 5, links[at].link, "invented", "e-invented")]


def unchained(links: Sequence[Link], at: int) -> Attack:
    """A record that claims to be of before the chain."""
    return [*links[:at], record(links[at].seq, "", "forged", "e-forged"), *links[at + 1 :]]


def begun_anew(links: Sequence[Link], at: int) -> Attack:
    return [*links, record(links[at].seq + len(links), START, "forged", "e-forged")]


ATTACKS = [
    replaced,
    replaced_by_another,
    doubled,
    dropped,
    dropped_and_closed,
    swapped,
    moved,
    inserted,
    unchained,
    begun_anew,
]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda it: it.__name__)
@ANY
@given(data=st.data(), count=st.integers(2, 8))
def test_an_attacker_with_the_kit_s_key_is_found_and_named(
    tables: Path, attack: object, data: st.DataObject, count: int
) -> None:
    assert callable(attack)
    links = honest(count)
    at = data.draw(st.integers(0, count - 1))
    arrivals = data.draw(st.permutations([*attack(links, at), head_of(links[-1])]))
    book = opened(tables)
    alarms, gaps = book.take(*arrivals), book.gaps()
    assert alarms or gaps
    assert all(alarm.case_id in book.cases() for alarm in alarms)
    assert all(1 <= alarm.seq <= 2 * count + 4 and alarm.detail for alarm in alarms)
    forks = any(alarm.code == "chain.fork" for alarm in alarms)
    assert (book.state() == "suspended") == forks
    book.connection.close()


def test_a_dropped_record_is_named_by_its_number(book: Book) -> None:
    links = honest(5)
    book.take(links[0], links[3], head_of(links[4]))
    assert [(gap.first, gap.last, gap.since) for gap in book.gaps()] == [(2, 3, AT), (5, 5, AT)]
    assert table.gaps(book.connection, AT) == []
    book.take(*links)
    assert book.gaps() == []


def test_a_void_place_is_no_hole_and_its_record_may_still_come(book: Book) -> None:
    links = honest(3)
    assert book.take(links[0], replace(links[1], how=How.VOID), links[2]) == []
    assert book.gaps() == []
    assert book.take(links[1]) == []
    assert [it.how for it in table.links(book.connection, *KIT)] == [How.RECORD] * 3


def test_a_void_that_names_other_links_is_found(book: Book) -> None:
    links = honest(3)
    book.take(links[0], links[2])
    (alarm,) = book.take(replace(links[1], link="f" * 64, how=How.VOID))
    assert alarm.code == "chain.broken"


def test_a_fork_names_both_and_suspends_the_kit(book: Book) -> None:
    links = honest(2)
    (alarm,) = book.take(*links, record(2, links[0].link, "other", "e-other"))
    assert (alarm.code, alarm.case_id) == ("chain.fork", "chain.fork:2:e-other")
    assert "record 2 (envelope e2)" in str(alarm)
    assert book.state() == "suspended"


def test_a_revoked_kit_stays_revoked_whatever_it_sends(book: Book) -> None:
    book.connection.execute("insert into kit(id,entity,kit,state) values('1','bank','KIT-1','revoked')")
    links = honest(2)
    book.take(*links, record(2, links[0].link, "other", "e-other"))
    assert book.state() == "revoked"


def test_a_record_without_a_place_is_refused_and_a_question_is_not() -> None:
    context = Context(2, "bank", "KIT-1", "e1", 0, CASE, 1, "key", "central", 0)
    alarm = outside(context)
    assert alarm is not None
    assert (alarm.code, alarm.case_id) == ("chain.outside", "chain.outside:e1")
    assert outside(msgspec.structs.replace(context, business=KIT_PACK)) is None
    assert not is_record(KIT_PACK)


def test_a_link_is_computed_from_what_was_opened() -> None:
    context = Context(2, "bank", "KIT-1", "e1", 1, CASE, 1, "key", "central", 0, START)
    assert link_in(context, b"body") == record(1, START)


def enrol(book: Book) -> None:
    book.connection.execute("insert into kit(id,entity,kit,enrolled_at) values('1','bank','KIT-1',?)", (LATER,))


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_a_kit_enrolled_anew_may_begin_another_chain(book: Book, order: tuple[int, ...]) -> None:
    book.take(*honest(5))
    enrol(book)
    again, previous = [], START
    for seq in range(1, 4):
        again.append(record(seq, previous, envelope=f"new-{seq}"))
        previous = again[-1].link
    for place in order:
        ids = (next(book.ids), next(book.ids))
        assert table.book(book.connection, *KIT, again[place], fits, ids, LATER + "1") is None
    assert book.gaps() == []
    assert table.links(book.connection, *KIT) == again
    assert len(table.links(book.connection, "bank", "KIT-1#1")) == 5
    assert table.envelopes_of_others(book.connection, *KIT) == {f"e{seq}" for seq in range(1, 6)}
    assert [it.code for it in book.take(record(1, START, "other", "e-other"))] == ["chain.fork"]


def test_a_kit_enrolled_anew_may_go_on_with_its_chain(book: Book) -> None:
    links = honest(5)
    book.take(*links[:3])
    enrol(book)
    assert book.take(*links[3:]) == []
    assert table.links(book.connection, *KIT) == links
