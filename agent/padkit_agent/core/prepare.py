"""The steps before a card moves: consent to authorisation. What has no device is waived by policy, or the flow is refused."""

from __future__ import annotations

from msgspec.structs import replace

from padkit_agent.core import applying, authorise, checking, diligence, face, own_card, phone, seeing, signing
from padkit_agent.core.actions import (
    AnyAction,
    AskPerson,
    CheckFace,
    LookAtBox,
    ReadCard,
    ReadDocument,
    ReadIdentity,
    StageCard,
    WaitDevice,
    Waive,
)
from padkit_agent.core.card import SESSION_OVER, give_up
from padkit_agent.core.events import (
    AnyEvent,
    BoxFault,
    BoxSeen,
    DeviceAway,
    DeviceBack,
    Doubtful,
    IdentityRead,
    PersonSaid,
    Place,
    TryAgain,
    Waived,
)
from padkit_agent.core.flow import (
    BOX,
    DOCUMENTS,
    FACES,
    READER,
    SIGN_PAD,
    SLOT,
    Decision,
    Flow,
    FlowRefused,
    Rules,
    end,
    go,
    session_over,
    then,
    waived_items,
)
from padkit_agent.core.phases import Phase
from padkit_agent.core.plan import WhichCard
from padkit_agent.core.seeing import DEVICE_WAIT_S, LOOKS_MAX, SIDES, read_side
from padkit_agent.core.variant import CANNOT, OTHER_BOX
from padkit_contract.messages import AUTHORISER, EvidenceItem, How
from padkit_contract.phone import EVIDENCE as PHONE_CODE

CHIP = "id_chip"
OTHER_CARD = "idcard.other"
RETRY = frozenset({"done", "again"})
IDENTITY_TRIES = 3  # F01: retry 3, then the person is asked
FACE_STEP = ("person", ("face_live", "face_match_chip", "face_match_online"), (Phase.PERSON_OK,))

# Step, what covers it, the states it leads through. What this kit has no device for is waived by the policy; so may be a check.
STEPS: dict[Phase, tuple[str, tuple[str, ...], tuple[Phase, ...]]] = {
    Phase.STARTED: ("consent", ("consent_pi",), (Phase.CONSENTED,)),
    Phase.CONSENTED: ("identity", (), (Phase.ID_READ,)),
    Phase.ID_READ: ("ocr_compare", ("id_ocr_front", "id_ocr_back"), (Phase.ID_COMPARED,)),
    Phase.ID_COMPARED: ("online_check", ("cip",), (Phase.ID_CHECKED,)),
    Phase.ID_CHECKED: FACE_STEP,
    Phase.OFFLINE_HELD: FACE_STEP,
    Phase.PERSON_OK: (
        "eligibility",
        (
            *checking.ELIGIBILITY,
            "otp_phone",
            "gps",
            "scene_photo",
        ),
        (Phase.ELIGIBLE,),
    ),
    Phase.ELIGIBLE: ("questions", (), (Phase.CDD_DONE,)),
    Phase.CDD_DONE: ("form", (), (Phase.FORM_DONE,)),
    Phase.FORM_DONE: ("signature", ("sign_form", "sign_terms", "copy_statement"), (Phase.SIGNED,)),
    Phase.SIGNED: ("authorisation", ("fp_manager", AUTHORISER), (Phase.AUTH_WAIT, Phase.AUTHORISED)),
}


