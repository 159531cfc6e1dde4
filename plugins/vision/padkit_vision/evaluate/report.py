"""The report of an evaluation: ``report.json`` for programs, ``report.html`` for people, the failed pictures, the DET picture.

It goes into a folder, or, where a file ``x.json`` is named, there, with ``x.html`` beside it. Both hold what the pictures show;
what is made here is for its owner only.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path

from padkit_sdk import Refused
from padkit_vision.evaluate.curve import det_svg
from padkit_vision.evaluate.goals import Held
from padkit_vision.evaluate.measures import Cell, Findings, Measure, Table
from padkit_vision.evaluate.words import say

MOST_SHOWN = 200
FORM = "padkit-vision evaluation 1"
STYLE = (
    "body{font-family:sans-serif;margin:2em;max-width:70em}table{border-collapse:collapse;margin:1em 0}"
    "td,th{border:1px solid #bbb;padding:.2em .6em;text-align:left}img{max-width:20em;max-height:14em;margin:.3em}"
    ".missed{color:#a00;font-weight:bold}.note{background:#fff4d6;padding:.5em}svg{max-width:48em}"
)


def document(what: str, judged: Mapping[str, str], findings: Findings, held: Sequence[Held]) -> dict[str, object]:
    """Return what ``report.json`` holds."""
    return {
        "form": FORM,
        "evaluated": what,
        "judged": dict(judged),
        "cases": findings.cases,
        "setting": {key: say(it, "en") if isinstance(it, str) else it for key, it in findings.setting.items()},
        "models": dict(findings.models),
        "goals": [{"goal": it.goal.text, "met": it.met, "missed": [str(one) for one in it.missed]} for it in held],
        "measures": [_plain(it) for it in findings.measures],
        "tables": {it.title: [dict(zip(it.columns, row, strict=True)) for row in it.rows] for it in findings.tables},
        "notes": [" ".join(filter(None, (say(name, "en"), detail))) for name, detail in findings.notes],
        "failed": [{"case": it.case, "why": list(it.why)} for it in findings.failed],
    }


def write(
    out: Path, what: str, judged: Mapping[str, str], findings: Findings, held: Sequence[Held], language: str
) -> None:
    """Write the report to `out`: a folder, which is made, or a ``.json`` file. Raises `Refused` ``report.folder``."""
    as_file = out.suffix.lower() == ".json" and not out.is_dir()
    folder, name, before = (out.parent, out.stem, f"{out.stem}-") if as_file else (out, "report", "")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        told = json.dumps(document(what, judged, findings, held), ensure_ascii=False, indent=2) + "\n"
        _keep(out if as_file else folder / "report.json", told.encode())
        shown = _copied(folder, f"{before}pictures", findings)
        if findings.curves:
            _keep(folder / f"{before}det.svg", _det(what, findings, language).encode())
        page = "\n".join(_page(what, judged, findings, held, shown, language))
        _keep(folder / f"{name}.html", page.encode())
    except OSError as exc:
        told = f"--report {out}: {exc.strerror}; name a folder, or a .json file in one, that may be written"
        raise Refused("report.folder", told) from exc


def _keep(path: Path, data: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)


def _plain(it: Measure) -> dict[str, object]:
    limits = it.limits
    return {
        "measure": it.name,
        "group": it.group,
        "level": it.level,
        "value": it.value,
        "count": it.count if limits else None,
        "of": it.of if limits else None,
        "low": limits[0] if limits else None,
        "high": limits[1] if limits else None,
        "goal_is": "at most" if it.upper else "at least",
    }


def _copied(folder: Path, place: str, findings: Findings) -> list[list[str]]:
    """Copy the pictures of the first failed cases to `place` in `folder`; their names in the report, by case."""
    names: list[list[str]] = []
    (folder / place).mkdir(mode=0o700, exist_ok=True)
    for number, failed in enumerate(findings.failed[:MOST_SHOWN]):
        kept = []
        for nth, picture in enumerate(failed.pictures):
            name = f"{place}/{number:04}-{nth}{picture.suffix.lower()}"
            _keep(folder / name, picture.read_bytes())
            kept.append(name)
        names.append(kept)
    return names


def _det(what: str, findings: Findings, language: str) -> str:
    titles = ("apcer", "bpcer") if what == "liveness" else ("fmr", "fnmr")
    return det_svg(findings.curves, *(say(it, language) for it in titles))


def _page(
    what: str,
    judged: Mapping[str, str],
    findings: Findings,
    held: Sequence[Held],
    shown: Sequence[Sequence[str]],
    language: str,
) -> Iterator[str]:
    def text(name: str) -> str:
        return escape(say(name, language))

    yield f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"><title>{text(what)}</title>'
    yield f"<style>{STYLE}</style></head><body><h1>{text(what)}</h1>"
    yield f'<p class="note">{text("private")}</p>'
    for name, detail in findings.notes:
        yield f'<p class="note">{text(name)}{": " + escape(detail) if detail else ""}</p>'
    yield f"<p>{text('judged')}: {escape(', '.join(f'{key} {value}' for key, value in judged.items()))}<br>"
    yield f"{text('cases')}: {findings.cases}"
    for key, value in findings.setting.items():
        yield f"<br>{text(key)}: {text(str(value))}"
    yield "</p>"
    yield from _goals(held, language)
    yield f"<p>{text('limits')}</p>"
    for table in findings.tables:
        yield from _table(table, language)
    if findings.curves:
        yield f"<h2>{text('det')}</h2>{_det(what, findings, language)}"
    yield from _table(Table("models", ("models", "of"), [*findings.models.items()]), language)
    yield f"<h2>{text('failed')}: {len(findings.failed)}</h2>"
    for failed, pictures in zip(findings.failed, shown, strict=False):
        yield f"<h3>{escape(failed.case)}</h3><ul>{''.join(f'<li>{escape(it)}</li>' for it in failed.why)}</ul>"
        yield "".join(f'<img src="{escape(it)}" alt="" loading="lazy">' for it in pictures)
    if len(findings.failed) > MOST_SHOWN:
        yield f"<p>{len(findings.failed) - MOST_SHOWN} {text('not_shown')}</p>"
    yield "</body></html>"


def _goals(held: Sequence[Held], language: str) -> Iterator[str]:
    if held:
        yield f"<h2>{escape(say('goals', language))}</h2><ul>"
        for it in held:
            word = say("met" if it.met else "missed", language)
            missed = f": {escape(', '.join(map(str, it.missed)))}" if it.missed else ""
            yield f'<li class="{"met" if it.met else "missed"}">{escape(it.goal.text)}: {escape(word)}{missed}</li>'
        yield "</ul>"


def _table(table: Table, language: str) -> Iterator[str]:
    if not table.rows:
        return
    heads = "".join(f"<th>{escape(say(it, language))}</th>" for it in table.columns)
    yield f"<h2>{escape(say(table.title, language))}</h2><table><tr>{heads}</tr>"
    for row in table.rows:
        yield f"<tr>{''.join(f'<td>{escape(_cell(it, language))}</td>' for it in row)}</tr>"
    yield "</table>"


def _cell(cell: Cell, language: str) -> str:
    return "" if cell is None else say(cell, language) if isinstance(cell, str) else str(cell)
