"""The hand-shake of the host as a table of enums: pure, no I/O and no clock here.

A command is sent, acknowledged, answered, and the answer acknowledged. The table says what follows what, the limits say
how often; who waits and writes is `exchange.py`. "Manual n" as in `commands.py`.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from padkit_card_dispenser.commands import Again
from padkit_sdk import Refused

ACK_S = 0.3  # manual 4: no ACK or NAK after a command
EOT_S = 0.3  # manual 4: no EOT back after an EOT
GAP_S = 0.02  # manual 4: least pause between our ACK and the next command
BYTE_S = 10 / 9600  # manual 2: what a byte takes at the slowest rate; ACK_S begins after the last one
RESENDS = 3  # manual 4: not fixed there; what drivers in the field use
FRAME_GAP_S = 0.1  # ours: a frame that pauses for so long was cut off; a byte takes 1 ms at 9600 bit/s
SETTLE_S = 0.3  # ours: silence after which nothing more comes of a resent or stopped command


class Phase(enum.Enum):
    """Where one exchange stands. The last six are ends."""

    IDLE = "idle"
    WAIT_ACK = "wait_ack"  # a command that may be sent again freely
    WAIT_ACK_LOOK = "wait_ack_look"  # a motion
    WAIT_ACK_LISTEN = "wait_ack_listen"  # a card exchange
    WAIT_RESPONSE = "wait_response"
    WAIT_EOT = "wait_eot"
    ANSWERED = "answered"
    NO_ACK = "no_ack"
    NAKED = "naked"
    GARBLED = "garbled"
    STOPPED = "stopped"
    DEAF = "deaf"


class Seen(enum.Enum):
    """What can happen."""

    START = "start"
    ACK = "ack"
    NAK = "nak"
    EOT = "eot"
    FRAME = "frame"  # the reply to this command
    STRAY = "stray"  # the reply to another one
    DAMAGED = "damaged"  # a frame that cannot be read
    SILENCE = "silence"  # ACK_S or EOT_S passed
    OVERDUE = "overdue"  # the command's limit, or the caller's deadline
    CANCELLED = "cancelled"


class Act(enum.Enum):
    """What the host then does."""

    NOTHING = "nothing"
    SEND = "send"
    ACK = "ack"
    NAK = "nak"
    EOT = "eot"


@dataclass(frozen=True, slots=True)
class Step:
    """Go to `phase` and do `act`; when `act` was done `RESENDS` times over, end in `spent` instead."""

    phase: Phase
    act: Act = Act.NOTHING
    spent: Phase | None = None


FIRST: Mapping[Again, Phase] = {
    Again.FREELY: Phase.WAIT_ACK,
    Again.LOOK_FIRST: Phase.WAIT_ACK_LOOK,
    Again.NEVER: Phase.WAIT_ACK_LISTEN,
}


STOP = Step(Phase.WAIT_EOT, Act.EOT)
GIVE_UP = Step(Phase.NO_ACK)  # without EOT: what was never acknowledged is no motion, but one may be running


def _waiting_for_ack(phase: Phase, on_silence: Step, on_overdue: Step) -> Mapping[Seen, Step]:
    return {
        Seen.ACK: Step(Phase.WAIT_RESPONSE),
        Seen.NAK: Step(phase, Act.SEND, spent=Phase.NAKED),
        Seen.SILENCE: on_silence,
        Seen.FRAME: Step(Phase.ANSWERED, Act.ACK),  # its ACK was lost on the way
        Seen.STRAY: Step(phase, Act.ACK),
        Seen.DAMAGED: Step(phase),
        Seen.EOT: Step(phase),
        Seen.OVERDUE: on_overdue,
        Seen.CANCELLED: on_overdue,
    }


NEXT: Mapping[Phase, Mapping[Seen, Step]] = {
    Phase.IDLE: {Seen.CANCELLED: STOP},  # a command of earlier may still be running
    Phase.WAIT_ACK: _waiting_for_ack(Phase.WAIT_ACK, Step(Phase.WAIT_ACK, Act.SEND, spent=Phase.NO_ACK), GIVE_UP),
    Phase.WAIT_ACK_LOOK: _waiting_for_ack(Phase.WAIT_ACK_LOOK, Step(Phase.NO_ACK), STOP),
    Phase.WAIT_ACK_LISTEN: _waiting_for_ack(Phase.WAIT_ACK_LISTEN, Step(Phase.WAIT_RESPONSE), STOP),
    Phase.WAIT_RESPONSE: {
        Seen.FRAME: Step(Phase.ANSWERED, Act.ACK),
        Seen.DAMAGED: Step(Phase.WAIT_RESPONSE, Act.NAK, spent=Phase.GARBLED),
        Seen.STRAY: Step(Phase.WAIT_RESPONSE, Act.ACK),
        Seen.ACK: Step(Phase.WAIT_RESPONSE),
        Seen.NAK: Step(Phase.WAIT_RESPONSE),
        Seen.EOT: Step(Phase.WAIT_RESPONSE),
        Seen.OVERDUE: STOP,
        Seen.CANCELLED: STOP,
    },
    Phase.WAIT_EOT: {
        Seen.EOT: Step(Phase.STOPPED),
        Seen.FRAME: Step(Phase.ANSWERED, Act.ACK),  # the EOT came too late, or never: this is the result
        Seen.SILENCE: Step(Phase.WAIT_EOT, Act.EOT, spent=Phase.DEAF),
        Seen.DAMAGED: Step(Phase.WAIT_EOT, Act.NAK, spent=Phase.GARBLED),
        Seen.STRAY: Step(Phase.WAIT_EOT, Act.ACK),
        Seen.ACK: Step(Phase.WAIT_EOT),
        Seen.NAK: Step(Phase.WAIT_EOT),
        Seen.CANCELLED: Step(Phase.WAIT_EOT),
    },
}

ENDS = frozenset(Phase) - NEXT.keys()
TIMED = frozenset(FIRST.values()) | {Phase.WAIT_EOT}  # the phases in which SILENCE can happen


class Handshake:
    """One exchange. `reached` says whether the box is known to have understood the command."""

    def __init__(self, again: Again) -> None:
        self._again = again
        self._repeated: Counter[tuple[Phase, Act]] = Counter()
        self.phase = Phase.IDLE
        self.reached = False

    def on(self, seen: Seen) -> Act:
        """Go on and say what to do. Raises `Refused` ``handshake.order`` for what is not in the table."""
        step = self._step(seen)
        self.reached = self.reached or seen in (Seen.ACK, Seen.FRAME, Seen.DAMAGED)
        if step.spent is not None:
            self._repeated[step.phase, step.act] += 1
            if self._repeated[step.phase, step.act] > RESENDS:
                step = Step(step.spent)
        self.phase = step.phase
        return step.act

    def _step(self, seen: Seen) -> Step:
        if (self.phase, seen) == (Phase.IDLE, Seen.START):
            return Step(FIRST[self._again], Act.SEND)
        try:
            return NEXT[self.phase][seen]
        except KeyError:
            where = f"hand-shake: {seen.value} in {self.phase.value}"
            raise Refused("handshake.order", f"{where} is not in the table; report this as a driver bug") from None