def next_step(flow: Flow, rules: Rules) -> Decision:
    """Return what a flow before AUTHORISED does next; at AUTHORISED it looks at the box."""
    if flow.phase is Phase.AUTHORISED:
        by_box = rules.plan.card is WhichCard.STOCK
        return then(flow, LookAtBox("before_stage")) if by_box else applying.begin(flow, rules)
    if flow.phase is Phase.OFFLINE_HELD and checking.captured(flow):
        return checking.wait(flow, rules)
    step, names = _step(flow, rules)
    if flow.phase in (Phase.ELIGIBLE, Phase.CDD_DONE):
        return _asked(flow, rules)
    if signing.signs(flow, rules):
        return _signed(signing.next_paper(flow, rules), rules)
    if made := _by_device(flow, step, names, rules):
        return made
    if flow.phase in (Phase.ID_COMPARED, Phase.PERSON_OK) and not flow.held and (asked := checking.due(names, rules)):
        return checking.run(flow, asked)
    if flow.phase is Phase.SIGNED and flow.held:
        return checking.wait(flow, rules)
    if flow.phase is Phase.SIGNED and (old := checking.stale(flow, rules)):
        return checking.run(flow, old)
    if flow.phase in (Phase.PERSON_OK, Phase.SIGNED) and not flow.held and phone.wanted(flow, rules):
        return phone.send(flow)
    if flow.phase is Phase.SIGNED and _asks_centre(flow, rules):
        names = tuple(name for name in names if name != AUTHORISER)  # asked of people at the centre, next
        return _waive(flow, step, names, rules) if names else authorise.ask_centre(flow, rules)
    return _rest(flow, step, names, rules)


def _by_device(flow: Flow, step: str, names: tuple[str, ...], rules: Rules) -> Decision | None:
    """Return what a device of this kit does for the step, if one does."""
    if step == "identity" and CHIP in rules.plan.needs:
        return then(flow, ReadIdentity())
    if step == "ocr_compare" and names and DOCUMENTS in flow.able:
        return read_side(flow, SIDES[0])
    if step == "person" and names and FACES in flow.able:
        return face.begin(flow)
    if step == "eligibility" and own_card.wanted(flow, rules):
        return own_card.read(flow)
    return None


def _step(flow: Flow, rules: Rules) -> tuple[str, tuple[str, ...]]:
    """Return the step, and what of it the function asks for."""
    step, names, _ = STEPS[flow.phase]
    return step, rules.plan.asks(names)


def _asks_centre(flow: Flow, rules: Rules) -> bool:
    """What is looked at more closely, no policy lets pass without people at the centre."""
    waived = AUTHORISER in rules.waivers and not diligence.enhanced(flow)
    return AUTHORISER in rules.plan.needs and not waived


def _asked(flow: Flow, rules: Rules) -> Decision:
    """Have questions and form answered, each in its step; a held flow has its questions while it is not eligible yet."""
    form = flow.phase in (Phase.CDD_DONE, Phase.FORM_DONE)
    seen = (diligence.next_form if form else diligence.next_sheet)(flow, rules)
    if not isinstance(seen, Flow):
        return seen
    if seen.phase is Phase.FORM_DONE:  # it was mended there
        return next_step(seen, rules)
    return next_step(go(seen, rules, Phase.FORM_DONE if form else Phase.CDD_DONE), rules)


def on_question(flow: Flow, event: PersonSaid, rules: Rules) -> Decision:
    """Questions or form were answered."""
    seen = diligence.on_answer(flow, event, rules)
    return _asked(seen, rules) if isinstance(seen, Flow) else seen


def on_card(flow: Flow, event: AnyEvent, rules: Rules) -> Decision:
    """The customer's card was read, or not."""
    seen = own_card.on_card(flow, event, rules)
    return next_step(seen, rules) if isinstance(seen, Flow) else seen


def on_authorise(flow: Flow, event: AnyEvent, rules: Rules) -> Decision:
    """The centre decided, or not yet."""
    seen = authorise.on_authorise(flow, event, rules)
    return next_step(seen, rules) if isinstance(seen, Flow) else seen


def _rest(flow: Flow, step: str, names: tuple[str, ...], rules: Rules) -> Decision:
    """Waive what is left of a step, if anything is; then comes the next one."""
    made = {*checking.due(names, rules)} | ({PHONE_CODE} - {*rules.waivers})  # or to be made, where it is held
    names = tuple(name for name in names if name not in made)
    return _waive(flow, step, names, rules) if names else _after(flow, rules)


