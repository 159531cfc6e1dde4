"""The person before the camera: alive and the holder of the card, or looked at by two people instead (F05 of the reference).

A score is evidence. What fails is counted, written down, and goes on only by another sitting or by the alternative.
"""

from __future__ import annotations

from msgspec.structs import replace

from padkit_agent.core.actions import AskPerson, CheckFace, ReadIdentity
from padkit_agent.core.events import AnyEvent, DeviceAway, FaceChecked, PersonSaid, PhotoLost, TryAgain
from padkit_agent.core.flow import Decision, Flow, FlowRefused, Rules, end, then, with_evidence
from padkit_agent.core.phases import Phase
from padkit_agent.core.seeing import away
from padkit_contract.messages import EvidenceItem, How

SITTINGS = 3  # reference, section 4: three failures, then an alternative
LIVE, MATCH = "face_live", "face_match_chip"
NOT_LIVE, UNLIKE, NOT_COMPARED = "face.not_live", "face.unlike", "face.not_compared"
PHOTO_LOST = "idcard.photo_lost"
CHANGED, MISSING = "model.changed", "model.missing"  # what no policy waives; what one may


def begin(flow: Flow) -> Decision:
    """Let the person sit before the camera, or, where he does not want to, let two people look."""
    if flow.faceless:
        return _ask_two(replace(flow, photo=False, note=flow.faceless))
    return then(flow, CheckFace())


def on_face(flow: Flow, event: AnyEvent, rules: Rules) -> Decision | Flow:
    """Return what follows from a sitting; the flow alone when the person is alive and nothing speaks against him.

    Its note then says why a photo that is there was not compared: a policy may waive that for a model that is missing.
    """
    match event:
        case FaceChecked(live=False, signs=signs):
            return unproven(_noted(flow, event), ": ".join((NOT_LIVE, ", ".join(signs))) if signs else NOT_LIVE)
        case FaceChecked(uncompared=why) if why == CHANGED:
            return end(_noted(flow, event), rules, Phase.REFUSED, f"{NOT_COMPARED}: {why}")
        case FaceChecked(likeness=likeness) if likeness is not None and not likeness.alike:
            return unproven(_noted(flow, event), UNLIKE)
        case FaceChecked(likeness=None) if any(it.type == MATCH for it in flow.evidence):  # unlike before: that stands
            return unproven(_noted(flow, event), UNLIKE)
        case FaceChecked(likeness=None, uncompared=why) if flow.photo and why != MISSING:
            return unproven(_noted(flow, event), f"{NOT_COMPARED}: {why}")
        case FaceChecked(uncompared=why):
            return replace(_noted(flow, event), looks=0, note=f"{NOT_COMPARED}: {why}" if why else "", photo=False)
        case PhotoLost():
            return then(replace(flow, tries=0, note=PHOTO_LOST), ReadIdentity())
        case TryAgain(hint=hint):
            return unproven(flow, hint)
        case DeviceAway():
            return away(flow, event, rules)
    raise FlowRefused(f"check_face cannot end in {type(event).__name__}")


def _noted(flow: Flow, event: FaceChecked) -> Flow:
    """Put a sitting into the evidence, whatever it showed; signs of an attack are named as a risk."""
    risk = f"risk: {', '.join(event.signs)}; " if event.signs else ""
    told = f"{'live' if event.live else 'not live'}; {risk}{event.note}"
    flow = with_evidence(flow, EvidenceItem(LIVE, How.CAPTURED, event.digest, note=told, result=event.result))
    if event.likeness is None:
        return flow
    told = f"{'alike' if event.likeness.alike else 'unlike'}; {event.likeness.note}"
    return with_evidence(flow, EvidenceItem(MATCH, How.CAPTURED, event.digest, note=told, result=event.likeness.result))


def unproven(flow: Flow, why: str) -> Decision:
    """Count a sitting that showed nothing, or worse, and ask how to go on."""
    flow = replace(flow, unproven=flow.unproven + 1, note=why)
    if flow.unproven >= SITTINGS:
        return _ask_two(flow)
    return then(flow, AskPerson("face_failed", ("again", "alternative", "stop")))


def _ask_two(flow: Flow) -> Decision:
    return then(flow, AskPerson("face_alternative", ("confirmed", "stop"), people=2))


def on_person(flow: Flow, event: PersonSaid, rules: Rules) -> Decision | Flow:
    """Another sitting, the alternative, or the end; the flow alone when two people have looked instead."""
    match event.choice:
        case "again":
            return then(flow, CheckFace())
        case "alternative":
            return _ask_two(flow)
        case "confirmed":
            told = f"{' + '.join(event.by)} looked, after {flow.unproven}: {flow.note}"
            items = [EvidenceItem(name, How.ALTERNATIVE, note=told) for name in (LIVE, MATCH)]
            return replace(with_evidence(flow, *items), looks=0, note="", photo=False)
    return end(flow, rules, Phase.REFUSED, flow.note)
