"""The chip as a terminal meets it: reset, select, processing options, records. No transport protocol, no coupler.

Answers are whole (data and status word); how T=0 hands them out in two steps is `t0.py`.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping

from padkit_sim.devices.bank_card import issue
from padkit_sim.devices.bank_card.issue import CardData
from padkit_sim.devices.bank_card.tlv import tlv

ATR = bytes.fromhex("3B6D00000080318065B0893501F183")
HEADER_BYTES = 4

OK = bytes.fromhex("9000")
WRONG_LENGTH = bytes.fromhex("6700")
CONDITIONS = bytes.fromhex("6985")
BAD_DATA = bytes.fromhex("6A80")
FILE_NOT_FOUND = bytes.fromhex("6A82")
RECORD_NOT_FOUND = bytes.fromhex("6A83")
WRONG_P1P2 = bytes.fromhex("6A86")
DATA_NOT_FOUND = bytes.fromhex("6A88")
UNKNOWN_INS = bytes.fromhex("6D00")
UNKNOWN_CLA = bytes.fromhex("6E00")


class Health(enum.Enum):
    """How well the chip works."""

    GOOD = "good"
    MUTE = "mute"  # no answer to reset
    SILENT = "silent"  # answers to reset, then never again
    UNREADABLE = "unreadable"  # every record reads as missing


class CardSilent(Exception):
    """The chip did not answer; the coupler reports what it makes of that."""


class BankCard:
    """One piece of plastic with a debit application; `slip_pan` is the number the pack's slip promises for it."""

    def __init__(self, data: CardData, atr: bytes = ATR) -> None:
        self._atr = atr
        self.slip_pan = data.pan
        self.serial = data.serial
        self.health = Health.GOOD
        self._selected = b""
        self._opened = False
        self.personalise(data)

    def personalise(self, data: CardData) -> None:
        """Write `data` into the chip; the slip and the voucher number stay what they were."""
        self.data = data
        self._records = issue.records(data)
        self._counters = issue.counters()

    @property
    def pan(self) -> str:
        """The number that the chip carries."""
        return self.data.pan

    def reset(self) -> bytes:
        """Answer to reset. Raises `CardSilent`."""
        self._selected, self._opened = b"", False
        if self.health is Health.MUTE:
            raise CardSilent
        return self._atr

    def transmit(self, apdu: bytes) -> bytes:
        """Carry out one command APDU. Raises `CardSilent`; a malformed command gets a status word like any other."""
        if self.health in (Health.MUTE, Health.SILENT):
            raise CardSilent
        if len(apdu) < HEADER_BYTES:
            return WRONG_LENGTH
        commands: Mapping[tuple[int, int], Callable[[bytes], bytes]] = {
            (0x00, 0xA4): self._select,
            (0x00, 0xB2): self._read_record,
            (0x80, 0xA8): self._processing_options,
            (0x80, 0xCA): self._get_data,
        }
        command = commands.get((apdu[0], apdu[1]))
        if command is None:
            return UNKNOWN_INS if apdu[0] in (0x00, 0x80) else UNKNOWN_CLA
        return command(apdu)

    def _select(self, apdu: bytes) -> bytes:
        if apdu[2] != 0x04:
            return WRONG_P1P2
        name = _body(apdu)
        if name is None:
            return WRONG_LENGTH
        self._opened = False
        if name in (issue.PSE, issue.PPSE):
            self._selected = name
            return issue.directory_fci(name) + OK
        if name and issue.DEBIT_AID.startswith(name):
            self._selected = issue.DEBIT_AID
            return issue.application_fci() + OK
        self._selected = b""
        return FILE_NOT_FOUND

    def _processing_options(self, apdu: bytes) -> bytes:
        if self._selected != issue.DEBIT_AID or self._opened:
            return CONDITIONS
        body = _body(apdu)
        if body is None or len(body) != issue.PDOL_BYTES + 2 or body[0] != 0x83 or body[1] != issue.PDOL_BYTES:
            return BAD_DATA
        self._opened = True
        return tlv("80", issue.AIP, issue.AFL) + OK

    def _read_record(self, apdu: bytes) -> bytes:
        record, sfi = apdu[2], apdu[3] >> 3
        if apdu[3] & 7 != 4:
            return WRONG_P1P2
        if self.health is Health.UNREADABLE:
            return RECORD_NOT_FOUND
        if self._selected == issue.PSE:
            return issue.directory_record() + OK if (sfi, record) == (1, 1) else RECORD_NOT_FOUND
        if self._selected != issue.DEBIT_AID:
            return CONDITIONS
        found = self._records.get((sfi, record))
        return found + OK if found is not None else RECORD_NOT_FOUND

    def _get_data(self, apdu: bytes) -> bytes:
        if self._selected != issue.DEBIT_AID:
            return CONDITIONS
        found = self._counters.get(f"{apdu[2]:02X}{apdu[3]:02X}")
        return found + OK if found is not None else DATA_NOT_FOUND


def _body(apdu: bytes) -> bytes | None:
    """The data field, None when Lc does not fit the bytes that came."""
    if len(apdu) <= HEADER_BYTES:
        return None
    count = apdu[HEADER_BYTES]
    rest = apdu[HEADER_BYTES + 1 :]
    return rest[:count] if len(rest) in (count, count + 1) else None
