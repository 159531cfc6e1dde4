"""The report as one HTML page that a manager can read: the tier, what it still lacks, what broke and where. No I/O."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from padkit_sdk.conformance.report import NOT_ASKED, Asked, Report, counts
from padkit_sdk.conformance.tiers import BROKEN, KEPT

STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#222}
h1{font-size:1.5em}h2{font-size:1.15em;margin-top:2em}
.tier{display:inline-block;padding:.1em .7em;border-radius:.4em;border:1px solid #999;font-weight:600}
.gold{background:#f5d76e}.silver{background:#dfe3e8}.bronze{background:#e8c4a0}.none{background:#fff}
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.3em .6em;border-bottom:1px solid #ddd}
.kept,.met{color:#17692b}.broken,.lacking{color:#a11}.quiet{color:#666}
dl{display:grid;grid-template-columns:9em 1fr;gap:.2em 1em;margin:.5em 0}dt{color:#666}dd{margin:0}
pre{white-space:pre-wrap;margin:0;font:13px/1.4 ui-monospace,monospace}
"""


def page(report: Report) -> str:
    """The whole page; nothing in it comes from elsewhere."""
    title = f"{report.subject.driver} {report.subject.version}: {report.tier}"
    body = "\n".join((*_head(report), *_rules(report), *_broken(report.promises), *_all(report.promises)))
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head><body>\n{body}\n</body></html>\n"
    )


def _head(report: Report) -> Iterator[str]:
    who, count = report.subject, counts(report.promises)
    yield f'<h1>{escape(who.driver)} {escape(who.version)} <span class="tier {report.tier}">{report.tier}</span></h1>'
    place = "real hardware" if report.evidence.hardware else f"no real hardware: {report.evidence.why_not_hardware}"
    yield _pairs(
        ("Device", who.device),
        ("It says", f"{who.model}, serial {who.serial or '-'}, firmware {who.firmware or '-'}"),
        ("Driver", f"{who.driver} {who.version} for {who.driver_model}, ports {', '.join(who.ports)}"),
        ("Hands", who.hands),
        ("Where", place),
        ("Trace", f"{report.evidence.trace_frames} frames, SHA-256 {report.evidence.trace_sha256}"),
        ("Earlier runs", ", ".join(report.earlier)),
        ("When", report.started_at),
        ("Promises", ", ".join(f"{number} {name}" for name, number in count.items() if number)),
    )


def _rules(report: Report) -> Iterator[str]:
    yield "<h2>The tier, computed from the results</h2><table><tr><th>Tier</th><th>Rule</th><th>Met</th></tr>"
    for rule in report.rules:
        lacks = "".join(f"<li>{escape(it)}</li>" for it in rule.lacks)
        mark = '<span class="met">yes</span>' if rule.met else f'<span class="lacking">no</span><ul>{lacks}</ul>'
        yield f"<tr><td>{rule.tier}</td><td>{escape(rule.sentence)}</td><td>{mark}</td></tr>"
    yield "</table>"


def _broken(promises: Sequence[Asked]) -> Iterator[str]:
    cases = [(it, case) for it in promises for case in it.cases if case.outcome == BROKEN]
    if cases:
        yield "<h2>What broke</h2>"
    for it, case in cases:
        yield f'<h3 class="broken">{escape(it.sentence)}</h3>'
        yield _pairs(
            ("Device", case.device), ("Step", case.step), ("Expected", case.expected), ("Got", case.got),
            ("Test", case.test),
        )  # fmt: skip


def _all(promises: Sequence[Asked]) -> Iterator[str]:
    yield "<h2>Every promise</h2><table><tr><th>Port</th><th>Promise</th><th>Kind</th><th>Outcome</th></tr>"
    for it in sorted(promises, key=lambda one: (one.outcome == KEPT, one.port)):
        shown = {KEPT: "kept", BROKEN: "broken", NOT_ASKED: "quiet"}.get(it.outcome, "quiet")
        why = f"<br>{escape(it.why)}" if it.why else ""
        yield (
            f"<tr><td>{escape(it.port)}</td><td>{escape(it.sentence)}</td><td>{it.kind}</td>"
            f'<td class="{shown}">{it.outcome}{why}</td></tr>'
        )
    yield "</table>"


def _pairs(*pairs: tuple[str, str]) -> str:
    rows = "".join(f"<dt>{name}</dt><dd><pre>{escape(text)}</pre></dd>" for name, text in pairs if text)
    return f"<dl>{rows}</dl>"
