"""What people are told of a flow: one view of it, one line a step. Nothing personal is in either."""

from __future__ import annotations

import msgspec

from padkit_agent.core import actions as do
from padkit_agent.core import events as ev
from padkit_agent.core.compare import summary
from padkit_agent.core.flow import Flow
from padkit_agent.core.seeing import SIDES, evidence_of
from padkit_agent.flows.feed import Progress
from padkit_agent.flows.run import Run
from padkit_contract.checks import Verdict

SHORT = 8  # characters of a digest that are told


class ComparedField(msgspec.Struct, frozen=True):
    """A field of the identity card, by its last picture: how print and chip agree, never what stands there."""

    side: str
    field: str
    verdict: str
    why: str


class FlowView(msgspec.Struct, frozen=True):
    """A flow as screens see it: no personal data."""

    id: str
    business: str
    phase: str
    action: str
    serial: str
    voucher: str
    last4: str
    note: str
    halted: str
    ended: bool
    asks: tuple[str, ...] = ()
    compared: tuple[ComparedField, ...] = ()
    elder: bool = False  # its documents are set in large type
    held: str = ""  # since when it waits for its online checks


def view(flow: Flow, run: Run | None) -> FlowView:
    """Return how a flow stands; `run` is its moving part, None when it has ended."""
    action = run.action if run else flow.pending
    return FlowView(
        flow.id,
        flow.business,
        flow.phase.value,
        tag(action),
        flow.serial,
        flow.card.voucher if flow.card else "",
        flow.card.card_no[-4:] if flow.card else str(flow.inputs.get("card_no", ""))[-4:],
        flow.note,
        run.halted if run else "",
        flow.ended,
        (action.what, *action.choices) if isinstance(action, do.AskPerson) else (),
        _compared(flow),
        flow.inputs.get("elder_flag") is True,
        flow.held,
    )


def _compared(flow: Flow) -> tuple[ComparedField, ...]:
    """Each side as its last picture was compared."""
    last = {it.type: it.result for it in flow.evidence if it.result is not None}
    return tuple(
        ComparedField(side, it.name, it.chip, it.why)
        for side in SIDES
        if (result := last.get(evidence_of(side))) is not None
        for it in result.fields
    )


def line(run: Run, kind: str, at: str, event: ev.AnyEvent | None, seconds: float, note: str) -> Progress:
    """Return one line of progress."""
    action = run.action
    return Progress(
        kind,
        run.flow.id,
        run.flow.phase.value,
        tag(action),
        at,
        event=tag(event),
        seconds=round(seconds, 3),
        note=note or describe(event, action) or (run.flow.note if run.flow.ended else ""),
        choices=action.choices if isinstance(action, do.AskPerson) and kind == "asked" else (),
    )


def tag(value: do.AnyAction | ev.AnyEvent | None) -> str:
    """Return the name that journal and screens use for an action or event."""
    return str(value.__struct_config__.tag) if value is not None else ""


def describe(event: ev.AnyEvent | None, action: do.AnyAction | None) -> str:
    """Return the one fact of an event or action that a person wants beside its name; never personal data."""
    return _of_action(action) if event is None else _of_event(event, action)


def _of_event(event: ev.AnyEvent, action: do.AnyAction | None) -> str:
    match event:
        case ev.Answered(outcome=outcome, code=code):
            return f"{outcome.value} {code}".strip()
        case (
            ev.Doubtful(why=why)
            | ev.BoxFault(fault=why)
            | ev.TryAgain(hint=why)
            | ev.LockAsked(why=why)
            | ev.DeviceAway(why=why)
            | ev.DocumentNotSet(why=why)
            | ev.ChipUnreadable(why=why)
            | ev.TakenUnclear(why=why)
        ):
            return why
        case ev.Waived(step=step) if isinstance(action, do.Waive):
            return f"{step}: {', '.join(action.names)}"
        case ev.DocumentRead(side=side, compared=compared):
            return f"{side}: {summary(compared)}"
        case ev.FaceChecked(live=live, signs=signs):
            return ", ".join(("live" if live else "not live", *signs))
        case ev.DocumentSet(document=document, digest=digest) | ev.DocumentSigned(document=document, read=digest):
            return f"{document} {digest[:SHORT]}"
        case ev.Checked(results=results):
            return ", ".join(dict.fromkeys(it.code for it in results if it.verdict is not Verdict.PASSED)) or "passed"
        case ev.CodeJudged(right=right, left=left):
            return "right" if right else f"wrong, {left} left"
        case ev.Decided(answer=answer):
            return answer.state.value
        case ev.PersonSaid(what=what, choice=choice):
            return f"{what}={choice}"
        case ev.BoxSeen(seen=it) | ev.Moved(seen=it):
            where = f"card {it.place.value}, bin {it.bin_count}" + (", lost power" if it.lost_power else "")
            return f"to the {action.to.value} ({action.why}): {where}" if isinstance(action, do.MoveCard) else where
        case _:
            return ""


def _of_action(action: do.AnyAction | None) -> str:
    match action:
        case do.Waive(names=names):
            return ", ".join(names)
        case do.ReadDocument(side=side):
            return side
        case do.SetDocument(document=document) | do.SignDocument(document=document):
            return document
        case do.RunChecks(names=names):
            return ", ".join(names)
        case do.MoveCard(to=to, why=why):
            return f"to the {to.value}: {why}"
        case do.AwaitTaken(timeout_s=timeout_s):
            return f"{timeout_s:g} s"
        case do.AskPerson(what=what):
            return what
        case _:
            return ""
