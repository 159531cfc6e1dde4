from __future__ import annotations

from dataclasses import replace

import pytest

from padkit_agent.flows.pack import FRESH_S, waivers
from padkit_agent.store import StoreFull
from padkit_contract.messages import CARD_LEDGER, KIT_PACK, CardState, Outcome, Policy, Reply, Waiver
from padkit_sdk.errors import Refused

from .kit import Kit, pack


def policy(*, until: str = "2026-11-22", business: tuple[str, ...] = ("ACC-01",)) -> Policy:
    return Policy("bank", 7, {}, (Waiver("W-9", business, ("face_live",), "no camera", "somebody", until),))


def test_a_waiver_carries_its_id_and_the_policys_version() -> None:
    assert waivers(policy(), "ACC-01", "2026-11-22") == {"face_live": "W-9@7"}


def test_a_waivers_last_day_is_inclusive_and_the_next_is_not() -> None:
    assert waivers(policy(until="2026-11-22"), "ACC-01", "2026-11-22")
    assert waivers(policy(until="2026-11-22"), "ACC-01", "2026-11-23") == {}


def test_a_waiver_holds_for_its_business_only() -> None:
    assert waivers(policy(business=("ACC-03",)), "ACC-01", "2026-11-22") == {}


async def test_a_waiver_expires_with_the_kits_own_day(kit: Kit) -> None:
    kit.courier.pack = pack(version=4, until="2026-11-22")
    assert await kit.packs.refresh(kit.post.ledger)
    assert "face_live" in (await kit.packs.rules(4, "ACC-01")).waivers
    kit.time.now_s += 24 * 3600
    assert (await kit.packs.rules(4, "ACC-01")).waivers == {}


async def test_a_flow_with_an_expired_waiver_is_refused_and_feeds_nothing(kit: Kit) -> None:
    kit.courier.pack = pack(version=4, until="2026-11-21")
    assert await kit.packs.refresh(kit.post.ledger)
    with pytest.raises(
        Refused, match="wants consent_pi, for which this kit has no device, and the policy does not waive it"
    ) as refused:
        await kit.begin()
    assert refused.value.reason == "business.evidence"
    assert "act stage" not in kit.log


async def test_new_cards_of_the_slip_are_booked_once(kit: Kit) -> None:
    assert await kit.packs.refresh(kit.post.ledger)
    assert [it.voucher for it in await kit.store.ledger()] == [f"00000{number}" for number in range(1, 6)]
    assert set(kit.packs.states.values()) == {CardState.LOADED}
    assert [it.business for it in await kit.store.due(10)] == [CARD_LEDGER]


async def test_a_pack_outlives_a_restart(kit: Kit) -> None:
    await kit.restart()
    assert kit.packs.version == 3
    assert kit.packs.current == kit.courier.pack


async def test_older_versions_are_found_again_with_todays_slip(kit: Kit) -> None:
    newer = pack(version=4, until="2026-11-01")
    kit.courier.pack = newer
    assert await kit.packs.refresh(kit.post.ledger)
    await kit.restart()
    old = await kit.packs.at_version(3)
    assert (old.policy.version, old.slip) == (3, newer.slip)
    assert (await kit.packs.rules(3, "ACC-01")).waivers


async def test_a_version_that_is_nowhere_is_refused(kit: Kit) -> None:
    with pytest.raises(Refused, match="policy 99 is not in the store; this flow needs it"):
        await kit.packs.at_version(99)


@pytest.mark.parametrize("answer", [None, Reply(Outcome.INVALID, "kit.unknown")])
async def test_without_an_answer_the_old_pack_stays(kit: Kit, answer: Reply | None) -> None:
    before = kit.packs.current
    kit.courier.answers[KIT_PACK] = [answer]
    assert not await kit.packs.refresh(kit.post.ledger)
    assert kit.packs.current == before


async def test_the_pack_is_asked_for_until_it_came_less_and_less_often(
    idle: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    idle.courier.answers[KIT_PACK] = [None] * 8
    begun_s = idle.time.now_s
    await until_it_came(idle, monkeypatch)
    assert idle.packs.version == 3
    assert idle.time.now_s == begun_s + 2 + 4 + 8 + 16 + 32 + 64 + 64 + 64


async def test_a_newer_pack_is_looked_for_again_and_again(idle: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    begun_s = idle.time.now_s
    await until_it_came(idle, monkeypatch, times=3)
    assert idle.time.now_s == begun_s + 2 * FRESH_S


async def until_it_came(idle: Kit, monkeypatch: pytest.MonkeyPatch, times: int = 1) -> None:
    """Keep the pack fresh until it came so often; then the long pause ends the test."""
    sleep, left = idle.packs._clock.sleep, [None] * times

    async def counted(seconds: float) -> None:
        if seconds == FRESH_S:
            left.pop()
            if not left:
                raise TimeoutError
        await sleep(seconds)

    monkeypatch.setattr(idle.packs, "_clock", replace(idle.packs._clock, sleep=counted))
    with pytest.raises(TimeoutError):
        await idle.packs.keep_fresh(idle.post.ledger)


async def test_a_full_store_does_not_end_the_asking(idle: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    put, failures = idle.store.put_fact, [StoreFull("full")]

    async def put_fact(name: str, value: bytes) -> None:
        if failures:
            raise failures.pop()
        await put(name, value)

    monkeypatch.setattr(idle.store, "put_fact", put_fact)
    await until_it_came(idle, monkeypatch)
    assert idle.packs.version == 3


async def test_a_pack_that_makes_no_sense_is_refused_and_the_old_one_stays(kit: Kit) -> None:
    kit.courier.answers[KIT_PACK] = [Reply(Outcome.OK, fields={"pack": {"policy": 7}}), Reply(Outcome.OK)]
    for _ in range(2):
        assert not await kit.packs.refresh(kit.post.ledger)
    assert kit.packs.version == 3
