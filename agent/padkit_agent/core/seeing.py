"""What cameras are for before a card moves: both sides of the document are read and compared with its chip.

A difference is shown to a person, who shows the card again or stops; nobody can wave it through (F03 of the reference).
"""

from __future__ import annotations

from msgspec.structs import replace

from padkit_agent.core.actions import AskPerson, ReadDocument, WaitDevice
from padkit_agent.core.compare import Comparison, different, same_again, summary, unsettled
from padkit_agent.core.events import AnyEvent, DeviceAway, DocumentRead, TryAgain
from padkit_agent.core.flow import Decision, Flow, FlowRefused, Rules, end, then, with_evidence
from padkit_agent.core.phases import Phase
from padkit_contract.messages import EvidenceItem, How

SIDES = ("id_front", "id_back")
TRIES = 3  # pictures of a side before a person is asked
DIFFERENCES = 3  # reference, section 4: retake at most three times
DEVICE_WAIT_S = 300.0
LOOKS_MAX = 5  # a device that is back and away again so often is given up
DIFFERS = "ocr.differs"
UNSURE = "ocr.unsure"
SAME_PICTURE = "camera.same_picture"


def read_side(flow: Flow, side: str) -> Decision:
    """Begin with a side of the document."""
    return then(replace(flow, side=side, shown="", compared=(), tries=0, note=""), ReadDocument(side))


def on_document(flow: Flow, event: AnyEvent, rules: Rules) -> Decision | Flow:
    """Return what follows from a picture of a side; the flow alone when both sides agree with the chip."""
    match event:
        case DocumentRead():
            return _read(flow, event, rules)
        case TryAgain(hint=hint):
            return _once_more(flow, hint)
        case DeviceAway():
            return away(flow, event, rules)
    raise FlowRefused(f"read_document cannot end in {type(event).__name__}")


def away(flow: Flow, event: DeviceAway, rules: Rules) -> Decision:
    """Wait for a device that a step of seeing needs, but not for ever."""
    if flow.looks + 1 < LOOKS_MAX:
        return then(replace(flow, note=event.why, looks=flow.looks + 1), WaitDevice(event.device, DEVICE_WAIT_S))
    return end(flow, rules, Phase.CANCELLED, f"{event.device}: {event.why}")


def _read(flow: Flow, event: DocumentRead, rules: Rules) -> Decision | Flow:
    if event.digest == flow.shown:  # what one picture shows twice was seen once
        return _once_more(flow, SAME_PICTURE)
    flow, last = replace(flow, shown=event.digest), flow.tries + 1 >= TRIES
    wrong = different(event.compared) or (same_again(flow.compared, event.compared) if last else ())
    if wrong:
        return _differs(_noted(flow, event), wrong, rules)
    if open_yet := unsettled(event.compared):
        return _once_more(replace(flow, compared=event.compared), f"{UNSURE}: {_named(open_yet)}")
    flow = replace(_noted(flow, event), compared=(), tries=0, looks=0, note="")
    following = SIDES[SIDES.index(event.side) + 1 :]
    return read_side(flow, following[0]) if following else flow


def _noted(flow: Flow, event: DocumentRead) -> Flow:
    """Put a picture into the evidence, whether it agrees or differs."""
    note = f"{summary(event.compared)}; {event.note}"
    name = evidence_of(event.side)
    return with_evidence(flow, EvidenceItem(name, How.CAPTURED, event.digest, note=note, result=event.result))


def evidence_of(side: str) -> str:
    """Return the evidence type of a side's picture."""
    return f"id_ocr_{side.removeprefix('id_')}"


def _named(compared: tuple[Comparison, ...]) -> str:
    return "; ".join(map(str, compared))


def _differs(flow: Flow, wrong: tuple[Comparison, ...], rules: Rules) -> Decision:
    flow = replace(flow, compared=(), tries=0, differed=flow.differed + 1, note=f"{DIFFERS}: {_named(wrong)}")
    if flow.differed >= DIFFERENCES:
        return end(flow, rules, Phase.REFUSED, flow.note)
    return then(flow, AskPerson("document_differs", ("again", "stop")))


def _once_more(flow: Flow, hint: str) -> Decision:
    if flow.tries + 1 < TRIES:
        return then(replace(flow, tries=flow.tries + 1, note=hint), ReadDocument(flow.side))
    return then(replace(flow, tries=0, note=hint), AskPerson("show_document", ("again", "stop")))
