"""Whether a kit can do a function at all: asked before anything begins, and answered in words.

What an entry asks for and nobody here knows how to do is refused, unless the policy waives it. A device that is away for a moment
refuses nothing: its step waits for it.
"""

from __future__ import annotations

from collections.abc import Container, Mapping

from padkit_agent.core import checking
from padkit_agent.core.flow import CARDS, DOCUMENTS, FACES, PINS, SIGNATURES
from padkit_agent.core.in_hand import IN_HAND
from padkit_agent.core.old_card import OLD_CARD
from padkit_agent.core.own_card import READ
from padkit_agent.core.paper import APPLICATIONS
from padkit_agent.core.plan import NEW, NEW_PIN, VERIFY, WhichCard, plan_of
from padkit_agent.core.prepare import CHIP, STEPS
from padkit_agent.core.receipt import VOUCHER
from padkit_agent.core.signing import FORM
from padkit_contract.catalogue import Entry
from padkit_contract.checks import looked_up
from padkit_contract.messages import AUTHORISER, ISSUES
from padkit_contract.phone import EVIDENCE as PHONE_CODE
from padkit_sdk.errors import Refused

ASKED = frozenset({name for _, names, _ in STEPS.values() for name in names})
DONE = ASKED | {CHIP, READ, NEW, VERIFY, VOUCHER, AUTHORISER, OLD_CARD, "card_dispense", IN_HAND}
BY_DEVICE = {
    **dict.fromkeys(("id_ocr_front", "id_ocr_back"), DOCUMENTS),
    **dict.fromkeys(("face_live", "face_match_chip"), FACES),
    **dict.fromkeys(("consent_pi", "sign_form", "sign_terms", "copy_statement"), SIGNATURES),
}
NOT_YET = frozenset({"face_match_online", "fp_manager", "gps", "scene_photo"})
AT_CENTRAL = frozenset({"kit_policy", "stock"})  # checked there for every request
FROM_DEVICES = frozenset(
    {"card_no", "card_seq", "new_card_no", "voucher_serial", "voucher_batch", "box_slot", "pin_block", "new_pin_block"}
)


def check_fit(entry: Entry, able: Container[str], waivers: Mapping[str, str]) -> None:
    """Raise `Refused` ``business.*`` when this kit cannot do `entry`."""
    plan, where = plan_of(entry), entry.id
    for name in sorted(entry.needs, key=DONE.__contains__):  # what nobody makes is told first
        if name in waivers or name in entry.checks or not (told := _unmade(entry, name, able)):
            continue
        raise Refused("business.evidence", f"{where} wants {name}, {told}, and the policy does not waive it")
    for name in entry.checks:
        if name not in checking.CHECKS | AT_CENTRAL and name not in waivers:
            told = f"{where} wants the check {name}, which central does not make and the policy does not waive"
            raise Refused("business.check", told)
    for each in entry.inputs:
        if told := _missing(entry, each.field, each.source) if each.required else "":
            raise Refused("business.input", f"{where}.{each.field}: {told}")
    if plan.card is WhichCard.STOCK and (entry.core.service not in ISSUES or NEW_PIN not in plan.pins):
        told = f"with a new PIN and through one of {', '.join(sorted(ISSUES))}"
        raise Refused("business.stock", f"{where}: a card leaves the stock only {told}")
    if plan.reads_own and CARDS not in able:
        raise Refused("business.card", f"{where} reads the customer's bank card, and this kit has no reader for it")
    if plan.pins and PINS not in able and not {VERIFY, NEW} & plan.needs <= waivers.keys():
        raise Refused("business.pin", f"{where} wants a PIN, and this kit has no keypad; the policy does not waive it")
    if FORM in plan.needs and FORM not in waivers and plan.application not in APPLICATIONS:
        told = f"{where}: there is no template for {plan.application or 'its application'}"
        raise Refused("business.document", told)


def _unmade(entry: Entry, name: str, able: Container[str]) -> str:
    """Say why a piece of evidence cannot be had here; nothing when it can."""
    if name not in DONE:
        return "which no step of this kit makes"
    if name in NOT_YET:
        return "for which no step has a device yet"
    if name in BY_DEVICE and BY_DEVICE[name] not in able:
        return "for which this kit has no device"
    if name == PHONE_CODE and "phone" not in entry.specs:
        return "sent to a telephone that it does not name"
    return ""


def _missing(entry: Entry, field: str, source: str) -> str:
    """Say why a required field cannot come from where its entry says."""
    match source:
        case "lookup" if field not in looked_up(entry):
            return "must be looked up at the bank, and none of its checks tells it"
        case "chip" if CHIP not in entry.evidence:
            return "stands on the identity card, which the entry does not have read"
        case "device" if field not in FROM_DEVICES:
            return "comes from a device that no step reads"
    return ""
