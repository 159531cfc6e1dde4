"""Pairs of a face and a portrait through `FaceChecker.compare`: false matches and false non-matches, by kind of portrait."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from padkit_sdk.ports import FaceChecker, Picture, Portrait
from padkit_sdk.secrets import HiddenBytes
from padkit_vision.evaluate.documents import SOURCE, named
from padkit_vision.evaluate.labels import PairLabel, within
from padkit_vision.evaluate.measures import RATE, Cell, Curve, Failed, Findings, Measure, Table, rate, share
from padkit_vision.evaluate.stats import det, equal_error, quantile, stopped_at

CALL_S = 60.0
FMR_TARGETS = (0.1, 0.01, 0.001)


@dataclass(frozen=True, slots=True)
class Pair:
    """One pair; `path` is its label's."""

    path: Path
    label: PairLabel

    @property
    def pictures(self) -> tuple[Path, Path]:
        """Of face and portrait. Raises `Refused` ``label.file``."""
        folder = self.path.parent
        return within(folder, self.label.face, self.path), within(folder, self.label.portrait, self.path)


@dataclass(frozen=True, slots=True)
class Compared:
    """What became of one pair. Without a score (`error`) it is no match."""

    pair: Pair
    score: float = 0.0
    threshold: float = 1.0
    error: str = ""
    took_s: float = 0.0
    models: Mapping[str, str] = field(default_factory=dict)

    def alike(self, threshold: float | None) -> bool:
        """Whether it is called the same person at `threshold`, None for the driver's own."""
        return not self.error and self.score >= (self.threshold if threshold is None else threshold)


async def compare(checker: FaceChecker, pair: Pair) -> Compared:
    """Let `checker` compare the pair."""
    began_s = time.monotonic()
    try:
        face, portrait = (Picture(HiddenBytes(it.read_bytes()), SOURCE, began_s) for it in pair.pictures)
        match = await checker.compare(face, portrait, portrait=pair.label.kind, timeout_s=CALL_S)
    except Exception as exc:  # noqa: BLE001 - whatever the judged driver lets through is its result
        return Compared(pair, error=named(exc), took_s=time.monotonic() - began_s)
    models = {it.name: it.sha256 for it in match.models}
    return Compared(pair, match.score, match.threshold, "", time.monotonic() - began_s, models)


def lost(pair: Pair) -> Compared:
    """The outcome of a pair whose process ended."""
    return Compared(pair, error="process ended")


def findings(all_compared: Sequence[Compared], threshold: float | None) -> Findings:
    """Add up what was compared, at `threshold` or each portrait's own."""
    measures: list[Measure] = []
    curves: list[Curve] = []
    targets: list[tuple[Cell, ...]] = []
    for portrait in Portrait:
        here = [it for it in all_compared if it.pair.label.kind is portrait]
        measures += _rates(here, portrait.value, threshold)
        points = det(
            [it.score for it in here if it.pair.label.same], [it.score for it in here if not it.pair.label.same]
        )
        if points:
            curves.append(Curve(portrait.value, points))
            measures.append(Measure("eer", equal_error(points), upper=True, group=portrait.value))
            at = ((target, stopped_at(points, target)) for target in FMR_TARGETS)
            targets += [
                (portrait.value, target, round(it.threshold, 4), round(it.passed, 4), round(it.stopped, 4))
                for target, it in at
                if it is not None
            ]
    rates = [it for it in measures if it.of]
    tables = [
        Table("rates", ("measure", "portrait", *RATE), [(it.name, it.group, *rate(it)) for it in rates]),
        Table("thresholds", ("portrait", "fmr_at_most", "threshold", "fmr", "fnmr"), targets),
        Table("errors", ("portrait", "outcome", "count"), [*_errors(all_compared)]),
    ]
    ms = [it.took_s * 1000 for it in all_compared if not it.error]
    times = [Measure(name, quantile(ms, part), upper=True) for name, part in (("p50_ms", 0.5), ("p95_ms", 0.95)) if ms]
    models = {name: digest for it in all_compared for name, digest in it.models.items()}
    notes = [("synthetic_pairs", "")] if any(it.pair.label.seed is not None for it in all_compared) else []
    failed = [*_failed(all_compared, threshold)]
    setting = {"threshold": threshold if threshold is not None else "own_threshold"}
    return Findings(len(all_compared), [*measures, *times], tables, failed, curves, notes, models, setting)


def _rates(here: Sequence[Compared], portrait: str, threshold: float | None) -> Iterator[Measure]:
    same = [it for it in here if it.pair.label.same]
    others = [it for it in here if not it.pair.label.same]
    if others:
        yield share("fmr", sum(it.alike(threshold) for it in others), len(others), upper=True, group=portrait)
    if same:
        yield share("fnmr", sum(not it.alike(threshold) for it in same), len(same), upper=True, group=portrait)
        yield share("no_score", sum(bool(it.error) for it in same), len(same), upper=True, group=portrait)


def _errors(all_compared: Sequence[Compared]) -> Iterator[tuple[str, str, int]]:
    counts = Counter((it.pair.label.kind.value, it.error) for it in all_compared if it.error)
    return ((*key, count) for key, count in sorted(counts.items()))


def _failed(all_compared: Sequence[Compared], threshold: float | None) -> Iterator[Failed]:
    for it in all_compared:
        if it.error or it.alike(threshold) != it.pair.label.same:
            label = it.pair.label
            told = it.error or f"score {it.score:.3f}, threshold {it.threshold if threshold is None else threshold:.3f}"
            kind = f"{label.kind.value}, {'the same person' if label.same else 'two persons'}"
            shown = tuple(it.pair.path.parent / name for name in (label.face, label.portrait))
            yield Failed(str(it.pair.path), (kind, told), shown)
