"""Chip against card picture, field by field, with reasons. Nothing is corrected: the chip's text wins, always.

What comes out names fields and positions, never what stands there.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher

import msgspec

from padkit_agent.core.codes import NATION, SEX
from padkit_sdk.ports import DocumentField, DocumentReading, DocumentSide, FieldState


class Verdict(enum.Enum):
    """What a field's two texts say about each other."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"  # they differ, and the picture's text is doubtful or has what no recogniser knows
    NOT_READ = "not_read"
    NOT_COMPARED = "not_compared"  # nothing of the chip's text is what a recogniser knows: the chip alone says it


class Comparison(msgspec.Struct, frozen=True, omit_defaults=True):
    """One field. `why` is a stable name, empty when they are the same; `where` are positions in the chip's text, from 1, without
    blanks and the dashes of a date.

    `state` is how the picture's text was read. `why`: ``text``, ``length``, ``rare`` (a character beyond the common ones),
    ``similar`` (an address that differs a little), ``missing``, or the rule that the picture's text fails (``check_digit``,
    ``confidence``).
    """

    field: str
    verdict: Verdict
    why: str = ""
    where: tuple[int, ...] = ()
    state: FieldState = FieldState.READ

    def __str__(self) -> str:
        """The field and where it differs: ``number 11, 12``."""
        return f"{self.field} {', '.join(map(str, self.where))}".strip()


class Kind(enum.Enum):
    """How two texts of a field are brought to one form. Only for comparing; neither is changed."""

    NUMBER = "number"
    NAME = "name"
    ADDRESS = "address"
    DATE = "date"
    SEX = "sex"
    NATION = "nation"


FIELDS: Mapping[DocumentSide, tuple[tuple[str, str, Kind], ...]] = {  # the picture's name, the catalogue's name
    DocumentSide.ID_FRONT: (
        ("name", "name", Kind.NAME),
        ("sex", "sex", Kind.SEX),
        ("nation", "nation", Kind.NATION),
        ("birth", "birth_date", Kind.DATE),
        ("address", "cert_addr", Kind.ADDRESS),
        ("number", "cert_no", Kind.NUMBER),
    ),
    DocumentSide.ID_BACK: (
        ("authority", "cert_issuer", Kind.ADDRESS),
        ("valid_from", "cert_start", Kind.DATE),
        ("valid_to", "cert_end", Kind.DATE),
    ),
}
MUST_AGREE = frozenset({"name", "number", "valid_from", "valid_to"})  # card-opening reference, section 4: ID_READ
DOTS = dict.fromkeys(map(ord, "•‧∙⋅・･ㆍ．."), "·")
DASHES = dict.fromkeys(map(ord, "—–－‐−"), "-")
HALF = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
DATE = re.compile(r"(\d{4})\D(\d{1,2})\D(\d{1,2})\D?")  # without dividers it is in its form already
SIMILAR = 0.6  # of an address or authority, which no rule checks: from here on it may be the recogniser's mistake
COMMON = range(0x4E00, 0xA000)  # CJK unified ideographs; what is rarer no recogniser is sure of


def compare(chip: Mapping[str, str], reading: DocumentReading) -> tuple[Comparison, ...]:
    """Compare each field of the picture's side that the chip has, in the card's order. A side without a chip gives none."""
    fields = FIELDS.get(reading.side, ())
    return tuple(_compare(name, chip[key], reading.field(name), kind) for name, key, kind in fields if chip.get(key))


def different(compared: Sequence[Comparison]) -> tuple[Comparison, ...]:
    """The fields that differ for certain."""
    return tuple(it for it in compared if it.verdict is Verdict.DIFFERENT)


def unsettled(compared: Sequence[Comparison]) -> tuple[Comparison, ...]:
    """The fields that must agree and of which nothing certain is known; a rare character in the chip's text settles it.

    A number counts only when its rule holds.
    """
    return tuple(it for it in compared if it.field in MUST_AGREE and _open_yet(it))


def _open_yet(it: Comparison) -> bool:
    if it.verdict is Verdict.SAME:
        return it.field == "number" and it.state is not FieldState.CHECKED
    return it.verdict in (Verdict.UNSURE, Verdict.NOT_READ) and it.why != "rare"


