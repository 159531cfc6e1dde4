"""The engine on what kits say: which signals it makes of it, which level, and with what evidence."""

from __future__ import annotations

import msgspec
import pytest

from padkit_central.risk import DEFAULT_RULES, KitRisk, RuleError, evaluate, read_rules
from padkit_central.risk.geo import outside_km
from padkit_central.risk.signals import SLOTS, Memory, take_in
from padkit_contract.risk import Counts, Fix, Observation

AREA = "\nareas:\n  E001: [[30, 110], [30, 111], [31, 111], [31, 110]]\n"
RULES = read_rules(DEFAULT_RULES.read_text(encoding="utf-8") + AREA)
NIGHT = 1_798_732_800 + 2 * 3600  # 2 a.m. in UTC+8
NOON = NIGHT + 10 * 3600


def seen(at: int, lat: float = 30.5, lon: float = 110.5, **more: object) -> Observation:
    return Observation("E001", "K1", at, (Fix(at, lat, lon, 10),), **more)  # type: ignore[arg-type]


def values(*observations: Observation) -> dict[str, float]:
    memory, found = Memory(), [0.0]
    for it in observations:
        found = take_in(memory, it, RULES.ground)
    return {name: found[slot] for name, slot in SLOTS.items()}


def test_out_of_its_county_at_two_in_the_night() -> None:
    state = KitRisk()
    trip = [seen(NIGHT + 300 * step, 30.9 + 0.03 * step) for step in range(12)]
    changes = [made for it in trip if (made := evaluate(state, it, RULES))]
    assert changes[-1].after == 4
    assert not changes[-1].fact
    why = {it.rule: it for it in changes[-1].why}
    assert why["outside-at-night"].values["night"] == 1
    assert why["outside-at-night"].values["outside_km"] > 5
    assert changes[0].before == 0


def test_the_same_trip_by_day_changes_nothing() -> None:
    state = KitRisk()
    assert not any(evaluate(state, seen(NOON + 300 * step, 30.9 + 0.03 * step), RULES) for step in range(12))


def test_a_clone_is_at_the_highest_level_at_once() -> None:
    change = evaluate(KitRisk(), seen(NOON, facts=("clone",)), RULES)
    assert change is not None
    assert (change.before, change.after, change.fact, change.why[0].rule) == (0, 4, True, "clone")


def test_a_kit_without_an_area_is_nowhere_outside() -> None:
    fix = (Fix(NOON, 10, 10, 5),)
    assert take_in(Memory(), Observation("E999", "K1", NOON, fix), RULES.ground)[SLOTS["outside_km"]] == 0


def test_counts_are_of_the_last_hour_and_of_the_last_day() -> None:
    one = seen(NOON, counts=Counts(openings=3))
    assert values(one)["openings_hour"] == 3
    later = values(one, seen(NOON + 4000, counts=Counts(openings=1)))
    assert (later["openings_hour"], later["openings_day"]) == (1, 4)
    assert values(one, seen(NOON + 90_000))["openings_day"] == 0


def test_a_jump_is_no_way_driven() -> None:
    found = values(seen(NOON), seen(NOON + 60, 31.5))
    assert (found["jumps_hour"], found["moved_km_hour"]) == (1, 0)
    assert found["speed_kmh"] > 300


def test_a_sample_from_the_future_hides_nothing() -> None:
    ahead = Observation("E001", "K1", NOON, (Fix(NOON + 10**9, 30.5, 110.5, 5),))
    found = values(ahead, seen(NOON + 60, 33))
    assert found["positions_day"] == 1
    assert found["outside_km"] > 100


def test_the_accuracy_is_in_the_kits_favour() -> None:
    near = Observation("E001", "K1", NOON, (Fix(NOON, 31.01, 110.5, 2000),))
    assert values(near)["outside_km"] == 0
    assert outside_km((31.01, 110.5), RULES.ground.areas["E001"]) == pytest.approx(1.1, abs=0.05)


def test_a_state_that_was_written_down_goes_on_the_same() -> None:
    trip = [seen(NIGHT + 300 * step, 30.9 + 0.03 * step, counts=Counts(openings=1)) for step in range(20)]
    whole, cut = KitRisk(), KitRisk()
    for it in trip:
        one = evaluate(whole, it, RULES)
        cut = msgspec.json.decode(msgspec.json.encode(cut), type=KitRisk)
        assert evaluate(cut, it, RULES) == one
    assert whole == cut


GOOD = """format: 1
levels:
  R1: {enter: 30, leave: 20}
  R2: {enter: 50, leave: 40}
  R3: {enter: 70, leave: 60}
  R4: {enter: 90, leave: 80, measures: [lock]}
rules:
  - {id: one, kind: track, when: outside_km > 5, zh: 一, en: one}
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "part"),
    [
        ("outside_km", "outside_cm", 8, "no signal"),
        ("outside_km > 5", "outside_km", 8, "no condition"),
        ("format: 1", "format: 2", 1, "2"),
        ("leave: 40", "leave: 60", 4, "entered"),
        ("enter: 70", "enter: 45, x: 1", 5, "x"),
        ("enter: 70, leave: 60", "enter: 45, leave: 30", 5, "above"),
        ("kind: track", "kind: luck", 8, "luck"),
        ("{id: one", "&a {id: one", 8, "anchors"),
        ("format: 1", "format: !!python/name:os.system 1", 1, "tags"),
        ("rules:", "rules: [", 8, "YAML"),
        ("format: 1", "format: 1\nformat: 1", 2, "twice"),
        ("[lock]", "[explode]", 6, "explode"),
    ],
)
def test_a_set_that_is_wrong_is_refused_with_its_line(old: str, new: str, line: int, part: str) -> None:
    assert len(read_rules(GOOD).rules) == 1
    with pytest.raises(RuleError) as refused:
        read_rules(GOOD.replace(old, new, 1))
    assert refused.value.line == line
    assert part in refused.value.message


def test_two_rules_have_two_names() -> None:
    with pytest.raises(RuleError, match="twice"):
        read_rules(GOOD + "  - {id: one, kind: track, when: night == 1, zh: 二, en: two}\n")


def test_deep_and_large_sets_are_refused() -> None:
    for text in ("[" * 2000, "a: " * 400, "- " * 3000, "x" * 300_000):
        with pytest.raises(RuleError):
            read_rules(text)
