"""The card that was replaced: out of the customer's hands before the new one is handed over, as two people say.

The bank's yes killed the old number, so nothing leads back from here: a customer who will not give the old card up gets the new
one only from people, and the case says so.
"""

from __future__ import annotations

from msgspec.structs import replace

from padkit_agent.core.actions import AskPerson, LookAtBox, MoveCard, Target
from padkit_agent.core.card import to_bin
from padkit_agent.core.events import PersonSaid
from padkit_agent.core.flow import Decision, Flow, LedgerChange, Rules, then, waived_items, with_evidence
from padkit_contract.messages import EvidenceItem, How

OLD_CARD = "old_card"
OUT = AskPerson("old_card", ("captured", "cut", "refused"), people=2)
QUESTIONS = frozenset({OUT.what})
PRESENT = MoveCard(Target.GATE, "present")


def hand_over(flow: Flow, rules: Rules, *ledger: LedgerChange) -> Decision:
    """The bank said yes: bring the card to the gate, once the old one is out where the function wants that."""
    if OLD_CARD not in rules.plan.needs:
        return _present(flow, *ledger)
    if OLD_CARD in rules.waivers:
        return _present(with_evidence(flow, *waived_items((OLD_CARD,), rules)), *ledger)
    return then(flow, OUT, *ledger)


def on_person(flow: Flow, event: PersonSaid, rules: Rules) -> Decision:
    """Two people have the old card, or the customer keeps it."""
    if event.choice == "refused":
        return to_bin(flow, f"{OLD_CARD}: {event.choice}", "case")
    note = f"{event.choice}, say {' + '.join(event.by)}"
    return _present(with_evidence(flow, EvidenceItem(OLD_CARD, How.CAPTURED, note=note)))


def _present(flow: Flow, *ledger: LedgerChange) -> Decision:
    if flow.woken:  # F24: ask the box where the card is before it moves
        return then(replace(flow, doubt=PRESENT), LookAtBox("woke"), *ledger)
    return then(flow, PRESENT, *ledger)