def _after(flow: Flow, rules: Rules) -> Decision:
    """Go on behind a step; a flow that is held is not eligible yet, and is asked its questions all the same."""
    if flow.held and flow.phase is Phase.PERSON_OK:
        return _asked(flow, rules)
    return next_step(go(flow, rules, *STEPS[flow.phase][2]), rules)


def on_checks(flow: Flow, event: AnyEvent, rules: Rules) -> Decision:
    """The checks were made, or could not be: then the flow is held, and goes on with what needs no network."""
    seen = checking.on_checks(flow, event, rules)
    if not isinstance(seen, Flow):
        return seen
    match seen.phase:
        case Phase.OFFLINE_HELD if checking.captured(seen):
            return _checked_at_last(seen, rules)
        case Phase.OFFLINE_HELD | Phase.SIGNED:
            return next_step(seen, rules)
    return _with_phone(seen, rules)


def _with_phone(flow: Flow, rules: Rules) -> Decision:
    """The checks of a step are made: comes the code on the telephone, then what is waived of it."""
    if flow.phase is Phase.PERSON_OK and not flow.held and phone.wanted(flow, rules):
        return phone.send(flow)
    return _rest(flow, *_step(flow, rules), rules)


def on_code_judged(flow: Flow, event: AnyEvent, rules: Rules) -> Decision:
    """The code was right, or the customer tries on."""
    seen = phone.on_judged(flow, event, rules)
    if not isinstance(seen, Flow):
        return seen
    match seen.phase:
        case Phase.OFFLINE_HELD:
            return _checked_at_last(seen, rules)
        case Phase.SIGNED:
            return next_step(seen, rules)
    return _with_phone(seen, rules)


def _checked_at_last(flow: Flow, rules: Rules) -> Decision:
    """A held flow has its checks; the customer shows his card again when it was read too long ago."""
    if session_over(flow, rules):
        return then(replace(flow, tries=0, note=SESSION_OVER), AskPerson("lay_card", ("again", "stop")))
    if phone.wanted(flow, rules):
        return phone.send(flow)
    return next_step(go(flow, rules, Phase.SIGNED), rules)


def on_limit(flow: Flow, event: PersonSaid, rules: Rules) -> Decision:
    """There are as many accounts of class I as there may be: one of class II, or none."""
    if event.choice == "stop":
        return end(flow, rules, Phase.REFUSED, flow.note)
    return next_step(checking.lowered(flow), rules)


def _signed(seen: Decision | Flow, rules: Rules) -> Decision:
    return next_step(go(seen, rules, *STEPS[seen.phase][2]), rules) if isinstance(seen, Flow) else seen


def on_signer(flow: Flow, event: PersonSaid, rules: Rules) -> Decision:
    """The customer saw a document, or will not sign it."""
    seen = signing.on_person(flow, event, rules)
    return next_step(seen, rules) if isinstance(seen, Flow) else seen


def on_sign(flow: Flow, event: AnyEvent, rules: Rules) -> Decision:
    """A document was signed, or not; after it comes the next one of its step."""
    seen = signing.on_sign(flow, event, rules)
    return next_step(seen, rules) if isinstance(seen, Flow) else seen


def _waive(flow: Flow, step: str, names: tuple[str, ...], rules: Rules, *, why: str = "") -> Decision:
    missing = [name for name in names if name not in rules.waivers]
    if missing:
        return end(flow, rules, Phase.REFUSED, f"waiver.missing: {', '.join(missing)}")
    return then(flow, Waive(step, names, why))


def on_waive(flow: Flow, event: AnyEvent, rules: Rules) -> Decision:
    """A step of the table above was passed."""
    if not isinstance(event, Waived) or not isinstance(flow.pending, Waive):
        raise FlowRefused(f"waive cannot end in {type(event).__name__}")
    names = flow.pending.names
    missing = [name for name in names if name not in rules.waivers]
    if missing:  # the waiver's last day ended in between
        return end(flow, rules, Phase.REFUSED, f"waiver.missing: {', '.join(missing)}")
    why = {face.MATCH: flow.pending.why}
    items = tuple(replace(it, note=why.get(it.type, "")) for it in waived_items(names, rules))
    flow = replace(
        flow,
        evidence=(*flow.evidence, *(item for item in items if item.type not in checking.CHECKS)),
        checks=(*flow.checks, *(item for item in items if item.type in checking.CHECKS)),
    )
    if flow.phase is Phase.SIGNED and _asks_centre(flow, rules):
        return authorise.ask_centre(flow, rules)
    return _after(flow, rules)


