"""What many read documents add up to: accuracy by field, kind and level; what was asked for again; what was given out wrongly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from padkit_sdk.ports import FieldState
from padkit_vision.evaluate.documents import Read
from padkit_vision.evaluate.measures import RATE, Failed, Findings, Measure, Table, rate, share
from padkit_vision.evaluate.stats import quantile

NUMBER = "number"
Where = tuple[str, int]


def findings(reads: Sequence[Read], ungated: Mapping[Path, Read] | None) -> Findings:
    """Add up `reads`; `ungated` are those that were asked for again, read with the gate off, None when that could not be done."""
    good = [read for read in reads if read.document.label.expect is None]
    cells = [*_cells(good)]
    measures = [
        *cells,
        *_wrong_numbers(good),
        *(_asked_again(good, ungated) if ungated is not None else ()),
        *_of_gate(reads),
        *_times(reads),
    ]
    sums = ("field", *RATE)
    tables = [
        Table("fields", ("kind", "level", *sums), [(it.group, it.level, it.name, *rate(it)) for it in cells]),
        Table("by_field", ("kind", *sums), [(it.group, it.name, *rate(it)) for it in _sums(cells, by_kind=True)]),
        Table("by_level", ("level", *sums), [(it.level, it.name, *rate(it)) for it in _sums(cells, by_kind=False)]),
        Table("outcomes", ("kind", "level", "outcome", "count"), [*_outcomes(reads)]),
        Table("states", ("kind", "level", "state", "right", "wrong"), [*_states(good)]),
        Table("times", ("measure", "ms"), [(it.name, round(it.value, 1)) for it in _times(reads)]),
    ]
    notes = [("wrong_checked_named", name) for name in _named_wrong_numbers(good)]
    if ungated is None:
        notes.append(("gate_not_switched", ""))
    if any(read.document.label.seed is not None for read in reads):
        notes.append(("synthetic_pictures", ""))
    models = {name: digest for read in reads for name, digest in read.models.items()}
    return Findings(len(reads), measures, tables, [*_failed(reads)], notes=notes, models=models)


def _cells(good: Sequence[Read]) -> Iterator[Measure]:
    """Each field of each kind at each level: right of all that were shown; asked for again is not right."""
    shown: Counter[tuple[str, int, str]] = Counter()
    right: Counter[tuple[str, int, str]] = Counter()
    for read in good:
        label, wrong = read.document.label, set(read.wrong())
        for name in label.fields:
            shown[label.kind.value, label.level, name] += 1
            right[label.kind.value, label.level, name] += name not in wrong
    for (kind, level, name), of in sorted(shown.items()):
        yield share(name, right[kind, level, name], of, upper=False, group=kind, level=level, family="field")


def _sums(cells: Sequence[Measure], *, by_kind: bool) -> Iterator[Measure]:
    """By kind and field over all levels, or by level over all kinds and fields."""
    sums: dict[tuple[str, int | None, str], tuple[int, int]] = {}
    for cell in cells:
        key = (cell.group, None, cell.name) if by_kind else ("", cell.level, "*")
        count, of = sums.get(key, (0, 0))
        sums[key] = count + cell.count, of + cell.of
    for (kind, level, name), (count, of) in sums.items():
        yield share(name, count, of, upper=False, group=kind, level=level)


def _wrong_numbers(good: Sequence[Read]) -> Iterator[Measure]:
    """Numbers that are wrong and were given out as checked, of all numbers: the measure that must be nought."""
    numbers = [read for read in good if NUMBER in read.document.label.fields]
    if numbers:
        yield share("wrong_checked", sum(map(_wrong_and_checked, numbers)), len(numbers), upper=True)
    if good:
        yield share("wrong_unmarked", sum(bool(read.unmarked()) for read in good), len(good), upper=True)


def _wrong_and_checked(read: Read) -> bool:
    return NUMBER in read.wrong() and NUMBER in read.fields and read.fields[NUMBER].state is FieldState.CHECKED


def _named_wrong_numbers(good: Sequence[Read]) -> Iterator[str]:
    return (str(read.document.path) for read in good if _wrong_and_checked(read))


def _asked_again(good: Sequence[Read], ungated: Mapping[Path, Read]) -> Iterator[Measure]:
    """Of what is misread without the gate, what share the gate asks for again: by level, all kinds together."""
    for level in sorted({read.document.label.level for read in good}):
        here = [read for read in good if read.document.label.level == level]
        let_through = sum(bool(read.wrong()) for read in here if not read.asked)
        caught = sum(bool(ungated[read.document.path].wrong()) for read in here if read.asked)
        needless = sum(not ungated[read.document.path].wrong() for read in here if read.asked)
        if caught + let_through:
            yield share("asked_again", caught, caught + let_through, upper=False, level=level)
        else:
            yield Measure("asked_again", 1.0, upper=False, level=level)  # nothing is misread, nothing is missed
        yield share("asked_needlessly", needless, len(here), upper=True, level=level)


def _of_gate(reads: Sequence[Read]) -> Iterator[Measure]:
    """Pictures that should be asked for again: how many are, with the hint that the label expects."""
    wanted: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for read in reads:
        expect = read.document.label.expect
        if expect is not None:
            wanted[expect] += 1
            right[expect] += read.asked == expect
    for hint, of in sorted(wanted.items()):
        yield share("hint", right[hint], of, upper=False, group=hint)


def _outcomes(reads: Sequence[Read]) -> Iterator[tuple[str, int, str, int]]:
    counts = Counter((*_where(read), read.error or read.asked or _way(read)) for read in reads)
    return ((*key, count) for key, count in sorted(counts.items()))


def _way(read: Read) -> str:
    return f"way {read.way}" if read.side == read.document.label.kind.value else "wrong side"


def _states(good: Sequence[Read]) -> Iterator[tuple[str, int, str, int, int]]:
    counts: Counter[tuple[str, int, str, bool]] = Counter()
    for read in good:
        wrong = set(read.wrong())
        for name in read.document.label.fields:
            if name in read.fields:
                counts[(*_where(read), read.fields[name].state.value, name in wrong)] += 1
    for kind, level, state in sorted({key[:3] for key in counts}):
        yield kind, level, state, counts[kind, level, state, False], counts[kind, level, state, True]


def _where(read: Read) -> Where:
    return read.document.label.kind.value, read.document.label.level


def _times(reads: Sequence[Read]) -> list[Measure]:
    times = {
        kind: [read.took_s * 1000 for read in reads if read.document.label.kind.value == kind and not read.error]
        for kind in sorted({read.document.label.kind.value for read in reads})
    }
    quantiles = (("p50_ms", 0.5), ("p95_ms", 0.95))
    return [
        Measure(name, quantile(took, part), upper=True, group=kind)
        for kind, took in times.items()
        if took
        for name, part in quantiles
    ]


def _failed(reads: Sequence[Read]) -> Iterator[Failed]:
    for read in reads:
        label, path = read.document.label, read.document.path
        if read.error or (label.expect is not None and read.asked != label.expect):
            why = [read.error or f"asked: {read.asked or 'no'}, expected {label.expect}"]
        elif read.asked and label.expect is None:
            why = [f"asked: {read.asked}"]
        elif label.expect is None and (wrong := read.wrong()):
            of_side = [] if read.side == label.kind.value else [f"side: read {read.side}, label {label.kind.value}"]
            why = [*of_side, *(_told(read, name) for name in wrong)]
        else:
            continue
        yield Failed(str(path), why, (path,))


def _told(read: Read, name: str) -> str:
    label = read.document.label.fields[name]
    if name not in read.fields:
        return f"{name}: label {label!r}, not given"
    got = read.fields[name]
    return f"{name}: label {label!r}, read {got.text!r} ({got.state.value}, {got.confidence:.2f})"
