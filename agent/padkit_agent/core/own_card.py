"""The bank card that the customer brings: read in the kit's reader before anything is asked about it."""

from __future__ import annotations

from msgspec.structs import replace

from padkit_agent.core.actions import AskPerson, ReadCard, WaitDevice
from padkit_agent.core.events import AnyEvent, ChipRead, ChipUnreadable, DeviceAway, Doubtful, PersonSaid
from padkit_agent.core.flow import SLOT, Decision, Flow, FlowRefused, Rules, end, then, with_evidence
from padkit_agent.core.phases import Phase
from padkit_agent.core.seeing import DEVICE_WAIT_S, LOOKS_MAX
from padkit_contract.messages import EvidenceItem, How

READ = "card_read"
TRIES = 2  # then a person looks how the card lies
INSERT = AskPerson("insert_card", ("again", "stop"))
QUESTIONS = frozenset({INSERT.what})


def wanted(flow: Flow, rules: Rules) -> bool:
    """Tell whether the customer's card has still to be read."""
    return rules.plan.reads_own and all(it.type != READ for it in flow.evidence)


def read(flow: Flow) -> Decision:
    """Read it."""
    return then(replace(flow, tries=0, looks=0, note=""), ReadCard())


def on_card(flow: Flow, event: AnyEvent, rules: Rules) -> Decision | Flow:
    """The chip said who it is, or not; the flow alone when it did."""
    match event:
        case ChipRead(card_no=card_no, card_seq=seq):
            told = {"card_no": card_no, **({"card_seq": seq} if "card_seq" in rules.plan.fields else {})}
            line = EvidenceItem(READ, How.CAPTURED, note=f"chip, ends {card_no[-4:]}")
            return replace(with_evidence(flow, line), inputs={**flow.inputs, **told}, tries=0, looks=0, note="")
        case ChipUnreadable(why=why) | Doubtful(why=why) if flow.tries + 1 < TRIES:
            return then(replace(flow, tries=flow.tries + 1, note=why), ReadCard())
        case ChipUnreadable(why=why) | Doubtful(why=why):
            return then(replace(flow, tries=0, note=why), INSERT)
        case DeviceAway(why=why) if flow.looks + 1 < LOOKS_MAX:
            return then(replace(flow, looks=flow.looks + 1, note=why), WaitDevice(SLOT, DEVICE_WAIT_S))
        case DeviceAway(why=why):
            return end(flow, rules, Phase.CANCELLED, f"{SLOT}: {why}")
    raise FlowRefused(f"read_card cannot end in {type(event).__name__}")


def on_person(flow: Flow, event: PersonSaid, rules: Rules) -> Decision:
    """The card was put in again, or the customer stops."""
    if event.choice == "again":
        return read(flow)
    return end(flow, rules, Phase.CANCELLED, f"{event.what}: {event.choice}")
