"""The report for programs: plain JSON with stable words. Card numbers show four digits. No I/O here."""

from __future__ import annotations

import msgspec

from padkit_sim.card_number import masked
from padkit_sim.compare.report import Report, Row
from padkit_sim.compare.show import summary
from padkit_sim.compare.texts import Language, problem


def as_json(report: Report, language: Language) -> bytes:
    """Return the report as JSON; `language` chooses the sentences, the keys and words stay."""
    return msgspec.json.encode(
        {
            "agree": report.agrees,
            "summary": summary(report, language),
            "unsent": report.unsent,
            "cards": [_card(row, language) for row in report.rows],
            "counts": [
                {
                    "name": equation.name.value,
                    "batch": masked(equation.batch),
                    "counted": equation.counted,
                    "booked": equation.booked,
                    "holds": equation.holds,
                }
                for equation in report.equations
            ],
            "lost_cases": [{"id": case.id, "voucher": masked(case.voucher)} for case in report.lost_cases],
        }
    )


def _card(row: Row, language: Language) -> dict[str, object]:
    met = row.met
    return {
        "voucher": masked(met.voucher),
        "ends_with": met.card_no.ends_with,
        "box": met.place.value,
        "kit": None if met.kit is None else met.kit.value,
        "central": None if met.central is None else met.central.value,
        "core": met.core.value,
        "agree": row.agrees,
        "remarks": [remark.value for remark in row.remarks],
        "problems": [
            {"name": found.value, "text": what, "next": after}
            for found in row.problems
            for what, after in [problem(found, language)]
        ],
    }
