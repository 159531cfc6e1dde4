"""The 13.56 MHz coupler (CM 60, and 50/31): the bank card is a Type A processor card with a contactless side."""

from __future__ import annotations

from collections.abc import Mapping

from padkit_sim.devices.bank_card import BankCard, CardSilent, Health
from padkit_sim.devices.card_dispenser.contacts import (
    ACTIVATION_FAILED,
    APDU_BYTES,
    NOT_ACTIVATED,
    NOT_SUPPORTED,
    RESET_S,
    SILENT,
)
from padkit_sim.devices.card_dispenser.mechanism import Mechanism
from padkit_sim.devices.card_dispenser.outcome import BAD_DATA, Answer, Handler, Outcome, Refusal, Script, Wait
from padkit_sim.devices.card_dispenser.track import Stop

ATQA = bytes.fromhex("0004")
SAK = b"\x20"
ATS = bytes.fromhex("0578807002")
ORDERS = b"AB0"
EXCHANGE_S = 0.02


class Radio:
    """The RF coupler; reaches a card at the RF or the IC station."""

    def __init__(self, mechanism: Mechanism) -> None:
        self._mechanism = mechanism
        self._card: BankCard | None = None
        self._enabled = True
        self.commands: Mapping[int, Handler] = {
            0x30: self._activate,
            0x31: self._off,
            0x32: lambda data: Answer(b"20" if self._card else b"00"),
            0x33: lambda data: Refusal(NOT_SUPPORTED if self._card else NOT_ACTIVATED),
            0x34: self._exchange,
            0x35: lambda data: Refusal(NOT_SUPPORTED if self._card else NOT_ACTIVATED),
            0x39: self._enable,
        }

    def release(self) -> None:
        """Switch the field off."""
        self._card = None

    def card_type(self) -> Outcome:
        """CM 50 PM 31."""
        card = self._near()
        return Answer(b"20" if card and card.health is not Health.MUTE else b"00")

    def _near(self) -> BankCard | None:
        return self._mechanism.card_at(Stop.RF, Stop.IC)

    def _activate(self, data: bytes) -> Outcome | Script:
        if len(data) != 2 or any(one not in ORDERS for one in data):
            return Refusal(BAD_DATA)
        return self._poll(type_a=0x41 in data)

    def _poll(self, *, type_a: bool) -> Script:
        self._card = None
        yield Wait(RESET_S)
        card = self._near()
        if card is None or not type_a or not self._enabled:
            return Refusal(ACTIVATION_FAILED)
        try:
            card.reset()
        except CardSilent:
            return Refusal(ACTIVATION_FAILED)
        self._card = card
        uid = bytes.fromhex(f"{int(card.pan) % 0xFFFFFFFF:08X}")
        return Answer(b"A" + ATQA + bytes([len(uid)]) + uid + SAK + ATS)

    def _off(self, data: bytes) -> Outcome:
        self.release()
        return Answer()

    def _enable(self, data: bytes) -> Outcome:
        if data not in (b"0", b"1"):
            return Refusal(BAD_DATA)
        self._enabled = data == b"1"
        self.release()
        return Answer()

    def _exchange(self, data: bytes) -> Outcome | Script:
        if len(data) not in APDU_BYTES:
            return Refusal(BAD_DATA)
        return self._run(self._card, data) if self._card else Refusal(NOT_ACTIVATED)

    def _run(self, card: BankCard, apdu: bytes) -> Script:
        yield Wait(EXCHANGE_S)
        try:
            return Answer(card.transmit(apdu))
        except CardSilent:
            self.release()
            return Refusal(SILENT)
