"""One card, from the first look to its record: asks what the machine wants next and keeps what the answers hold."""

from __future__ import annotations

from padkit_back_clip.exchange import Exchange
from padkit_back_clip.faults import fault_of
from padkit_back_clip.layouts import latest_address
from padkit_back_clip.machine import ENDS, Reading, Step, advance
from padkit_back_clip.protocol import FIND, READ_ADDRESS, READ_ALL, READ_TEXT, SELECT, Command, Status
from padkit_back_clip.record import Record, split_record
from padkit_sdk import AskAgain, HiddenText
from padkit_sdk.deadline import Deadline

FIND_PAUSE_S = 0.2  # manual 4: "find" every 200–300 ms, its own answer time included


class CardRead:
    """One read of one card, made inside one deadline."""

    def __init__(self, exchange: Exchange, device: str, deadline: Deadline) -> None:
        self._exchange = exchange
        self._device = device
        self._deadline = deadline

    async def run(self, reading: Reading) -> tuple[Record, HiddenText]:
        """Ask until the machine ends; return the record and the newest address, empty when there is none."""
        record, address = None, HiddenText("")
        looked = False
        while True:
            if reading.step is Step.FIND and looked:
                await self._rest_between_looks(reading)
            looked = True
            command = _command(reading)
            reply = await self._exchange.ask(command, self._deadline)
            if reply.status is Status.DONE and reading.step is Step.READ:
                record = split_record(reply.data, fingerprint=reading.fingerprint)
            elif reply.status is Status.DONE and reading.step is Step.ADDRESS:
                address = latest_address(reply.data)
            reading = advance(reading, reply.status)
            if reading.step in ENDS:
                break
        if reading.step is Step.REFUSED:
            raise fault_of(reply, command, self._device)
        if reading.step is Step.REMOVED or record is None:
            raise self._removed()
        return record, address

    async def _rest_between_looks(self, reading: Reading) -> None:
        """Rest; give up when no whole look fits before the deadline."""
        await self._exchange.rest(FIND_PAUSE_S, self._deadline)
        if self._deadline.left_s() < FIND.limit_s:
            if reading.losses:
                raise self._removed()
            raise AskAgain("idcard.not_found", f"identity reader {self._device}: no card in time; lay it on the reader")

    def _removed(self) -> AskAgain:
        return AskAgain(
            "idcard.removed", f"identity reader {self._device}: the card went away while reading; lay it on again"
        )


def _command(reading: Reading) -> Command:
    match reading.step:
        case Step.FIND:
            return FIND
        case Step.SELECT:
            return SELECT
        case Step.READ:
            return READ_ALL if reading.fingerprint else READ_TEXT
        case Step.ADDRESS:
            return READ_ADDRESS
    raise AssertionError(f"{reading.step} asks nothing")
