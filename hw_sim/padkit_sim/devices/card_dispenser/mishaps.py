"""Where faults meet the box: each question the unit asks on its way, answered with what goes wrong. No state but flags."""

from __future__ import annotations

from padkit_sim.devices.bank_card import spoil
from padkit_sim.devices.card_dispenser.mechanism import Mechanism
from padkit_sim.devices.card_dispenser.track import Carry, Feed, Jam, Stop
from padkit_sim.faults import Dial

JAM_CODE = "10"
TOO_LONG = "13"
JAM_MM = {"stage": 30.0, "present": 100.0, "capture": 20.0}
RETRACT_SLIPS_MM = 140.0
GROUPS = {0x30: "initialise", 0x31: "status", 0x32: "move", 0x33: "entry", 0xA5: "counter"}
CHIP_GROUPS = range(0x50, 0x61)


class Mishaps:
    """What goes wrong in one box, and what a fired fault has left behind."""

    def __init__(self, dial: Dial, mechanism: Mechanism) -> None:
        self._dial = dial
        self._mechanism = mechanism
        self.ignored = False  # the customer leaves the card at the gate
        self.flaps_left = 0
        self.counter_unreadable = False

    def lift(self, name: str) -> None:
        """Undo what a fired fault left behind."""
        match name:
            case "box.jam" | "box.retract_fail":
                self._mechanism.jam = None
            case "box.not_taken":
                self.ignored = False
            case "box.taken_ambiguous":
                self.flaps_left, self.counter_unreadable = 0, False

    def stacker_empty(self) -> bool:
        return self._dial.standing("box.empty") is not None or not self._mechanism.hopper

    def stacker_low(self, low_at: int) -> bool:
        return self._dial.standing("box.low") is not None or len(self._mechanism.hopper) <= low_at

    def bin_full(self) -> bool:
        full = len(self._mechanism.bin) >= self._mechanism.bin_capacity
        return self._dial.standing("box.bin_full") is not None or full

    def refusal(self, cm: int) -> str:
        """The code that a command of this group is refused with, '' when nothing is armed."""
        group = "chip" if cm in CHIP_GROUPS else GROUPS.get(cm, "query")
        args = self._dial.strike("box.error", on=group)
        return args.text("code") if args else ""

    def feed(self, to: Stop) -> Feed:
        """The next feed, with whatever goes wrong in it."""
        self._dial.passed("box.empty")
        self._dial.passed("box.low")
        spoil(self._mechanism.hopper[0], self._dial)
        feed = Feed(to, jam=self._jam("stage"))
        if pair := self._dial.strike("box.double_feed"):
            code = TOO_LONG if pair.flag("detected") else ""
            return Feed(to, pair.text("how"), pair.whole("counted"), code, jam=feed.jam)
        if early := self._dial.strike("box.eject_early"):
            return Feed(to, fails_with=early.text("code"), overrun=True)
        return feed

    def carry(self, to: Stop) -> Carry:
        """The next motion of the card in play, with whatever goes wrong in it."""
        from_gate = self._mechanism.sticks_out()
        if to in (Stop.RF, Stop.IC):
            return Carry(to)
        if to is not Stop.BIN:
            return Carry(to, None if from_gate else self._jam("present"))
        self._dial.passed("box.bin_full")
        if from_gate and (args := self._dial.strike("box.retract_fail")):
            return Carry(to, Jam(args.text("code"), RETRACT_SLIPS_MM, args.whole_or_none("clears_after")))
        return Carry(to, self._jam("capture"))

    def arrived_at_gate(self) -> None:
        """A card is held at the gate for the customer."""
        self.ignored = self._dial.strike("box.not_taken") is not None

    def taken(self) -> None:
        """The customer has pulled the card."""
        self.ignored = False
        if args := self._dial.strike("box.taken_ambiguous"):
            how = args.text("how")
            self.flaps_left = args.whole("flaps") if how != "counter" else 0
            self.counter_unreadable = how != "flap"

    def flapping(self) -> bool:
        """Whether the gate sensor lies in this report; counts the report."""
        if self.flaps_left == 0:
            return False
        self.flaps_left -= 1
        return self.flaps_left % 2 == 1

    def _jam(self, at: str) -> Jam | None:
        args = self._dial.strike("box.jam", at=at)
        return Jam(JAM_CODE, JAM_MM[at], args.whole_or_none("clears_after")) if args else None
