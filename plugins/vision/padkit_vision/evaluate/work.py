"""Many cases through the driver: here, or in several processes; a case that fails, or ends its process, ends no other."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, util
from typing import Any, TypeVar

from padkit_vision.evaluate.judged import Desk, Wanted

Case = TypeVar("Case")
Outcome = TypeVar("Outcome")
Trial = Callable[[Any, Case], Awaitable[Outcome]]
_desks: list[Desk] = []  # of a process of ours, one


def run_all(
    wanted: Wanted, trial: Trial[Case, Outcome], cases: Sequence[Case], jobs: int, lost: Callable[[Case], Outcome]
) -> Iterator[Outcome]:
    """Yield the outcome of each case, in order; `lost` makes that of a case whose process ended. Raises `Refused`."""
    with Desk(wanted) as desk:  # also with several jobs: what cannot be opened is refused here, once
        if jobs == 1:
            for case in cases:
                yield desk.try_out(trial, case)
            return
    left = list(cases)
    while left:
        try:
            with _pool(wanted, jobs) as pool:
                for outcome in pool.map(_once, [trial] * len(left), left):
                    left.pop(0)
                    yield outcome
        except BrokenProcessPool:  # whose fault it was is not known: the next ones are tried alone
            for case in left[:jobs]:
                left.pop(0)
                yield _alone(wanted, trial, case, lost)


def _pool(wanted: Wanted, jobs: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(jobs, get_context("spawn"), _begin, (wanted,))


def _alone(wanted: Wanted, trial: Trial[Case, Outcome], case: Case, lost: Callable[[Case], Outcome]) -> Outcome:
    try:
        with _pool(wanted, 1) as pool:
            return pool.submit(_once, trial, case).result()
    except BrokenProcessPool:
        return lost(case)


def _begin(wanted: Wanted) -> None:
    desk = Desk(wanted)
    _desks.append(desk)
    util.Finalize(None, desk.close, exitpriority=0)


def _once(trial: Trial[Case, Outcome], case: Case) -> Outcome:
    return _desks[0].try_out(trial, case)
