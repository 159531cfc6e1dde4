"""The states of a flow and which may follow which, of the card opening above all. A table; the docs draw their diagram from it.

Every function of the catalogue walks by it: a step that its entry does not ask for is passed, and one in which no card leaves
the box goes from AUTHORISED over SUBMITTING to CORE_SENT, from CORE_OK to RECEIPTED.

Names are those of the card-opening reference: P0 is CARD_STAGED, P1 is CORE_SENT, P2 is CARD_TAKEN, P3 is CLOSED.
"""

from __future__ import annotations

import enum
import itertools
from collections.abc import Mapping


class Phase(enum.Enum):
    """Where a flow stands. The order of the main path is the order below."""

    STARTED = "STARTED"
    CONSENTED = "CONSENTED"
    ID_READ = "ID_READ"
    ID_COMPARED = "ID_COMPARED"
    ID_CHECKED = "ID_CHECKED"
    OFFLINE_HELD = "OFFLINE_HELD"
    PERSON_OK = "PERSON_OK"
    ELIGIBLE = "ELIGIBLE"
    CDD_DONE = "CDD_DONE"
    FORM_DONE = "FORM_DONE"
    SIGNED = "SIGNED"
    AUTH_WAIT = "AUTH_WAIT"
    AUTHORISED = "AUTHORISED"
    SUBMITTING = "SUBMITTING"
    CARD_STAGED = "CARD_STAGED"
    CARD_BOUND = "CARD_BOUND"
    PIN_SET = "PIN_SET"
    CORE_SENT = "CORE_SENT"
    CORE_UNKNOWN = "CORE_UNKNOWN"
    CORE_REFUSED = "CORE_REFUSED"
    CORE_OK = "CORE_OK"
    CARD_PRESENTED = "CARD_PRESENTED"
    CARD_NOT_TAKEN = "CARD_NOT_TAKEN"
    CARD_TAKEN = "CARD_TAKEN"
    CONFIRMED = "CONFIRMED"
    RECEIPTED = "RECEIPTED"
    UPLOADED = "UPLOADED"
    CLOSED = "CLOSED"
    CANCELLED = "CANCELLED"
    REFUSED = "REFUSED"
    REVERSED = "REVERSED"
    CASE_OPEN = "CASE_OPEN"


P = Phase
ENDS = frozenset({P.CLOSED, P.CANCELLED, P.REFUSED, P.REVERSED, P.CASE_OPEN})
MAIN_PATH = (
    P.STARTED,
    P.CONSENTED,
    P.ID_READ,
    P.ID_COMPARED,
    P.ID_CHECKED,
    P.PERSON_OK,
    P.ELIGIBLE,
    P.CDD_DONE,
    P.FORM_DONE,
    P.SIGNED,
    P.AUTH_WAIT,
    P.AUTHORISED,
)
BEFORE_CARD = frozenset({*MAIN_PATH, P.OFFLINE_HELD})
CARD_INSIDE = frozenset({P.CARD_STAGED, P.CARD_BOUND, P.PIN_SET})
CARD_IN_BOX = CARD_INSIDE | {P.CORE_SENT, P.CORE_UNKNOWN, P.CORE_REFUSED, P.CORE_OK, P.CARD_PRESENTED}
MAY_CANCEL = BEFORE_CARD | CARD_INSIDE | {P.SUBMITTING}
STOPS = frozenset({P.CANCELLED, P.REFUSED, P.CASE_OPEN})  # where a flow before P1 may end


def _main_path() -> dict[Phase, frozenset[Phase]]:
    steps: dict[Phase, frozenset[Phase]] = {}
    for here, following in itertools.pairwise(MAIN_PATH):
        steps[here] = frozenset({following}) | STOPS
    return steps


NEXT: Mapping[Phase, frozenset[Phase]] = {
    **_main_path(),
    P.ID_COMPARED: frozenset({P.ID_CHECKED, P.OFFLINE_HELD}) | STOPS,
    P.OFFLINE_HELD: frozenset({P.PERSON_OK, P.SIGNED}) | STOPS,  # captured on, or checked at last
    P.PERSON_OK: frozenset({P.ELIGIBLE, P.CDD_DONE}) | STOPS,  # CDD_DONE at once: held, its checks are still to come
    P.SIGNED: frozenset({P.AUTH_WAIT, P.OFFLINE_HELD}) | STOPS,
    P.AUTH_WAIT: frozenset({P.AUTHORISED, P.FORM_DONE}) | STOPS,  # returned: mended, signed and sent again
    P.AUTHORISED: frozenset({P.CARD_STAGED, P.SUBMITTING}) | STOPS,
    P.SUBMITTING: frozenset({P.CORE_SENT}) | STOPS,  # no card leaves the box
    P.CARD_STAGED: frozenset({P.CARD_BOUND, P.AUTHORISED}) | STOPS,
    P.CARD_BOUND: frozenset({P.PIN_SET, P.AUTHORISED}) | STOPS,
    P.PIN_SET: frozenset({P.CORE_SENT, P.CARD_BOUND, P.AUTHORISED}) | STOPS,
    P.CORE_SENT: frozenset({P.CORE_OK, P.CORE_REFUSED, P.CORE_UNKNOWN, P.CARD_BOUND, P.SUBMITTING, P.CASE_OPEN}),
    P.CORE_UNKNOWN: frozenset({P.CORE_OK, P.CORE_REFUSED, P.CARD_BOUND, P.SUBMITTING, P.CASE_OPEN}),
    P.CORE_REFUSED: frozenset({P.REFUSED, P.CASE_OPEN}),
    P.CORE_OK: frozenset({P.CARD_PRESENTED, P.CARD_TAKEN, P.CARD_NOT_TAKEN, P.RECEIPTED, P.CASE_OPEN}),
    P.CARD_PRESENTED: frozenset({P.CARD_TAKEN, P.CARD_NOT_TAKEN, P.CASE_OPEN}),
    P.CARD_NOT_TAKEN: frozenset({P.REVERSED, P.CASE_OPEN}),
    P.CARD_TAKEN: frozenset({P.CONFIRMED, P.CASE_OPEN}),
    P.CONFIRMED: frozenset({P.RECEIPTED}),
    P.RECEIPTED: frozenset({P.UPLOADED}),
    P.UPLOADED: frozenset({P.CLOSED, P.CASE_OPEN}),
}
