"""The report for people: a table, each difference in full, one line in the end. Card numbers show four digits. No I/O here."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from padkit_contract.messages import CardState
from padkit_sim.card_number import masked
from padkit_sim.columns import padded, width
from padkit_sim.compare.report import Report, Row
from padkit_sim.compare.rules import Problem
from padkit_sim.compare.texts import Language, phrase, problem, word

COLUMNS = ("voucher", "ends_with", "box", "kit", "central", "core", "verdict")
GAP = "  "
SHOWN_UNTOUCHED = 3  # so many cards in the hopper are told one by one


def table(report: Report, language: Language) -> str:
    """Return the whole report as text, lines without trailing blanks."""
    head = [phrase(name, language) for name in COLUMNS]
    lines = _aligned([head, *_folded(report.rows, language)])
    details = [line for row in report.rows for line in _details(row, language)]
    details += _sums(report, language) + _cases(report, language)
    if report.unsent:
        details.append(phrase("unsent", language, n=report.unsent))
    return "\n".join([*lines, "", *details, summary(report, language)])


def summary(report: Report, language: Language) -> str:
    """Return the one line that says whether all four agree."""
    cards = len(report.rows)
    if report.agrees:
        return phrase("all_agree", language, cards=cards)
    bad = sum(not row.agrees for row in report.rows)
    sums = sum(not equation.holds for equation in report.equations)
    return phrase("some_differ", language, cards=cards, bad=bad, sums=sums)


def _folded(rows: Sequence[Row], language: Language) -> list[list[str]]:
    """Return the lines of all cards; many that never left the hopper are one line from first to last."""
    lines: list[list[str]] = []
    for untouched, run in itertools.groupby(rows, key=_untouched):
        cells = [_cells(row, language) for row in run]
        if untouched and len(cells) > SHOWN_UNTOUCHED:
            first, last = cells[0], cells[-1]
            count = phrase("cards", language, n=len(cells))
            lines.append([f"{first[0]}…{last[0]}", count, *first[2:]])
        else:
            lines += cells
    return lines


def _untouched(row: Row) -> bool:
    return row.agrees and row.met.kit is CardState.LOADED


def _cells(row: Row, language: Language) -> list[str]:
    met = row.met
    verdict = phrase("agrees" if row.agrees else "differs", language)
    if row.remarks:
        verdict += f" ({', '.join(word(remark, language) for remark in row.remarks)})"
    witnesses = (met.place, met.kit, met.central, met.core)
    return [
        masked(met.voucher) or "-",
        met.card_no.ends_with,
        *(word(value, language) for value in witnesses),
        verdict,
    ]


def _details(row: Row, language: Language) -> list[str]:
    """Return each difference of one card: which card, what each witness says, what is wrong, what next."""
    voucher, ends_with, box, kit, central, core, _ = _cells(row, language)
    says = ", ".join(
        f"{phrase(name, language)}: {value}"
        for name, value in (("box", box), ("kit", kit), ("central", central), ("core", core))
    )
    lines: list[str] = []
    for found in row.problems:
        what, after = problem(found, language)
        card = f"{phrase('card', language)} {voucher} (…{ends_with})"
        lines.append(f"{card}: {what}; {says}; {phrase('next', language)}: {after}")
    return lines


def _sums(report: Report, language: Language) -> list[str]:
    lines: list[str] = []
    for equation in report.equations:
        if not equation.holds:
            batch = f" ({phrase('batch', language)} {masked(equation.batch)})" if equation.batch else ""
            counted = (
                f"{phrase('counted', language)} {equation.counted}, {phrase('booked', language)} {equation.booked}"
            )
            lines.append(f"{phrase('count', language)}{batch}: {word(equation.name, language)}: {counted}")
    return lines


def _cases(report: Report, language: Language) -> list[str]:
    what, after = problem(Problem.CASE_NOT_AT_CENTRAL, language)
    return [
        f"{phrase('case', language)} {case.id} ({phrase('voucher', language)} {masked(case.voucher) or '-'}): {what}; "
        f"{masked(case.reason)}; {phrase('next', language)}: {after}"
        for case in report.lost_cases
    ]


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(width(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [GAP.join(padded(cell, columns) for cell, columns in zip(row, widths, strict=True)).rstrip() for row in rows]
