"""A small true world around the flow rules: box, bank and people answer actions with events; faults are scripted.

`World.run` drives a flow to its end and, at every step, holds it to what must never happen.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec

from padkit_agent.core import actions as do
from padkit_agent.core import events as ev
from padkit_agent.core.authorise import ticket_fault
from padkit_agent.core.compare import Comparison, Verdict
from padkit_agent.core.decide import decide, start
from padkit_agent.core.flow import Decision, Flow, Rules
from padkit_agent.core.paper import values
from padkit_agent.core.phases import NEXT, Phase
from padkit_agent.core.plan import Plan, WhichCard, plan_of
from padkit_agent.core.prepare import STEPS
from padkit_agent.core.request import bound
from padkit_contract.authorise import AuthAnswer, AuthState, Ticket
from padkit_contract.catalogue import load_catalogue
from padkit_contract.checks import CheckResult
from padkit_contract.checks import Verdict as Found
from padkit_contract.messages import CardState, Outcome, Slip, SlipCard
from padkit_sdk.ports import FieldState
from padkit_sim.compare.rules import Core, Story, judge
from padkit_sim.compare.rules import Place as Where

from .bank import ModelBank
from .box import ModelBox, ModelCard

BEGUN_S = 1_795_334_400.0  # 2026-11-22T08:00:00Z
WAIVED = [name for _, names, _ in STEPS.values() for name in names] + ["pin_new", "card_in_hand", "voucher_seal"]
MOST_STEPS = 400
UNREADY = ev.Seen(ev.Place.UNCLEAR, None, bin_full=False, empty=False, lost_power=True)
EVENT = msgspec.json.Decoder(ev.AnyEvent)
FLOW = msgspec.json.Decoder(Flow)
TICKET_S = 900.0
INPUTS: dict[str, object] = {  # all that a flow can be given with its start
    "phone": "13900000000",
    "home_addr": "虚构省样例市",
    "occupation": "farmer",
    "open_purpose": "farming",
    "cdd_answers": {"purpose": "crops"},
    "tax_residency": "cn_only",
    "acct_class": "I",
    "card_product": "debit",
    "limit_day": "5000.00",
    "agent_flag": False,
    "elder_flag": False,
}


def decided(state: AuthState, flow: Flow, now_s: float, plan: Plan) -> ev.Decided:
    """What the centre says of a request of `flow`."""
    if state is AuthState.APPROVED:
        return ev.Decided(AuthAnswer(state, Ticket("T1", bound(flow, plan), iso(now_s + TICKET_S)), ("ann",)))
    parts = ("phone", "sign_form") if state is AuthState.RETURNED else ()
    return ev.Decided(AuthAnswer(state, None, ("ann",), "vague", parts))


def digest_of(document: str, flow: Flow) -> str:
    """Set from the same fields, a document is the same."""
    assert flow.paper is not None
    known = [document, values(flow.paper, flow.business, flow.serial, flow.inputs, flow.identity)]
    return hashlib.sha256(msgspec.json.encode(known, order="sorted")).hexdigest()


def signed(flow: Flow, action: do.SignDocument) -> ev.DocumentSigned:
    """What a hand makes of `action`, if what was read still says what the flow says."""
    assert action.digest == digest_of(action.document, flow), "another document than the one that was read"
    named = action.document, action.version, action.language, action.digest
    return ev.DocumentSigned(*named, f"5{action.digest[1:]}", "padkit-signature-1/sm3", "bb" * 32)


Fault = Callable[["World", do.AnyAction], ev.AnyEvent | None]


def tag_of(value: msgspec.Struct) -> str:
    return str(value.__struct_config__.tag)


def iso(now_s: float) -> str:
    return datetime.fromtimestamp(now_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class World:
    """`faults` maps an action's tag to what goes wrong with it, one entry a time; None lets that time pass unharmed."""

    cards: int = 6
    takes: bool = True
    answers: dict[str, list[str]] = field(default_factory=dict)
    by: tuple[str, ...] = ("A", "B")
    faults: dict[str, list[Fault | None]] = field(default_factory=lambda: defaultdict(list))
    now_s: float = BEGUN_S
    parameters: dict[str, object] = field(default_factory=lambda: {"pin_key_id": "30", "bank_name": "Bank"})
    waivers: dict[str, str] = field(default_factory=lambda: dict.fromkeys((*WAIVED, "authoriser"), "W-1@3"))
    stopped: str = ""
    able: tuple[str, ...] = ()
    printed: dict[str, tuple[Comparison, ...]] = field(
        default_factory=dict
    )  # by side, what differs; nothing: all the same
    face: ev.AnyEvent = ev.FaceChecked(live=True, signs=(), digest="ef" * 32, note="rule 1")
    authoriser: list[AuthState | None] = field(default_factory=list)  # one a question; None: nobody; after them: yes
    checks: list[dict[str, tuple[Found, str]] | None] = field(
        default_factory=list
    )  # one a question: what is not as usual; None: no network
    judged: list[ev.AnyEvent] = field(default_factory=list)  # of what was typed from the telephone; then: right
    photo: bool = False  # whether the reader's decoder makes a picture of the chip's photo
    bank: ModelBank = field(default_factory=ModelBank)
    business: str = "ACC-01"
    inputs: dict[str, object] = field(default_factory=lambda: dict(INPUTS))
    said: dict[str, list[dict[str, object]]] = field(default_factory=dict)  # fields of an answer, by question
    own_card: ev.AnyEvent = ev.ChipRead("6299990000000017", "01")  # what the customer puts into the reader

    def __post_init__(self) -> None:
        self.plan = plan_of(load_catalogue().entry(self.business))
        numbers = [(f"{place:06}", f"62{place:014}") for place in range(1, self.cards + 1)]
        self.box = ModelBox([ModelCard(voucher, number, number) for voucher, number in numbers])
        self.slip = Slip("B1", "debit", tuple(SlipCard(*it) for it in numbers))
        self.states = {card.voucher: CardState.LOADED for card in self.slip.cards}
        self.excused_gate = False  # the box itself ran a card out: the only way to a gate without an account
        self.late: list[Callable[[], object]] = []  # requests still on their way to the bank
        self.stray: list[Callable[[], object]] = []  # requests that arrive when all is over
        self.portrait = False  # what the kit has in memory, which a restart empties
        self.pictures = 0
        self.case = ""
        self.stop_box = False
        self.done: list[do.AnyAction] = []
        self.attempts: list[int] = []
        self.rounds: list[int] = []
        self.phases: list[Phase] = []

    # The kit's side: one decision after the other.

    def rules(self) -> Rules:
        return Rules(
            self.waivers, self.parameters, self.slip, dict(self.states), iso(self.now_s), self.plan, self.stopped
        )

    def begin(self) -> Decision:
        self.flow = Flow("F1", self.business, "S1", "R1", 3, self.inputs, able=self.able)
        return self._booked(self.flow, start(self.flow, self.rules()))

    def take(self, event: ev.AnyEvent) -> Decision:
        """Decide on `event`; the decision is pure, follows the table, and survives the journal."""
        before, rules = self.flow, self.rules()
        self.portrait = self.portrait and not isinstance(event, ev.Woke)
        event = EVENT.decode(msgspec.json.encode(event))
        decision = decide(before, event, rules)
        assert decision == decide(before, event, rules)
        return self._booked(before, decision)

    def _booked(self, before: Flow, decision: Decision) -> Decision:
        flow = decision.flow
        assert FLOW.decode(msgspec.json.encode(flow)) == flow
        assert flow.pending == decision.action
        assert (decision.action is None) == flow.ended
        _follow_the_table(before, flow)
        for line in decision.ledger:
            self.states[line.voucher] = line.state
            if line.state is CardState.MISSING:
                self.bank.blocked.add(line.card_no)
        if flow.phase is Phase.CASE_OPEN:
            self.case, self.stop_box = decision.case or flow.note or "?", decision.stop_box
        self.flow = flow
        self.phases.append(flow.phase)
        self._check_wish(decision.action)
        return decision

    def _check_wish(self, action: do.AnyAction | None) -> None:
        match action:
            case do.StageCard():
                assert ("authoriser" in self.waivers) or not ticket_fault(self.flow, self.rules()), (
                    "no ticket that holds"
                )
                assert self.flow.card is None, "a second card while one is in play"
            case do.MoveCard():
                assert self.flow.card is not None, "a motion without a card in play could feed one"
                assert self.states[self.flow.card.voucher] in IN_PLAY
            case do.Submit(attempt=attempt):
                self.attempts.append(attempt)
                assert self.attempts == [*range(1, len(self.attempts) + 1)], "every attempt is sent once, in order"
            case do.Authorise(round=number):
                self.rounds.append(number)
                assert self.rounds == [*range(1, len(self.rounds) + 1)], "every round is sent once, in order"
            case do.Inquire(serial=serial) | do.Reverse(serial=serial):
                assert serial in (self.flow.serial, self.flow.reversal_serial)
        assert (self.flow.serial, self.flow.reversal_serial) == ("S1", "R1"), "never a new serial"

    def until(self, tag: str, what: str = "") -> Decision:
        """Begin and stop before the first action of this tag (an ask: of this question)."""
        decision = self.begin()
        while decision.action is not None:
            if tag_of(decision.action) == tag and what in ("", getattr(decision.action, "what", "")):
                return decision
            decision = self.take(self.perform(decision.action))
        raise AssertionError(f"the flow ended in {self.flow.phase.value} without {tag} {what}")

    def run(self, decision: Decision | None = None) -> Flow:
        """Drive to the end and return the flow there."""
        decision = decision or self.begin()
        for _ in range(MOST_STEPS):
            if decision.action is None:
                self.check_end()
                return self.flow
            decision = self.take(self.perform(decision.action))
        raise AssertionError(f"no end in sight: {[it.value for it in self.phases[-8:]]}, {self.flow.pending}")

    # The world's side: one action at a time.

    def perform(self, action: do.AnyAction) -> ev.AnyEvent:
        fault = self.faults[tag_of(action)].pop(0) if self.faults[tag_of(action)] else None
        event = fault(self, action) if fault else None
        event = event or self.do(action)
        self.done.append(action)
        self.check_gate()
        return event

    def check_gate(self) -> None:
        if self.box.at_gate and self.box.card is not None and not self.excused_gate:
            assert self.bank.live(self.box.card.card_no), "a card at the gate without a live account"

    def do(self, action: do.AnyAction) -> ev.AnyEvent:
        """What happens when nothing goes wrong."""
        self.now_s += 1
        match action:
            case do.Waive(step=step):
                return ev.Waived(step)
            case do.ReadIdentity():
                self.portrait = self.photo
                return ev.IdentityRead({"name": "TEST ONLY"}, "SAM-1", "ab" * 32, self.now_s, self.photo)
            case do.ReadDocument(side=side):
                same = (Comparison("number", Verdict.SAME, state=FieldState.CHECKED),)
                self.pictures += 1
                return ev.DocumentRead(side, self.printed.get(side, same), f"{self.pictures:064x}", "windows, m@1")
            case do.CheckFace():
                return ev.PhotoLost() if self.flow.photo and not self.portrait else self.face
            case do.WaitDevice(device=device):
                return ev.DeviceBack(device)
            case do.Authorise() | do.AwaitAuthoriser():
                return self._authoriser()
            case do.SendCode() | do.JudgeCode() | do.RunChecks():
                return self._online(action)
            case do.ReadCard() | do.EnterPin() | do.SetDocument() | do.SignDocument() | do.SealDocument():
                return self._customer(action)
            case do.AskPerson():
                return self._person(action)
            case do.Pause(seconds=seconds):
                self.now_s += seconds
                return ev.Paused()
            case do.LookAtBox() | do.StageCard() | do.MoveCard() | do.ReadChip() | do.AwaitTaken():
                return self._box(action)
        return self._central(action)

    def _authoriser(self) -> ev.AnyEvent:
        planned = self.authoriser.pop(0) if self.authoriser else AuthState.APPROVED
        return decided(planned, self.flow, self.now_s, self.plan) if planned else ev.Silent("nobody")

    def _online(self, action: do.SendCode | do.JudgeCode | do.RunChecks) -> ev.AnyEvent:
        if isinstance(action, do.RunChecks):
            return self._checked(action.names, action.timeout_s if action.patient else 0)
        if isinstance(action, do.SendCode):
            return ev.CodeSent()
        return self.judged.pop(0) if self.judged else ev.CodeJudged(True, 0, iso(self.now_s))

    def _checked(self, names: tuple[str, ...], wait_s: float) -> ev.AnyEvent:
        """What central finds: all is well, but for what was planned."""
        planned = self.checks.pop(0) if self.checks else {}
        if planned is None:
            self.now_s += wait_s
            return ev.Silent("nobody")
        usual = (Found.PASSED, "fine")
        return ev.Checked(tuple(CheckResult(it, *planned.get(it, usual), iso(self.now_s)) for it in names))

    def _customer(
        self, action: do.ReadCard | do.EnterPin | do.SetDocument | do.SignDocument | do.SealDocument
    ) -> ev.AnyEvent:
        match action:
            case do.ReadCard():
                return self.own_card
            case do.EnterPin(key_id=key_id):
                return ev.PinEntered(key_id, "iso_0")
            case do.SetDocument(document=document):
                return ev.DocumentSet(document, 2, "ee" * 32, digest_of(document, self.flow))
            case do.SignDocument():
                return signed(self.flow, action)
            case do.SealDocument(digest=digest):
                assert digest == digest_of(action.document, self.flow), "another receipt than the one that was set"
                return ev.Sealed("Bank", iso(self.now_s), "5e" * 32)

    def _person(self, action: do.AskPerson) -> ev.AnyEvent:
        if action.what == "empty_bin":
            self.box.bin_full, self.box.counter = False, 0
        planned = self.answers.get(action.what)
        choice = planned.pop(0) if planned else self._truth(action)
        fields = self.said.get(action.what) or [{}]
        return ev.PersonSaid(action.what, choice, self.by, fields.pop(0))

    def _truth(self, action: do.AskPerson) -> str:
        """People who are asked where the card is have looked."""
        taken = self.flow.card is not None and self.box.where(self.flow.card.voucher) is Where.HAND
        return action.choices[1] if "taken" in action.choices and not taken else action.choices[0]

    def _box(self, action: do.AnyAction) -> ev.AnyEvent:
        box = self.box
        match action:
            case do.LookAtBox():
                in_play = self.flow.card is not None or self.flow.doubt is not None
                if not box.ready and in_play and not self.flow.lost_power:
                    return ev.BoxSeen(UNREADY)
                if box.jammed:
                    return ev.BoxFault("box.jam", None)
                return ev.BoxSeen(box.look())
            case do.StageCard():
                assert box.card is None or not box.ready, "a feed onto a card"
                return box.stage()
            case do.MoveCard(to=to):
                return box.move(to.value)
            case do.ReadChip():
                if not box.ready or box.card is None or box.at_gate:
                    return ev.Doubtful("no card at the contacts")
                return ev.ChipUnreadable("mute") if box.card.mute else ev.ChipRead(box.card.chip, "01")
        if not box.ready:
            return ev.Doubtful("the box lost power with a card at the gate")
        if self.takes and box.at_gate:
            box.take()
        return ev.NotTaken() if box.card is not None else ev.CardTaken()

    def _central(self, action: do.AnyAction) -> ev.AnyEvent:
        match action:
            case do.Submit(attempt=attempt):
                return self.submit(attempt)
            case do.Inquire(serial=serial, attempt=attempt, fence=fence):
                if not fence:
                    self.deliver()
                return self.bank.inquire(serial, attempt, fence=fence)
            case do.Reverse(serial=serial, attempt=attempt):
                return self.bank.reverse(serial, attempt, self.flow.serial)
        return ev.Answered(Outcome.OK, "0000")  # a reservation, a package

    def submit(self, attempt: int) -> ev.Answered:
        if self.flow.card is None:
            return self.bank.carry_out(self.flow.serial, attempt)
        return self.bank.open_account(self.flow.serial, attempt, self.flow.card.card_no)

    def deliver(self) -> None:
        """What was under way arrives."""
        while self.late:
            self.late.pop(0)()

    # The end: four witnesses, one story.

    def check_end(self) -> None:
        self.deliver()
        for request in self.stray:
            request()
        self.check_gate()
        for card in self.slip.cards:
            story = Story(
                self.box.where(card.voucher),
                self.states[card.voucher],
                self.core_of(card.card_no),
                in_case=bool(self.case),
            )
            assert not judge(story).problems, (self.flow.phase, self.flow.note, card.voucher, story)
        if self.plan.card is not WhichCard.STOCK:
            assert self.box.feeds == 0
            assert self.case or (self.flow.serial in self.bank.done) == (self.flow.phase is Phase.CLOSED)
            return
        live = [account.card_no for account in self.bank.accounts.values() if account.live]
        assert len(live) <= 1
        if not self.case:
            assert bool(live) == (self.flow.phase is Phase.CLOSED)

    def core_of(self, card_no: str) -> Core:
        accounts = [it for it in self.bank.accounts.values() if it.card_no == card_no]
        state = (Core.LIVE if accounts[0].live else Core.REVERSED) if accounts else Core.NONE
        if card_no not in self.bank.blocked:
            return state
        return {Core.NONE: Core.BLOCKED, Core.LIVE: Core.BLOCKED_LIVE}.get(state, Core.BLOCKED_DEAD)


IN_PLAY = frozenset({CardState.STAGED, CardState.RESERVED, CardState.ISSUED})


def _follow_the_table(before: Flow, after: Flow) -> None:
    here = before.phase
    for line in after.history[max(1, len(before.history)) :]:
        there = Phase(line.split(" ")[1])
        assert there in NEXT[here], f"{here.value} -> {there.value}"
        here = there
    assert here is after.phase
