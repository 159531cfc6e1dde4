"""Due diligence on a customer (尽职调查): what answers and an identity card signal, and the level that follows.

Pure: kit and central judge the same content alike. The weights are the policy's; ours stand where it names none.

| Signals | Level |
|---|---|
| none, and an ordinary purpose | simplified |
| none, or one weak one | normal |
| two weak ones, or a strong one | enhanced |
| one that refuses | refuse |
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

ANSWERS, LEVEL = "cdd_answers", "cdd_level"  # fields of the catalogue
HESITATED, DECLINED = "hesitated", "declined"  # lists of questions in the answers
WEIGHTS, PURPOSES = "cdd_signals", "cdd_simplified_purposes"  # parameters of the policy
NEW_ID_DAYS, HOME_AREAS = "cdd_new_id_days", "cdd_home_areas"
NEW_DAYS = 30
ORDINARY = ("pension", "farming", "medical")
GRAY, PHONE = "gray_list", "phone_of_others"
MOST = 16  # a list of answers says no more


class Level(enum.Enum):
    """How closely the customer is looked at; REFUSE ends the case."""

    SIMPLIFIED = "simplified"
    NORMAL = "normal"
    ENHANCED = "enhanced"
    REFUSE = "refuse"


class Weight(enum.Enum):
    """What a signal counts."""

    NONE = "none"
    WEAK = "weak"
    STRONG = "strong"
    REFUSE = "refuse"


OURS: Mapping[str, Weight] = {
    "declined": Weight.REFUSE,  # would not answer
    "coached": Weight.REFUSE,  # somebody asked or paid him to open it, or tells him what to say
    "asked_to_lend": Weight.STRONG,
    "phone_not_own": Weight.STRONG,
    "unaware": Weight.WEAK,  # does not know what follows from lending an account
    "hesitated": Weight.WEAK,  # each time
    "new_id": Weight.WEAK,
    "away": Weight.WEAK,  # an identity card of another area, and no reason to be here
    PHONE: Weight.STRONG,
    GRAY: Weight.STRONG,
}
_SAID: tuple[tuple[str, bool, str], ...] = (  # answer, what it must be, signal
    ("coached", True, "coached"),
    ("asked_to_lend", True, "asked_to_lend"),
    ("own_phone", False, "phone_not_own"),
    ("aware", False, "unaware"),
)


def of_answers(answers: object) -> tuple[str, ...]:
    """Return what a question sheet signals; of another form than a sheet's nothing is known."""
    if not isinstance(answers, Mapping):
        return ()
    said = tuple(signal for name, value, signal in _SAID if answers.get(name) is value)
    declined = ("declined",) if _listed(answers, DECLINED) else ()
    return (*declined, *said, *("hesitated" for _ in _listed(answers, HESITATED)))


def _listed(answers: Mapping[str, object], name: str) -> list[object]:
    found = answers.get(name)
    return found[:MOST] if isinstance(found, list) else []


def of_card(fields: Mapping[str, Any], today: str, parameters: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what an identity card signals on the day `today` (ISO date)."""
    found, days, areas = [], parameters.get(NEW_ID_DAYS, NEW_DAYS), parameters.get(HOME_AREAS)
    began = _day(str(fields.get("cert_start", "")))
    if began is not None and isinstance(days, int) and (date.fromisoformat(today) - began).days < days:
        found.append("new_id")
    answers = fields.get(ANSWERS)
    reason = isinstance(answers, Mapping) and answers.get("local_reason")
    number = str(fields.get("cert_no", ""))
    if isinstance(areas, list) and areas and number and not reason:
        found += [] if any(number.startswith(str(it)) for it in areas) else ["away"]
    return tuple(found)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def level_of(signals: Iterable[str], purpose: str, parameters: Mapping[str, Any]) -> Level:
    """Return the level that follows from `signals` under a policy."""
    weights = [_weight(it, parameters) for it in signals]
    if Weight.REFUSE in weights:
        return Level.REFUSE
    weak = weights.count(Weight.WEAK)
    if Weight.STRONG in weights or weak > 1:
        return Level.ENHANCED
    ordinary = parameters.get(PURPOSES, ORDINARY)
    simple = isinstance(ordinary, list | tuple) and purpose in ordinary
    return Level.SIMPLIFIED if not weak and simple else Level.NORMAL


def _weight(signal: str, parameters: Mapping[str, Any]) -> Weight:
    own = parameters.get(WEIGHTS)
    named = own.get(signal) if isinstance(own, Mapping) else None
    known = {it.value: it for it in Weight}
    return known.get(str(named), OURS.get(signal, Weight.WEAK))


def wants_two(fields: Mapping[str, Any], signals: Iterable[str], today: str, parameters: Mapping[str, Any]) -> bool:
    """Tell whether a case is to be approved by two: the kit says so, or what it sends does, or what central found."""
    told = (*of_answers(fields.get(ANSWERS)), *of_card(fields, today, parameters), *signals)
    found = level_of(told, str(fields.get("open_purpose", "")), parameters)
    return Level.ENHANCED.value == fields.get(LEVEL) or found in (Level.ENHANCED, Level.REFUSE)