def on_auth_question(flow: Flow, event: PersonSaid, rules: Rules) -> Decision:
    """A person waits on for the authoriser or does not; or what was returned is mended, and signed anew."""
    if event.what == authorise.WAIT.what:
        return authorise.on_wait_answer(flow, event, rules)
    if event.choice != "mended":
        return end(flow, rules, Phase.CANCELLED, f"{event.what}: {event.choice}")
    flow = authorise.mended(flow, event)
    seen = diligence.next_sheet(flow, rules)  # the level by what was mended
    return _asked(seen, rules) if isinstance(seen, Flow) else seen


def on_identity(flow: Flow, event: AnyEvent, rules: Rules) -> Decision:
    """The reader answered, or a person must lay the card again."""
    match event:
        case IdentityRead() if flow.phase is not Phase.CONSENTED:
            return _read_again(flow, event, rules)
        case IdentityRead():
            flow = replace(
                flow,
                identity=event.fields,
                module_number=event.module_number,
                identity_at_s=event.at_s,
                photo=event.photo and FACES in flow.able,
                tries=0,
                note="",
            )
            item = EvidenceItem(CHIP, How.CAPTURED, digest=event.digest, note=f"SAM {event.module_number}")
            flow = replace(flow, evidence=(*flow.evidence, item))
            return next_step(go(flow, rules, Phase.ID_READ), rules)
        case TryAgain(hint=hint) if flow.tries + 1 < IDENTITY_TRIES:
            return then(replace(flow, tries=flow.tries + 1, note=hint), ReadIdentity())
        case TryAgain(hint=hint):
            return then(replace(flow, tries=0, note=hint), AskPerson("lay_card", ("again", "stop")))
        case DeviceAway(why=why):
            return then(replace(flow, note=why), WaitDevice(READER, DEVICE_WAIT_S))
    raise FlowRefused(f"read_identity cannot end in {type(event).__name__}")


def _read_again(flow: Flow, event: IdentityRead, rules: Rules) -> Decision:
    """The chip was read once more, for its photo or for the session: of the very same card, or it does not count."""
    if event.digest not in {it.digest for it in flow.evidence if it.type == CHIP}:
        return then(replace(flow, tries=0, note=OTHER_CARD), AskPerson("lay_card", ("again", "stop")))
    if flow.phase is Phase.OFFLINE_HELD and checking.captured(flow):
        return _checked_at_last(replace(flow, identity_at_s=event.at_s, tries=0, note=""), rules)
    if not event.photo:
        return face.unproven(replace(flow, tries=0), f"{face.NOT_COMPARED}: {face.PHOTO_LOST}")
    return then(replace(flow, tries=0, note=""), CheckFace())


def on_document(flow: Flow, event: AnyEvent, rules: Rules) -> Decision:
    """A side was read, or not; after the last one the document is compared."""
    seen = seeing.on_document(flow, event, rules)
    return next_step(go(seen, rules, Phase.ID_COMPARED), rules) if isinstance(seen, Flow) else seen


def on_face(flow: Flow, event: AnyEvent, rules: Rules) -> Decision:
    """A sitting ended; what no device shows of the person is waived."""
    return _person_seen(face.on_face(flow, event, rules), rules)


def on_face_question(flow: Flow, event: PersonSaid, rules: Rules) -> Decision:
    """A person said how to go on after a sitting that showed nothing, or worse."""
    return _person_seen(face.on_person(flow, event, rules), rules)


