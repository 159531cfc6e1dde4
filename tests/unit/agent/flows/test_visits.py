"""The list of a visit: kept sealed over a restart, refused when it cannot be one, gone at its end."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from padkit_agent.flows.visits import LONGEST, MOST, Person, Visits
from padkit_agent.store import KeyVault, KitStore
from padkit_sdk.errors import Refused


@pytest.fixture
def store(tmp_path: Path) -> Iterator[KitStore]:
    opened = KitStore.open(tmp_path / "kit.db", KeyVault(bytes(16), secrets.token_bytes), max_mb=64)
    yield opened
    opened.close()


async def test_a_list_is_kept_sealed_and_marked_and_gone_at_its_end(store: KitStore, tmp_path: Path) -> None:
    visits = Visits(store)
    assert (await visits.view()).people == ()
    begun = await visits.begin((" 测试样甲 ", "测试样乙"))
    assert (begun.people, begun.cards) == ((Person("测试样甲"), Person("测试样乙")), 0)
    await visits.mark(1, flow="F1", left_out=False)
    await visits.mark(2, flow="", left_out=True)
    again = Visits(store)
    assert (await again.view()).people == (Person("测试样甲", "F1"), Person("测试样乙", "", left_out=True))
    kept = b"".join(it.read_bytes() for it in tmp_path.iterdir())
    assert "测试样甲".encode() not in kept
    assert (await again.end()).people[0].flow == "F1"
    assert (await visits.view()).people == ()
    assert (await visits.end()).people == ()


@pytest.mark.parametrize(
    "labels", [(), ("a",) * (MOST + 1), ("a", " "), ("a" * (LONGEST + 1),), ("a\nb",), ("\u202ea",)]
)
async def test_what_is_no_list_is_refused(store: KitStore, labels: tuple[str, ...]) -> None:
    with pytest.raises(Refused) as caught:
        await Visits(store).begin(labels)
    assert caught.value.reason == "visit.people"
    assert (await Visits(store).view()).people == ()


async def test_one_visit_at_a_time_and_only_who_is_on_it(store: KitStore) -> None:
    visits = Visits(store)
    await visits.begin(("a" * LONGEST,))
    with pytest.raises(Refused) as caught:
        await visits.begin(("b",))
    assert caught.value.reason == "visit.open"
    for number in (0, 2, -1):
        with pytest.raises(Refused) as caught:
            await visits.mark(number, flow="F", left_out=False)
        assert caught.value.reason == "visit.person"


def test_a_person_cannot_be_printed() -> None:
    assert "测试样甲" not in repr(Person("测试样甲"))
