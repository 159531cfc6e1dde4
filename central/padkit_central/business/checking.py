"""The online checks of a customer: asked of the bank's systems here, kept here, and what a kit claims is held against it.

A kit is told whether its case may go on. Which list said no it is not told, and a person at the centre is.
"""

from __future__ import annotations

from collections.abc import Mapping

from padkit_central.business.ask import SERIAL, Ask
from padkit_central.business.functions import Functions
from padkit_central.business.ports import Bank
from padkit_central.business.steps import OWN_CHECKS
from padkit_central.observe import Log
from padkit_central.store import CheckRow, OpenCase, Store
from padkit_contract.catalogue import Entry
from padkit_contract.checks import (
    ABOUT,
    CARD,
    DECLINED,
    LENIENT,
    LOSS,
    SECRET,
    CheckAnswer,
    CheckQuestion,
    CheckResult,
    Verdict,
    about_mark,
    looked_up,
)
from padkit_contract.errors import Invalid
from padkit_contract.messages import Outcome, Reply, decode

PLACE = "geo"  # needs a kit that knows where it is
NO_POSITION = "geo.no_position"
HIT = "check.hit"
MAX_NAMES = 16
MAX_VALUE = 256
TOLD = frozenset(name for about in ABOUT.values() for name in about)
FINDINGS: Mapping[str, Mapping[str, Verdict]] = {  # in the bank's words; anything else is no answer
    "cip": {
        "consistent": Verdict.PASSED,
        "no_photo": Verdict.MARKED,
        "name_mismatch": Verdict.FAILED,
        "no_such_number": Verdict.FAILED,
    },
    "account_count": {"within": Verdict.PASSED, "over": Verdict.FAILED},
    "fraud_list": {"clear": Verdict.PASSED, "hit": Verdict.FAILED},
    "gray_list": {"clear": Verdict.PASSED, "hit": Verdict.MARKED},
    "aml_screen": {"clear": Verdict.PASSED, "hit": Verdict.FAILED},
    CARD: {
        "normal": Verdict.PASSED,
        "pin_locked": Verdict.MARKED,  # the core says whether a function may lift it
        "dormant": Verdict.MARKED,
        "other_person": Verdict.FAILED,
        "lost": Verdict.FAILED,  # but where its report of loss is what the function works on
        "replaced": Verdict.FAILED,
        "controlled": Verdict.FAILED,  # by a court, the police or the bank: no function of a kit lifts that
        "no_such_card": Verdict.FAILED,
    },
    "phone_match": {"same_person": Verdict.PASSED, "other_person": Verdict.MARKED},
}


class Checking:
    """Answers `CHECK`."""

    def __init__(self, functions: Functions, store: Store, bank: Bank, log: Log) -> None:
        self._functions = functions
        self._store = store
        self._bank = bank
        self._log = log

    async def check(self, ask: Ask) -> Reply:
        """Run what is asked for, one after the other, keep what was found, and tell the kit what it must know."""
        question = decode(ask.payload, CheckQuestion)
        entry = await self._functions.entry(ask.entity, question.business)
        _fit(entry, question)
        found: dict[str, Mapping[str, str]] = {}
        rows = [await self._one(ask, question, entry, name, found) for name in _with_all_lists(entry, question.names)]
        await self._store.checks.put(ask.entity, ask.kit, question.serial, rows)
        hits = [row.name for row in rows if row.name in SECRET and row.verdict is Verdict.FAILED]
        if hits:
            told = OpenCase(
                ask.entity, ask.kit, f"{HIT}:{question.serial}", HIT, self._store.now(), detail=", ".join(hits)
            )
            await self._store.open_case(told)
            self._log.warning(HIT, entity=ask.entity, kit=ask.kit, serial=question.serial)
        results = tuple(
            _shown(row, found.get(row.name, {}), hit=bool(hits)) for row in rows if row.name in question.names
        )
        return Reply(Outcome.OK, fields={"checked": CheckAnswer(results)})

    async def _one(
        self, ask: Ask, question: CheckQuestion, entry: Entry, name: str, found: dict[str, Mapping[str, str]]
    ) -> CheckRow:
        """Ask the bank; what it tells for the request goes into `found`."""
        named = {field: value for field, value in question.customer.items() if field in entry.specs}
        at, mark = self._store.now(), about_mark(ask.entity, question.serial, name, named)
        if name == PLACE:
            return CheckRow(name, Verdict.MARKED, NO_POSITION, at, mark)
        told = await self._bank.check(name, ask.entity, question.serial, question.customer)
        verdict = FINDINGS[name].get(told.finding) if told else None
        if told is None or verdict is None:
            away = Verdict.MARKED if name in LENIENT else Verdict.UNAVAILABLE
            return CheckRow(name, away, f"{name}.down", at, mark)
        code = f"{name}.{told.finding}"
        if name == CARD:
            wanted = looked_up(entry)
            found[name] = {field: told.fields[field] for field in sorted(wanted) if field in told.fields}
            if LOSS in wanted:
                verdict, code = _of_lost(told.finding, found[name])
            mark = about_mark(ask.entity, question.serial, name, {**named, **found[name]})
        return CheckRow(name, verdict, code, at, mark, told.system_serial[:64])


def _of_lost(finding: str, found: Mapping[str, str]) -> tuple[Verdict, str]:
    """Judge a card by its report of loss: without the number of a formal one nothing is done on it."""
    if finding != "lost":
        return Verdict.FAILED, f"{CARD}.{'not_lost' if FINDINGS[CARD][finding] is not Verdict.FAILED else finding}"
    return (Verdict.PASSED, f"{CARD}.lost") if found.get(LOSS) else (Verdict.FAILED, f"{CARD}.no_loss_number")


def _with_all_lists(entry: Entry, names: tuple[str, ...]) -> tuple[str, ...]:
    """Who asks for one list asks for all: asked one by one, their answers would tell which of them said no."""
    if not SECRET.intersection(names):
        return names
    return (*names, *(name for name in entry.checks if name in SECRET and name not in names))


def _fit(entry: Entry, question: CheckQuestion) -> None:
    """Raise `Invalid` ``serial.form``, ``check.names``, ``check.customer`` unless it is a question that is answered here."""
    if SERIAL.fullmatch(question.serial) is None:
        raise Invalid("serial.form", f"{question.serial[:64]!r}: 1 to 64 letters, digits or _ . : - are wanted")
    known = [name for name in entry.checks if name not in OWN_CHECKS and (name in FINDINGS or name == PLACE)]
    names = question.names
    if not names or len(names) > MAX_NAMES or len(set(names)) != len(names) or not set(names) <= set(known):
        raise Invalid("check.names", f"{entry.id}: {', '.join(names)[:128]!r}; of {', '.join(known)}, each once")
    for name, value in question.customer.items():
        if name not in entry.specs.keys() | TOLD or not isinstance(value, str) or len(value) > MAX_VALUE:
            raise Invalid(
                "check.customer",
                f"{entry.id}.{name[:64]}: a text of the catalogue's inputs, or of whom a check is about, is wanted",
            )


def _shown(row: CheckRow, found: Mapping[str, str], *, hit: bool) -> CheckResult:
    """What a kit is told: where one of the lists said no, all of them say the same."""
    if hit and row.name in SECRET:
        return CheckResult(row.name, Verdict.FAILED, DECLINED, row.at)
    if row.name in SECRET and row.verdict is Verdict.MARKED:
        return CheckResult(row.name, Verdict.PASSED, f"{row.name}.clear", row.at, row.system_serial)
    return CheckResult(row.name, row.verdict, row.code, row.at, row.system_serial, dict(found))
