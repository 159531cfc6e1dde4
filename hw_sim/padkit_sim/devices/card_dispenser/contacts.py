"""The contact couplers: card at the IC station (CM 50, 51), SAM sockets (52), memory-card commands (53, 54)."""

from __future__ import annotations

from collections.abc import Mapping

from padkit_sim.devices.bank_card import BankCard, CardSilent, Health, T0Link
from padkit_sim.devices.card_dispenser.mechanism import Mechanism
from padkit_sim.devices.card_dispenser.outcome import (
    BAD_DATA,
    WRONG_SEQUENCE,
    Answer,
    Handler,
    Outcome,
    Refusal,
    Script,
    Wait,
)
from padkit_sim.devices.card_dispenser.track import Stop

ACTIVATION_FAILED = "61"
NOT_SUPPORTED = "62"
SILENT = "63"
NOT_ACTIVATED = "65"
T0 = b"\x30"
SUPPLIES = (b"", b"\x30", b"\x33", b"\x35")  # none given, 5 V EMV, 5 V ISO, 3 V ISO
RESET_S = 0.1
EXCHANGE_S = 0.02
APDU_BYTES = range(4, 262)
SAM_SLOTS = range(0x30, 0x35)
SAM_ATR = bytes.fromhex("3B651000000073C84010")


class Contacts:
    """The IC station: powers the card that lies on its contacts and passes APDUs."""

    def __init__(self, mechanism: Mechanism) -> None:
        self._mechanism = mechanism
        self._session: T0Link | None = None
        self.commands: Mapping[int, Handler] = {
            0x30: self._reset,
            0x31: self._off,
            0x32: self._state,
            0x33: self._raw,
            0x34: lambda data: Refusal(NOT_SUPPORTED if self._session else NOT_ACTIVATED),
            0x38: self._warm_reset,
            0x39: self._automatic,
        }

    @property
    def powered(self) -> bool:
        return self._session is not None

    def release(self) -> None:
        """Lift the contacts; the card loses its power."""
        self._session = None

    def card_type(self) -> Outcome:
        """CM 50 PM 30: what kind of chip lies on the contacts."""
        card = self._card()
        if card is None:
            return Refusal(WRONG_SEQUENCE)
        return Answer(b"00" if card.health is Health.MUTE else b"10")

    def _card(self) -> BankCard | None:
        return self._mechanism.card_at(Stop.IC)

    def _reset(self, data: bytes) -> Outcome | Script:
        if data not in SUPPLIES:
            return Refusal(BAD_DATA)
        return self._activate()

    def _warm_reset(self, data: bytes) -> Outcome | Script:
        if data:
            return Refusal(BAD_DATA)
        return self._activate() if self._session else Refusal(NOT_ACTIVATED)

    def _activate(self) -> Script:
        self._session = None
        card = self._card()
        if card is None:
            return Refusal(WRONG_SEQUENCE)
        yield Wait(RESET_S)
        try:
            atr = card.reset()
        except CardSilent:
            return Refusal(ACTIVATION_FAILED)
        self._session = T0Link(card)
        return Answer(T0 + atr)

    def _off(self, data: bytes) -> Outcome:
        self.release()
        return Answer()

    def _state(self, data: bytes) -> Outcome:
        return Answer(b"\x31" if self._session else b"\x30")

    def _raw(self, data: bytes) -> Outcome | Script:
        """T=0 as the card speaks it: 61 and 6C go up to the host."""
        return self._exchange(data, follow=False)

    def _automatic(self, data: bytes) -> Outcome | Script:
        """Protocol chosen by the unit, which also follows 61 and 6C."""
        return self._exchange(data, follow=True)

    def _exchange(self, apdu: bytes, *, follow: bool) -> Outcome | Script:
        if len(apdu) not in APDU_BYTES:
            return Refusal(BAD_DATA)
        if self._session is None:
            return Refusal(NOT_ACTIVATED)
        return self._run(self._session, apdu, follow=follow)

    def _run(self, session: T0Link, apdu: bytes, *, follow: bool) -> Script:
        yield Wait(EXCHANGE_S)
        try:
            answer = session.exchange(apdu)
            while follow and (step := _next_step(apdu, answer)):
                answer = answer[:-2] + session.exchange(step)
        except CardSilent:
            self.release()
            return Refusal(SILENT)
        return Answer(answer)


def _next_step(apdu: bytes, answer: bytes) -> bytes:
    """The command that T=0 asks for next, none when `answer` is final."""
    match answer[-2]:
        case 0x61:
            return bytes([0x00, 0xC0, 0x00, 0x00, answer[-1]])
        case 0x6C:
            return apdu[:4] + answer[-1:]
        case _:
            return b""


class SamSockets:
    """Five SAM sockets; the first holds a module that only answers to reset, the others are empty."""

    def __init__(self) -> None:
        self._slot = SAM_SLOTS.start
        self._active = False
        self.commands: Mapping[int, Handler] = {
            0x30: self._reset,
            0x31: self._off,
            0x32: lambda data: Answer(bytes([0x31 if self._active else 0x30, self._slot])),
            0x33: self._exchange,
            0x34: self._exchange,
            0x38: self._reset,
            0x39: self._exchange,
            0x40: self._select,
        }

    def release(self) -> None:
        """Select the first socket and take its power away, as INITIALIZE does."""
        self._slot, self._active = SAM_SLOTS.start, False

    def _select(self, data: bytes) -> Outcome:
        if len(data) != 1 or data[0] not in SAM_SLOTS:
            return Refusal(BAD_DATA)
        self._slot, self._active = data[0], False
        return Answer()

    def _reset(self, data: bytes) -> Outcome:
        if self._slot != SAM_SLOTS.start:
            return Refusal(ACTIVATION_FAILED)
        self._active = True
        return Answer(T0 + SAM_ATR)

    def _off(self, data: bytes) -> Outcome:
        self._active = False
        return Answer()

    def _exchange(self, data: bytes) -> Outcome:
        if len(data) not in APDU_BYTES:
            return Refusal(BAD_DATA)
        return Answer(bytes.fromhex("6D00")) if self._active else Refusal(NOT_ACTIVATED)


def memory_commands() -> Mapping[int, Handler]:
    """CM 53 and 54 with a processor card on the contacts: nothing to power, nothing to read."""
    return {
        0x30: lambda data: Refusal(ACTIVATION_FAILED),
        0x31: lambda data: Answer(),
        0x32: lambda data: Answer(b"\x30"),
        0x33: lambda data: Refusal(NOT_ACTIVATED),
        0x34: lambda data: Refusal(NOT_ACTIVATED),
    }
