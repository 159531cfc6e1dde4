"""From all readings of a card's fields to one text and one state for each. Pure; redundancy checks and never corrects.

A check digit lets one wrong number in eleven through when several characters are wrong at once. So a number counts as checked
only when more speaks for it: nothing else was read that would hold too, the day of birth inside is the one that was read for
itself where a card prints one, and it was either read with confidence or read twice. A bank card's, which nothing else on it
repeats, must be read twice unless the expiry beside it could be read too, and have one of the usual lengths: a longer one
whose end a reflection hides is as long as the seldom ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from padkit_ocr.found import Found, Readings, count, distinct, surest
from padkit_ocr.rules import bank, countries, dates, foreigner, identity, nations
from padkit_sdk.ports import DocumentSide, FieldState

SURE = 0.9  # the least confidence of a number that one reading is enough for
PLAUSIBLE = 0.3  # the least confidence of a number that counts at all
AGREED = 2  # so many readings of the same text replace the confidence of one

Rule = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Judged:
    """One field: the reading that was taken (None when missing), its state and the rule that decided."""

    found: Found | None
    state: FieldState
    rule: str = ""


FIELDS: Mapping[DocumentSide, tuple[str, ...]] = {
    DocumentSide.ID_FRONT: ("name", "sex", "nation", "birth", "address", "number"),
    DocumentSide.ID_BACK: ("authority", "valid_from", "valid_to"),
    DocumentSide.HMT_PERMIT_FRONT: ("name", "sex", "birth", "address", "number"),
    DocumentSide.FOREIGNER_FRONT: (
        "name",
        "english_name",
        "sex",
        "birth",
        "nationality",
        "number",
        "valid_from",
        "valid_to",
    ),
    DocumentSide.BANK_CARD: ("number", "expiry"),
}
NUMBERS: Mapping[DocumentSide, tuple[Rule, str]] = {
    DocumentSide.ID_FRONT: (identity.resident_holds, "check_digit"),
    DocumentSide.HMT_PERMIT_FRONT: (identity.permit_holds, "check_digit"),
    DocumentSide.FOREIGNER_FRONT: (foreigner.number_holds, "check_digit"),
    DocumentSide.BANK_CARD: (bank.card_number_holds, "luhn"),
}
_SEX = frozenset("男女").__contains__
SIGNS: Mapping[DocumentSide, tuple[tuple[str, Rule], ...]] = {
    DocumentSide.ID_FRONT: (
        ("number", identity.looks_like),
        ("birth", dates.is_date),
        ("sex", _SEX),
        ("nation", nations.is_nation),
    ),
    DocumentSide.ID_BACK: (("valid_from", dates.is_date), ("valid_to", dates.is_last_day)),
    DocumentSide.HMT_PERMIT_FRONT: (("number", identity.looks_like), ("birth", dates.is_date), ("sex", _SEX)),
    DocumentSide.FOREIGNER_FRONT: (
        ("number", foreigner.looks_like),
        ("birth", dates.is_date),
        ("valid_from", dates.is_date),
        ("sex", _SEX),
    ),
    DocumentSide.BANK_CARD: (("number", bank.looks_like), ("expiry", bank.expiry_holds)),
}  # what a layout that holds shows; half of it is enough


def judge(side: DocumentSide, readings: Readings, *, least: float) -> dict[str, Judged]:
    """Judge each field of `side`; `least` is the confidence below which a field without a rule is doubtful."""
    judged: dict[str, Judged] = {}
    if side in NUMBERS:
        judged["number"] = _number(side, readings)
    number = judged.get("number", Judged(None, FieldState.MISSING))
    for name in FIELDS[side]:
        if name in ("valid_from", "valid_to"):
            judged[name] = _term(name, readings, least)
        elif name in ("sex", "birth"):
            judged[name] = _inside(name, readings, number, least)
        elif name == "nation":
            judged[name] = _ruled(readings.get(name, ()), nations.is_nation, "nation_list", least)
        elif name == "nationality":
            judged[name] = _ruled(readings.get(name, ()), countries.is_country, "nation_list", least)
        elif name == "expiry":
            judged[name] = _ruled(readings.get(name, ()), bank.expiry_holds, "expiry", max(least, SURE))
        elif name != "number":  # a rare character is read as its look-alike, and not much in doubt
            judged[name] = _plain(readings.get(name, ()), max(least, SURE) if name == "name" else least)
    return {name: judged[name] for name in FIELDS[side]}


def holds(side: DocumentSide, readings: Readings) -> bool:
    """Whether so much of `readings` looks as it does on `side` that its layout is the right one, well read or not."""
    signs = [sign for name, sign in SIGNS[side] for it in readings.get(name, ())[:1] if sign(it.text)]
    return len(signs) * 2 >= len(SIGNS[side])


def other_side(side: DocumentSide, readings: Readings) -> DocumentSide:
    """The document with the same layout, when the number says so: permits begin with regions of their own."""
    numbers = distinct(readings.get("number", ()))
    if side is DocumentSide.ID_FRONT and any(identity.permit_holds(it) for it in numbers):
        return DocumentSide.HMT_PERMIT_FRONT
    if side is DocumentSide.HMT_PERMIT_FRONT and any(identity.resident_holds(it) for it in numbers):
        return DocumentSide.ID_FRONT
    return side


def _number(side: DocumentSide, readings: Readings) -> Judged:
    holds, rule = NUMBERS[side]
    numbers = readings.get("number", ())
    best = surest(numbers)
    if best is None:
        return Judged(None, FieldState.MISSING)
    good = [text for text in distinct(numbers) if holds(text)]
    if len(good) != 1:
        return Judged(best, FieldState.DOUBTFUL, rule)
    found = surest(numbers, good[0]) or best
    births = distinct(readings.get("birth", ()))
    if side is not DocumentSide.BANK_CARD and not any(foreigner.birth_agrees(good[0], it) for it in births):
        return Judged(found, FieldState.DOUBTFUL, "birth_in_number")
    if side is DocumentSide.BANK_CARD and len(good[0]) not in bank.USUAL:
        return Judged(found, FieldState.DOUBTFUL, "length")
    alone = side is DocumentSide.BANK_CARD and not any(bank.expiry_holds(it.text) for it in readings.get("expiry", ()))
    first = numbers[0].text == good[0] and found.confidence >= SURE and not alone
    if found.confidence < PLAUSIBLE or not (first or count(numbers, good[0]) >= AGREED):
        return Judged(found, FieldState.DOUBTFUL, "confidence")
    return Judged(found, FieldState.CHECKED, rule)


def _inside(name: str, readings: Readings, number: Judged, least: float) -> Judged:
    """Sex and birth stand in the number once more."""
    found = readings.get(name, ())
    rule = "sex_in_number" if name == "sex" else "birth_in_number"
    if number.state is not FieldState.CHECKED or number.found is None:
        plain = _plain(found, least)
        said = number.found is not None and number.rule == rule
        return Judged(plain.found, FieldState.DOUBTFUL, rule) if said and plain.found else plain
    text = number.found.text
    if name == "birth":
        century = SURE if foreigner.old_holds(text) else 0.0  # the old form does not say it
        return _ruled(found, lambda birth: foreigner.birth_agrees(text, birth), rule, century)
    inside = identity.sex_in(text)
    return _ruled(found, lambda sex: sex == inside, rule, 0.0) if inside else _plain(found, least)


def _term(name: str, readings: Readings, least: float) -> Judged:
    """The two days check one another: documents are made for 5, 10 or 20 years to the day, or for long.

    One wrong digit makes 10 years of 20, and 长期 says nothing of the first day: so a day counts when it was read with confidence
    or twice.
    """
    firsts, lasts = readings.get("valid_from", ()), readings.get("valid_to", ())
    pairs = [(first, last) for first in distinct(firsts) for last in distinct(lasts) if dates.term_holds(first, last)]
    part = name == "valid_to"
    return _ruled(
        readings.get(name, ()), lambda text: any(pair[part] == text for pair in pairs), "date_order", max(least, SURE)
    )


def _ruled(readings: Sequence[Found], holds: Rule, rule: str, least: float) -> Judged:
    """The one text that holds; with none, or with several that would, the surest reading stays doubtful.

    `least` is the confidence that the rule alone does not replace.
    """
    best = surest(readings)
    if best is None:
        return Judged(None, FieldState.MISSING)
    good = [text for text in distinct(readings) if holds(text)]
    if len(good) != 1:
        return Judged(best, FieldState.DOUBTFUL, rule)
    found = surest(readings, good[0]) or best
    if found.confidence < least and count(readings, found.text) < AGREED:
        return Judged(found, FieldState.DOUBTFUL, "confidence")
    return Judged(found, FieldState.CHECKED, rule)


def _plain(readings: Sequence[Found], least: float) -> Judged:
    """No rule: the text that was read most often, among equals the surest."""
    if surest(readings) is None:
        return Judged(None, FieldState.MISSING)
    texts = sorted(distinct(readings), key=lambda text: -count(readings, text))
    often = [text for text in texts if count(readings, text) == count(readings, texts[0])]
    best = max((it for text in often if (it := surest(readings, text))), key=lambda it: it.confidence)
    if best.confidence < least:  # the same wrong character is read twice: agreement does not count here
        return Judged(best, FieldState.DOUBTFUL, "confidence")
    return Judged(best, FieldState.READ)
