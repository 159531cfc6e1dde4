"""The command `padkit-vision`: judge the driver of a seeing port on pictures with labels."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click

from padkit_sdk import PadkitError
from padkit_vision.evaluate import document_findings, documents, faces, labels, report, sitting_findings, sittings
from padkit_vision.evaluate.goals import hold, parse
from padkit_vision.evaluate.judged import Wanted
from padkit_vision.evaluate.measures import Findings
from padkit_vision.evaluate.words import LANGUAGES
from padkit_vision.evaluate.work import Trial, run_all

MISSED, WRONG = 1, 2
QUIET_S, TELL_S = 1.0, 5.0
GATE = "gate"  # the setting by which a document reader reads in spite of its quality gate
F = TypeVar("F", bound=Callable[..., None])
Case = TypeVar("Case")
Outcome = TypeVar("Outcome")


@click.group()
def main() -> None:
    """What the seeing plugins share."""


@main.group()
def evaluate() -> None:
    """Judge a driver on pictures with labels, and hold what was counted against goals.

    A goal is NAME=LIMIT, NAME:GROUP=LIMIT or NAME/LEVELS=LIMIT, as number=0.99, field/0-1=0.97, apcer:print=0.02. It holds for
    each measure that it means, one by one.

    Exit codes: 0 every goal is met, 1 one is missed, 2 a wrong call, a broken label, nothing to evaluate.
    """


def _common(port: str, plugin: str) -> Callable[[F], F]:
    options = [
        click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path)),
        click.option(
            "--plugin", default=plugin, show_default=True, help=f"Entry point, or folder, of one with {port}."
        ),
        click.option("--model", default="", help="Which of its models, when it offers several."),
        click.option("--setting", "settings", metavar="NAME=VALUE", multiple=True, help="One setting of the driver."),
        click.option("--goal", "goals", metavar="NAME=LIMIT", multiple=True, help="Exit code 1 when it is missed."),
        click.option(
            "--report",
            "out",
            type=click.Path(path_type=Path),
            help="Folder for report.json and report.html, or x.json.",
        ),
        click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of the page."),
        click.option("--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="So many processes."),
        click.option("--json", "as_json", is_flag=True, help="Print the whole result as JSON."),
    ]

    def decorate(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


@evaluate.command()
@_common("document_reader", "ocr")
def ocr(folder: Path, **words: Any) -> None:
    """Pictures of cards: what share of each field is right."""

    def judge(wanted: Wanted, jobs: int) -> Findings:
        cases = [documents.Document(*it) for it in labels.documents(folder)]
        reads = [*_run(wanted, documents.read, cases, jobs, documents.lost)]
        asked = [read.document for read in reads if read.asked and read.document.label.expect is None]
        if GATE not in wanted.find().offer.settings:
            return document_findings.findings(reads, None)
        without = replace(wanted, settings=(*wanted.settings, f"{GATE}=false"))
        again = [*_run(without, documents.read, asked, jobs, documents.lost)] if asked else []
        return document_findings.findings(reads, {read.document.path: read for read in again})

    _judge("ocr", "document_reader", judge, **words)


@evaluate.command()
@_common("face_checker", "liveness")
@click.option("--threshold", type=float, help="Judge the scores at this one; default: the driver's own verdict.")
def liveness(folder: Path, threshold: float | None, **words: Any) -> None:
    """Recorded sittings: attacks that pass, living persons that are refused."""

    def judge(wanted: Wanted, jobs: int) -> Findings:
        cases = [sittings.Sitting(*it) for it in labels.sessions(folder)]
        return sitting_findings.findings([*_run(wanted, sittings.sit, cases, jobs, sittings.lost)], threshold)

    _judge("liveness", "face_checker", judge, **words)


@evaluate.command()
@_common("face_checker", "liveness")
@click.option("--threshold", type=float, help="Call a score enough from here; default: each portrait's own.")
def face(folder: Path, threshold: float | None, **words: Any) -> None:
    """Pairs of face and portrait: false matches, false non-matches."""

    def judge(wanted: Wanted, jobs: int) -> Findings:
        cases = [faces.Pair(*it) for it in labels.pairs(folder)]
        return faces.findings([*_run(wanted, faces.compare, cases, jobs, faces.lost)], threshold)

    _judge("face", "face_checker", judge, **words)


def _judge(
    what: str,
    port: str,
    judge: Callable[[Wanted, int], Findings],
    *,
    plugin: str,
    model: str,
    settings: Sequence[str],
    goals: Sequence[str],
    out: Path | None,
    lang: str,
    jobs: int,
    as_json: bool,
) -> None:
    try:
        wished = [parse(it) for it in goals]
        wanted = Wanted(plugin, port, model, settings)
        target = wanted.find()
        findings = judge(wanted, jobs)
        findings = replace(findings, setting={**findings.setting, **target.settings, "jobs": jobs})
        held = hold(wished, findings.measures)
        judged = {"plugin": plugin, "version": target.manifest.version, "model": target.model, "port": port}
        if out is not None:
            report.write(out, what, judged, findings, held, lang)
    except PadkitError as exc:
        raise _Wrong(str(exc)) from exc
    if as_json:
        click.echo(json.dumps(report.document(what, judged, findings, held), ensure_ascii=False, indent=2))
    else:
        for line in (*map(str, findings.measures), f"failed {len(findings.failed)} of {findings.cases}"):
            click.echo(line)
        for it in held:
            click.echo(f"goal {it.goal.text}: {'met' if it.met else 'MISSED: ' + ', '.join(map(str, it.missed))}")
    sys.exit(0 if all(it.met for it in held) else MISSED)


class _Wrong(click.ClickException):
    exit_code = WRONG


def _run(
    wanted: Wanted, trial: Trial[Case, Outcome], cases: Sequence[Case], jobs: int, lost: Callable[[Case], Outcome]
) -> Iterator[Outcome]:
    """`run_all`, with a word on the error stream when it takes long."""
    began_s = told_s = time.monotonic()
    for done, outcome in enumerate(run_all(wanted, trial, cases, jobs, lost), start=1):
        yield outcome
        now_s = time.monotonic()
        if now_s - told_s > (TELL_S if told_s > began_s else QUIET_S):
            left_s = (now_s - began_s) / done * (len(cases) - done)
            click.echo(f"{done} of {len(cases)}, about {left_s:.0f} s left", err=True)
            told_s = now_s