def same_again(before: Sequence[Comparison], now: Sequence[Comparison]) -> tuple[Comparison, ...]:
    """Of what is unsettled now, what another picture showed at the very same positions: no accident of one picture."""
    earlier = {(it.field, it.where) for it in before if it.verdict is Verdict.UNSURE}
    return tuple(it for it in unsettled(now) if it.where and (it.field, it.where) in earlier)


def summary(compared: Sequence[Comparison]) -> str:
    """Say what is not the same, with places and reasons: ``different: number 11, 12; unsure: address 8 (similar)``."""
    told = []
    for verdict in (Verdict.DIFFERENT, Verdict.UNSURE, Verdict.NOT_READ, Verdict.NOT_COMPARED):
        named = [f"{it} ({it.why})" for it in compared if it.verdict is verdict]
        told += [f"{verdict.value.replace('_', ' ')}: {', '.join(named)}"] if named else []
    return "; ".join(told) or "all the same"


def _compare(name: str, on_chip: str, field: DocumentField | None, kind: Kind) -> Comparison:
    state, text = (field.state, field.text.text) if field is not None else (FieldState.MISSING, "")
    chip, printed = plain(on_chip, kind), plain(text, kind)
    spoken = kind in (Kind.NAME, Kind.ADDRESS)
    if spoken and chip != printed and not any(it != "·" and _known(it) for it in chip):
        return Comparison(name, Verdict.NOT_COMPARED, "rare", state=state)
    if state is FieldState.MISSING or not text:
        return Comparison(name, Verdict.NOT_READ, "missing", state=FieldState.MISSING)
    if chip == printed:
        return Comparison(name, Verdict.SAME, state=state)
    where = _where(chip, printed)
    if spoken and _but_for_rare(chip, printed):
        return Comparison(name, Verdict.UNSURE, "rare", where, state)
    if state is FieldState.DOUBTFUL and field is not None:
        return Comparison(name, Verdict.UNSURE, field.rule or "confidence", where, state)
    if kind is Kind.ADDRESS and SequenceMatcher(None, chip, printed, autojunk=False).ratio() >= SIMILAR:
        return Comparison(name, Verdict.UNSURE, "similar", where, state)
    return Comparison(name, Verdict.DIFFERENT, "text" if where else "length", where, state)


def _where(chip: str, printed: str) -> tuple[int, ...]:
    """The positions that differ, from 1; none when the lengths do."""
    if len(chip) != len(printed):
        return ()
    return tuple(place for place, (one, other) in enumerate(zip(chip, printed, strict=True), 1) if one != other)


def _known(it: str) -> bool:
    """Whether a recogniser can know it: ASCII, a common ideograph, the name's dot."""
    return it.isascii() or ord(it) in COMMON or it == "·"


def _but_for_rare(chip: str, printed: str) -> bool:
    """Whether they agree but for characters of the chip that no recogniser knows; each may have been read as two."""
    known = [_known(it) for it in chip]
    if all(known) or len(printed) > len(chip) + known.count(False):
        return False
    if len(chip) == len(printed):
        return all(one == other for one, other, sure in zip(chip, printed, known, strict=True) if sure)
    rest = iter(printed)  # a recogniser leaves out, or makes two of, what it does not know
    return all(it in rest for it, sure in zip(chip, known, strict=True) if sure)


def plain(text: str, kind: Kind) -> str:
    """Return `text` in the form in which it is compared: half width, no blanks, one kind of dot and dash."""
    text = "".join(text.split()).translate(HALF)
    match kind:
        case Kind.NUMBER:
            return text.upper()
        case Kind.NAME:
            return text.translate(DOTS)
        case Kind.ADDRESS:
            return text.translate(DOTS).translate(DASHES)
        case Kind.DATE:
            date = DATE.fullmatch(text)
            return f"{date[1]}{int(date[2]):02}{int(date[3]):02}" if date else text
        case Kind.SEX:
            return SEX.get(text, text)
        case Kind.NATION:
            return NATION.get(text, text).removesuffix("族")
