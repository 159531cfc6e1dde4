"""Quotas of what waits for central, and the freeze that follows."""

from __future__ import annotations

from typing import Any

import pytest

from padkit_agent.core.gate import Gate
from padkit_agent.core.queue import LIMITS, MEGABYTE, NEXT, Level, Load, Why, age_s, freeze, limits_of, quotas
from padkit_contract.catalogue import load_catalogue
from padkit_contract.commands import Mode, Standing
from padkit_sdk.errors import Refused

NOW_S = 1_795_334_400.0  # 2026-11-22T08:00:00Z
STORE = 1024 * MEGABYTE


def levels(load: Load, **parameters: Any) -> dict[str, Level]:
    return {it.name: it.level for it in quotas(load, limits_of(parameters, STORE), NOW_S)}


def frozen(load: Load, **parameters: Any) -> Refused | None:
    return freeze(quotas(load, limits_of(parameters, STORE), NOW_S), load)


def test_where_the_policy_says_nothing_the_catalogue_holds() -> None:
    catalogue = load_catalogue().dictionary("parameters")
    assert {name: catalogue[name]["value"] for name in LIMITS} == dict(LIMITS)


@pytest.mark.parametrize(
    ("waiting", "level"), [(7, Level.FREE), (8, Level.NEAR), (9, Level.NEAR), (10, Level.FULL), (11, Level.FULL)]
)
@pytest.mark.parametrize(("name", "parameter"), [("messages", "queue_max_items"), ("packages", "queue_max_packages")])
def test_a_quota_is_near_before_it_is_reached(name: str, parameter: str, waiting: int, level: Level) -> None:
    assert levels(Load(**{name: waiting}), **{parameter: 10})[name] is level


def test_bytes_count_in_mebibytes() -> None:
    assert levels(Load(bytes=2 * MEGABYTE - 1), queue_max_mb=2)["bytes"] is Level.NEAR
    assert levels(Load(bytes=2 * MEGABYTE), queue_max_mb=2)["bytes"] is Level.FULL


def test_no_policy_takes_the_room_that_open_flows_need_to_end() -> None:
    assert limits_of({"queue_max_mb": 4096}, STORE).bytes == 768 * MEGABYTE
    assert limits_of({"queue_max_mb": 0}, STORE).bytes == 768 * MEGABYTE


def test_what_waits_too_long_freezes_too() -> None:
    load = Load(messages=1, since="2026-11-22T05:00:00.000Z")
    assert levels(load, offline_max_hours=4)["age"] is Level.FREE
    assert levels(load, offline_max_hours=3.5)["age"] is Level.NEAR
    assert levels(load, offline_max_hours=3)["age"] is Level.FULL


def test_zero_is_no_limit() -> None:
    load = Load(messages=10**6, since="2020-01-01T00:00:00Z")
    assert set(levels(load, queue_max_items=0, offline_max_hours=0).values()) == {Level.FREE}


@pytest.mark.parametrize("value", ["many", None, True, [5]])
def test_a_limit_that_is_no_number_is_the_default(value: object) -> None:
    assert limits_of({"queue_max_items": value}, STORE).messages == 200


def test_a_clock_that_was_set_back_makes_nothing_older_than_new() -> None:
    assert age_s("2026-11-22T09:00:00Z", NOW_S) == 0
    assert age_s("", NOW_S) == 0
    assert age_s("yesterday", NOW_S) == 0


def test_nothing_is_frozen_below_the_quotas() -> None:
    assert frozen(Load(messages=9), queue_max_items=10) is None


def test_a_freeze_says_how_much_since_when_and_what_to_do() -> None:
    refused = frozen(Load(messages=10, set_aside=2, since="2026-11-22T07:00:00Z"), queue_max_items=10)
    assert refused is not None
    assert refused.reason == "queue.messages"
    for part in ("10 messages", "at most 10", "since 2026-11-22T07:00:00Z", "2 of it central refused", "reach central"):
        assert part in str(refused)


@pytest.mark.parametrize(
    ("load", "parameters", "reason"),
    [
        (Load(packages=3), {"queue_max_packages": 3}, "queue.packages"),
        (Load(bytes=MEGABYTE), {"queue_max_mb": 1}, "queue.bytes"),
        (Load(since="2026-11-22T06:00:00Z"), {"offline_max_hours": 2}, "queue.age"),
    ],
)
def test_each_quota_freezes_by_its_name(load: Load, parameters: dict[str, Any], reason: str) -> None:
    refused = frozen(load, **parameters)
    assert refused is not None
    assert refused.reason == reason


def test_the_gate_begins_nothing_new_while_frozen_and_lets_go_on_what_is_open() -> None:
    gate = Gate(Standing())
    gate.frozen = frozen(Load(messages=1), queue_max_items=1)
    with pytest.raises(Refused, match="begin ACC-01: 1 messages") as refused:
        gate.check_begin("ACC-01")
    assert refused.value.reason == "queue.messages"
    gate.check("answer")
    gate.check_device("box", "f-1")
    assert (gate.shut("box"), gate.stops_flow(box=True)) == ("", "")
    gate.frozen = None
    gate.check_begin("ACC-01")


def test_a_kit_locked_by_its_lease_says_that_contact_opens_it() -> None:
    gate = Gate(Standing(mode=Mode.LOCKED, cause="lease", since="2026-11-22T07:00:00Z"))
    with pytest.raises(Refused, match=r"since 2026-11-22T07:00:00Z.*not reached central.*opens by itself") as refused:
        gate.check_begin("ACC-01")
    assert refused.value.reason == "kit.locked"


def test_each_reason_says_what_to_do() -> None:
    assert set(NEXT) == set(Why)
