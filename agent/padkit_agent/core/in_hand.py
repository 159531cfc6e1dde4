"""The new card in the customer's hand: its last four digits are compared with those of the account before the receipt is made.

The customer holds a live card, so nothing is taken back here. Other digits mean that the box gave another card than the one
that was opened: its next card may be wrong, too, and people must look. No picture is taken: this is the confirmation that the
catalogue allows in its place.
"""

from __future__ import annotations

from padkit_agent.core.actions import AskPerson, Waive
from padkit_agent.core.events import PersonSaid
from padkit_agent.core.flow import Decision, Flow, LedgerChange, Rules, end, go, then, with_evidence
from padkit_agent.core.phases import Phase
from padkit_agent.core.receipt import receipt
from padkit_contract.messages import EvidenceItem, How

IN_HAND = "card_in_hand"
COMPARE = AskPerson("in_hand", ("same", "differs"))
QUESTIONS = frozenset({COMPARE.what})
DIFFERS = "in_hand.differs"


def compare(flow: Flow, rules: Rules, ledger: LedgerChange) -> Decision:
    """The card was taken: have its digits compared, unless the policy waives that."""
    if IN_HAND in rules.plan.needs and IN_HAND not in rules.waivers:
        return then(flow, COMPARE, ledger)
    return then(flow, Waive("in_hand", (IN_HAND,)), ledger)


def on_person(flow: Flow, event: PersonSaid, rules: Rules) -> Decision:
    """The digits are those of the account, or the box gave another card."""
    item = EvidenceItem(IN_HAND, How.CAPTURED, note=f"last four digits: {event.choice}, say {' + '.join(event.by)}")
    flow = with_evidence(flow, item)
    if event.choice == "differs":
        return end(flow, rules, Phase.CASE_OPEN, DIFFERS, stop_box=True)
    return receipt(go(flow, rules, Phase.CONFIRMED), rules)
