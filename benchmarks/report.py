"""How results look: a table for people, ``out/<name>.json`` for programs, ``out/samples/<name>.json`` with the raw data."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.figures import Figure, Result
from benchmarks.machine import Machine

OUT = Path(__file__).parent / "out"
NOT_RUN = "not run"
HEAD = ("figure", "value", "low..high", "runs", "goal", "", "peer", "peer's", "ratio")


def write(name: str, result: Result, machine: Machine, date: str) -> None:
    """Keep the result as the last one of this benchmark."""
    samples = {figure: [_number(each) for each in it.samples] for figure, it in result.figures.items()}
    _dump(OUT / f"{name}.json", _document(result, machine, date))
    _dump(OUT / "samples" / f"{name}.json", {"samples": samples, "notes": list(result.notes), "date": date})


def write_part(
    name: str, parts: Sequence[str], part: str, figures: Mapping[str, Figure], machine: Machine, date: str
) -> None:
    """Keep the result of one of several parts; those of the others stay as they are, or are ``not run``."""
    path = OUT / f"{name}.json"
    known = json.loads(path.read_text(encoding="utf-8"))["parts"] if path.exists() else {}
    known[part] = _document(Result(figures), machine, date)
    _dump(path, {"parts": {each: known.get(each, NOT_RUN) for each in parts}})


def table(name: str, result: Result) -> str:
    """Return the result for a person."""
    rows = [HEAD, *(_row(figure, it) for figure, it in result.figures.items())]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines.insert(1, "-" * max(len(line) for line in lines))
    return "\n".join([name, *lines, *(f"  {note}" for note in result.notes), ""])


def _document(result: Result, machine: Machine, date: str) -> dict[str, object]:
    figures = {figure: _plain(it) for figure, it in result.figures.items()}
    return {"figures": figures, "machine": asdict(machine), "date": date}


def _plain(figure: Figure) -> dict[str, object]:
    return {
        "value": _number(figure.value),
        "unit": figure.unit,
        "goal": str(figure.goal or "none"),
        "ok": figure.ok,
        "peer": figure.peer.name if figure.peer else None,
        "peer_value": _number(figure.peer.value) if figure.peer else None,
        "ratio": None if figure.ratio is None else _number(figure.ratio),
    }


def _row(name: str, figure: Figure) -> tuple[str, ...]:
    spread = f"{min(figure.samples):.3g}..{max(figure.samples):.3g}" if figure.samples else ""
    return (
        name,
        f"{_text(figure.value)} {figure.unit}",
        spread,
        str(len(figure.samples) or ""),
        str(figure.goal or ""),
        "" if figure.goal is None else "ok" if figure.ok else "MISSED",
        figure.peer.name if figure.peer else "",
        _text(figure.peer.value) if figure.peer else "",
        "" if figure.ratio is None else _text(figure.ratio),
    )


def _number(value: float) -> float:
    """Four digits are more than a run can promise."""
    return float(f"{value:.4g}")


def _text(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _dump(path: Path, document: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
