"""Writes the report of a run, as JSON and HTML, and says the tier below it. The only place where the wall clock is read."""

from __future__ import annotations

import importlib
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from padkit_sdk.conformance.evidence import Trace, evidence
from padkit_sdk.conformance.promise import EVERY_PORT, PROMISES, Promise
from padkit_sdk.conformance.report import Asked, Case, Report, Subject, asked, make_report, told
from padkit_sdk.conformance.report_html import page
from padkit_sdk.conformance.run import ConformanceRun
from padkit_sdk.conformance.tiers import BROKEN, KEPT
from padkit_sdk.errors import Refused

HERE = Path(__file__).parent
MAX_REPORT = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Outputs:
    """Where the report goes, and what is added to its evidence."""

    json: Path | None
    html: Path | None
    trace: Path | None
    earlier: Sequence[Path]


class Reporting:
    """A pytest plugin beside a run. Raises `Refused` ``report.unreadable`` for an earlier report that is none."""

    def __init__(self, run: ConformanceRun, outputs: Outputs) -> None:
        self._run = run
        self._outputs = outputs
        self._trace = Trace.begun(outputs.trace)
        self._earlier = {path.name: _read(path) for path in outputs.earlier}
        self._started_at = datetime.now(UTC).isoformat(timespec="seconds")
        self._cases: dict[str, Case] = {}
        self._report: Report | None = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep how each test ended; set-up and tear-down count only when they fail."""
        if report.nodeid not in self._run.asked or not (report.when == "call" or report.failed):
            return
        words = told(report.longreprtext) if report.failed else {}
        if report.failed and not words:
            words = {"got": report.longreprtext[-500:]}
        outcome = BROKEN if report.failed else KEPT
        test = report.nodeid.rpartition("/")[2]
        self._cases[report.nodeid] = Case(test=test, outcome=outcome, seconds=round(report.duration, 3), **words)

    def pytest_sessionfinish(self) -> None:
        """Compute the tier, write what was asked for. Raises `pytest.UsageError` when that is impossible."""
        if self._run.census is None:
            return
        try:
            self._report = report = self._make()
            if self._outputs.json is not None:
                self._outputs.json.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
            if self._outputs.html is not None:
                self._outputs.html.write_text(page(report), encoding="utf-8")
        except (OSError, ValueError) as exc:
            raise pytest.UsageError(f"padkit conformance: no report was written: {exc}") from exc

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say the tier and what it lacks."""
        if self._report is None:
            return
        terminalreporter.write_line(f"tier      {self._report.tier}")
        for rule in self._report.rules:
            if not rule.met:
                terminalreporter.write_line(f"  {rule.tier} lacks: {rule.name} ({'; '.join(rule.lacks)})")

    def _make(self) -> Report:
        census, target = self._run.census, self._run.target
        assert census is not None
        who = census.identity
        subject = Subject(
            device=census.where,
            model=who.model,
            serial=who.serial,
            firmware=who.firmware,
            driver=target.manifest.name,
            version=target.manifest.version,
            driver_model=target.model,
            ports=tuple(target.offer.ports),
            hands=self._run.hands,
        )
        seen = evidence(census.path, self._run.hands, os.environ, self._trace)
        return make_report(subject, seen, list(self._promises(subject.ports)), self._earlier, self._started_at)

    def _promises(self, ports: Sequence[str]) -> Iterator[Asked]:
        """Every promise of the ports: those of the kit that were not run too."""
        cases: dict[tuple[str, str], list[Case]] = defaultdict(list)
        partly: set[tuple[str, str]] = set()
        promises: dict[tuple[str, str], Promise] = {_key(it): it for it in _of_the_kit(ports)}
        for nodeid, promise in self._run.asked.items():
            promises.setdefault(_key(promise), promise)
            if nodeid in self._cases:
                cases[_key(promise)].append(self._cases[nodeid])
            else:
                partly.add(_key(promise))
        why: Mapping[tuple[str, str], str] = {_key(promise): why for promise, why in self._run.unasked}
        promises = {_key(promise): promise for promise, _ in self._run.unasked} | promises
        for key, promise in promises.items():
            yield asked(promise, cases[key], why.get(key, ""), whole=key not in partly)


def _of_the_kit(ports: Sequence[str]) -> list[Promise]:
    for path in sorted(HERE.glob("test_*.py")):
        importlib.import_module(f"{__package__}.{path.stem}")
    return [
        promise
        for test, promise in PROMISES.items()
        if promise.port in (EVERY_PORT, *ports) and getattr(test, "__module__", "").startswith(f"{__package__}.")
    ]


def _key(promise: Promise) -> tuple[str, str]:
    return promise.port, promise.sentence


def _read(path: Path) -> Report:
    try:
        with path.open("rb") as file:
            return msgspec.json.decode(file.read(MAX_REPORT), type=Report)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
        what = f"report {path}: cannot be read ({exc})"
        raise Refused("report.unreadable", f"{what}; give a file that --padkit-json wrote") from exc