def _person_seen(seen: Decision | Flow, rules: Rules) -> Decision:
    if not isinstance(seen, Flow):
        return seen
    step, names = _step(seen, rules)
    shown = {face.LIVE, seen.evidence[-1].type}
    left = tuple(name for name in names if name not in shown)
    if not left:
        return _after(replace(seen, note=""), rules)
    return _waive(replace(seen, note=""), step, left, rules, why=seen.note)


def on_wait_device(flow: Flow, event: AnyEvent, rules: Rules) -> Decision:
    """A device came back, or did not."""
    match event:
        case DeviceBack(device=device):
            if device == READER:
                return then(flow, ReadIdentity())
            if device == SIGN_PAD:
                return signing.sign(flow)
            if device == SLOT:
                return then(flow, ReadCard())
            if device != BOX:
                return then(flow, ReadDocument(flow.side) if flow.phase is Phase.ID_READ else CheckFace())
            return then(flow, LookAtBox("device_back"))
        case DeviceAway(device=device, why=why) if flow.card is None and flow.doubt is None:
            return end(flow, rules, Phase.CANCELLED, f"{device}: {why}")
        case DeviceAway(device=device, why=why):
            return give_up(flow, rules, f"{device}: {why}")
    raise FlowRefused(f"wait_device cannot end in {type(event).__name__}")


def on_box_before_stage(flow: Flow, event: AnyEvent, rules: Rules) -> Decision:
    """The look before P0: only an empty path, a counting bin with room, and a card of this kit's slip let a card move."""
    match event:
        case BoxSeen() if rules.stopped:
            return end(flow, rules, Phase.REFUSED, f"box.stopped: {rules.stopped}")
        case BoxSeen() if over := SESSION_OVER if session_over(flow, rules) else authorise.ticket_fault(flow, rules):
            return end(flow, rules, Phase.CANCELLED, over)
        case BoxSeen(seen=seen) if seen.place is not Place.NONE:
            return end(flow, rules, Phase.REFUSED, "box.card_in_path")
        case BoxSeen(seen=seen) if seen.bin_count is None:
            return end(flow, rules, Phase.REFUSED, "box.counter_unreadable")
        case BoxSeen(seen=seen) if seen.bin_full:
            return then(flow, AskPerson("empty_bin", ("done", "stop"), people=2))
        case BoxSeen(seen=seen) if seen.empty:
            return then(flow, AskPerson("load_cards", ("done", "stop"), people=2))
        case BoxSeen(seen=seen):
            if rules.next_card() is None:
                return end(flow, rules, Phase.REFUSED, "stock.none")
            return then(replace(flow, bin_count=seen.bin_count or 0, tries=0, looks=0, note=""), StageCard())
        case DeviceAway(why=why) | Doubtful(why=why) if flow.looks + 1 < LOOKS_MAX:
            return then(replace(flow, note=why, looks=flow.looks + 1), WaitDevice(BOX, DEVICE_WAIT_S))
        case BoxFault(fault=fault) if fault == CANNOT:
            return end(flow, rules, Phase.REFUSED, f"{CANNOT}: {' / '.join(OTHER_BOX)}")
        case DeviceAway(why=why) | Doubtful(why=why) | BoxFault(fault=why):
            return end(flow, rules, Phase.CANCELLED, why)
    raise FlowRefused(f"look_at_box cannot end in {type(event).__name__}")


def on_housekeeping(flow: Flow, event: PersonSaid, rules: Rules) -> Decision:
    """A person loaded cards, emptied the bin, laid or showed the identity card again, or wants to stop."""
    if event.choice in RETRY:
        again: dict[str, AnyAction] = {
            "lay_card": ReadIdentity(),
            "show_document": ReadDocument(flow.side),
            "document_differs": ReadDocument(flow.side),
        }
        return then(flow, again.get(event.what, LookAtBox("before_stage")))
    if event.what == "document_differs":
        return end(flow, rules, Phase.REFUSED, flow.note)
    return end(flow, rules, Phase.CANCELLED, f"{event.what}: {event.choice}")
