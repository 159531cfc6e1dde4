"""What many sittings add up to: APCER by kind of attack, the worst named, BPCER, what each layer alone would have done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from padkit_sdk.ports import LayerState
from padkit_vision.evaluate.measures import RATE, Cell, Curve, Failed, Findings, Measure, Table, rate, share
from padkit_vision.evaluate.sittings import Sat
from padkit_vision.evaluate.stats import det, quantile

LIVE = "live"
SHOWN_FRAMES = 6  # of a failed session


def findings(sats: Sequence[Sat], threshold: float | None) -> Findings:
    """Add up `sats` at `threshold`, None for the driver's own."""
    living = [sat for sat in sats if sat.sitting.label.attack is None]
    attacks = sorted({sat.sitting.label.attack for sat in sats if sat.sitting.label.attack is not None})
    rates = [*_rates(sats, attacks, living, threshold)]
    tables = [
        Table("rates", ("measure", "attack", *RATE), [(it.name, it.group, *rate(it)) for it in rates]),
        Table("layers", ("layer", "attack", *RATE, "inconclusive", "not_available"), [*_layers(sats, attacks)]),
        Table("reasons", ("attack", "reason", "count"), [*_reasons(sats)]),
        Table("errors", ("attack", "outcome", "count"), [*_errors(sats)]),
    ]
    measures = [*rates, *_whole(rates), *_times(sats)]
    models = {name: digest for sat in sats for name, digest in sat.models.items()}
    return Findings(
        len(sats),
        measures,
        tables,
        [*_failed(sats, threshold)],
        [*_curves(sats, attacks, living)],
        [*_notes(sats, rates)],
        models,
        {"threshold": threshold if threshold is not None else "own_threshold"},
    )


def _rates(
    sats: Sequence[Sat], attacks: Sequence[str], living: Sequence[Sat], threshold: float | None
) -> Iterator[Measure]:
    """APCER of each kind, of those with a verdict; BPCER, where one without a verdict counts as refused."""
    for attack in attacks:
        tried = [sat for sat in sats if sat.sitting.label.attack == attack and not sat.error]
        if tried:
            passed = sum(sat.passes(threshold) for sat in tried)
            yield share("apcer", passed, len(tried), upper=True, group=attack)
    if living:
        yield share("bpcer", sum(not sat.passes(threshold) for sat in living), len(living), upper=True)


def _whole(rates: Sequence[Measure]) -> Iterator[Measure]:
    """The worst kind's APCER, and ACER: its mean with BPCER."""
    by_attack = [it for it in rates if it.name == "apcer"]
    refused = [it for it in rates if it.name == "bpcer"]
    if by_attack:
        worst = max(by_attack, key=lambda it: it.value)
        yield Measure("apcer_worst", worst.value, upper=True, group=worst.group, count=worst.count, of=worst.of)
        if refused:
            yield Measure("acer", (worst.value + refused[0].value) / 2, upper=True)


def _layers(sats: Sequence[Sat], attacks: Sequence[str]) -> Iterator[tuple[Cell, ...]]:
    """For each layer and kind: of those it had a word on, how many it alone would have let through (not failed)."""
    names = list(dict.fromkeys(name for sat in sats for name in sat.layers))
    for layer in names:
        for attack in (*attacks, LIVE):
            group = [sat for sat in sats if (sat.sitting.label.attack or LIVE) == attack and layer in sat.layers]
            states = Counter(sat.layers[layer] for sat in group)
            of = len(group) - states[LayerState.NOT_AVAILABLE]
            through = states[LayerState.PASSED] + states[LayerState.INCONCLUSIVE]
            cells = rate(share(layer, through, of, upper=True)) if of else (0, 0, None, None, None)
            yield layer, attack, *cells, states[LayerState.INCONCLUSIVE], states[LayerState.NOT_AVAILABLE]


def _reasons(sats: Sequence[Sat]) -> Iterator[tuple[str, str, int]]:
    counts = Counter((sat.sitting.label.attack or LIVE, reason) for sat in sats for reason in set(sat.reasons))
    return ((*key, count) for key, count in sorted(counts.items()))


def _errors(sats: Sequence[Sat]) -> Iterator[tuple[str, str, int]]:
    counts = Counter((sat.sitting.label.attack or LIVE, sat.error) for sat in sats if sat.error)
    counts.update((sat.sitting.label.attack or LIVE, "frames refused") for sat in sats if sat.refused)
    return ((*key, count) for key, count in sorted(counts.items()))


def _times(sats: Sequence[Sat]) -> Iterator[Measure]:
    ms = [each for sat in sats for each in sat.ms]
    if ms:
        yield Measure("frame_p50_ms", quantile(ms, 0.5), upper=True)
        yield Measure("frame_p95_ms", quantile(ms, 0.95), upper=True)


def _curves(sats: Sequence[Sat], attacks: Sequence[str], living: Sequence[Sat]) -> Iterator[Curve]:
    to_pass = [sat.rank for sat in living]
    for attack in attacks:
        points = det(to_pass, [sat.rank for sat in sats if sat.sitting.label.attack == attack and not sat.error])
        if points:
            yield Curve(attack, points)


def _notes(sats: Sequence[Sat], rates: Sequence[Measure]) -> Iterator[tuple[str, str]]:
    if any(sat.sitting.label.seed is not None for sat in sats):
        yield "synthetic_sittings", ""
    else:
        yield "no_laboratory", ""
    yield "relay_not_covered", ""
    yield "challenge_not_covered", ""
    without = sum(not sat.sitting.label.steps for sat in sats)
    if without:
        yield "no_steps", f"{without} of {len(sats)}"
    by_attack = [it for it in rates if it.name == "apcer"]
    if by_attack:
        yield "worst_attack", str(max(by_attack, key=lambda it: it.value))
    absent = Counter(name for sat in sats for name, state in sat.layers.items() if state is LayerState.NOT_AVAILABLE)
    for name, count in sorted(absent.items()):
        yield "layer_not_available", f"{name} ({count} of {len(sats)})"


def _failed(sats: Sequence[Sat], threshold: float | None) -> Iterator[Failed]:
    for sat in sats:
        attack = sat.sitting.label.attack
        if not sat.error and sat.passes(threshold) == (attack is None):
            continue
        layers = ", ".join(f"{name} {state.value}" for name, state in sat.layers.items())
        why = (
            sat.error
            or f"score {sat.score:.3f}, threshold {sat.threshold:.3f}; {layers}; {', '.join(sat.reasons) or 'no reason'}"
        )
        yield Failed(str(sat.sitting.path), (attack or LIVE, why), _shown(sat))


def _shown(sat: Sat) -> tuple[Path, ...]:
    """Some frames of a session's folder, evenly; none of a video."""
    shots = sat.sitting.shots() if sat.sitting.path.is_dir() else []
    step = max(1, -(-len(shots) // SHOWN_FRAMES))
    return tuple(path for _, path in shots[::step])
