"""The compare itself: every card judged, every count held against the others. No I/O here."""

from __future__ import annotations

from dataclasses import dataclass

from padkit_sim.compare.equations import Equation, equations
from padkit_sim.compare.match import Meeting, bring_together
from padkit_sim.compare.rules import Core, Problem, Remark, Sent, Story, judge, sorted_state
from padkit_sim.compare.witnesses import KitCase, Testimony


@dataclass(frozen=True, slots=True)
class Row:
    """One card and what became of its comparison."""

    met: Meeting
    problems: tuple[Problem, ...]
    remarks: tuple[Remark, ...]

    @property
    def agrees(self) -> bool:
        return not self.problems


@dataclass(frozen=True, slots=True)
class Report:
    """The whole comparison. `lost_cases` are cases of the kit that central does not have."""

    rows: tuple[Row, ...]
    equations: tuple[Equation, ...]
    lost_cases: tuple[KitCase, ...]
    unsent: int

    @property
    def agrees(self) -> bool:
        """Tell whether all four tell the same about everything."""
        rows, sums = all(row.agrees for row in self.rows), all(equation.holds for equation in self.equations)
        return rows and sums and not self.lost_cases


def compare(said: Testimony) -> Report:
    """Hold the four witnesses against each other."""
    meetings = bring_together(said)
    at_central = {case.id for case in said.central.cases}
    return Report(
        rows=tuple(_row(met, said) for met in meetings),
        equations=equations(meetings),
        lost_cases=tuple(case for case in said.kit.cases if case.id not in at_central),
        unsent=said.kit.outbox.unsent,
    )


def _row(met: Meeting, said: Testimony) -> Row:
    if met.kit is None:
        found = (Problem.STRANGER,) if met.central is None else (Problem.CENTRAL,)
        return Row(met, (*found, *_bookings(met)), ())
    verdict = judge(Story(met.place, met.kit, met.core, met.in_flow, met.in_case))
    problems = [*verdict.problems, *_books(met, said), *_bookings(met)]
    remarks = verdict.remarks if met.foreign is None else (*verdict.remarks, Remark.FOREIGN)
    return Row(met, tuple(problems), () if problems else remarks)


def _books(met: Meeting, said: Testimony) -> list[Problem]:
    """What is wrong between the two books and the card that really lies there."""
    problems = [Problem.CENTRAL] if met.central is not met.kit else []
    if met.central_no is not None:
        problems.append(Problem.CENTRAL_NUMBER)
    opened = {account.card_no for account in said.core.accounts}
    if met.foreign is not None and (not met.in_case or met.foreign in opened):
        problems.append(Problem.FOREIGN)
    return problems


def _bookings(met: Meeting) -> list[Problem]:
    """What is wrong between central's submissions and the core's account."""
    problems: list[Problem] = []
    account = met.account
    if account is None:
        said_yes = any(it.may_open and sorted_state(it.state) is Sent.YES for it in met.submissions)
        return [Problem.NO_ACCOUNT] if said_yes and met.core is Core.NONE else []
    own = [it for it in met.submissions if (it.serial, it.attempt) == (account.serial, account.attempt)]
    if not own:
        return [Problem.UNSENT]
    for it in own:
        claim = sorted_state(it.state)
        if claim is Sent.NO:
            problems.append(Problem.REFUSED_LIVE)
        elif claim is Sent.OPEN and not (met.in_flow or met.in_case):
            problems.append(Problem.UNDECIDED)
    return problems
