"""The T=0 way of handing out answers: `61 xx`, then GET RESPONSE; `6C xx`, then the same header with the right length."""

from __future__ import annotations

from padkit_sim.devices.bank_card.card import HEADER_BYTES, OK, BankCard

GET_RESPONSE = 0xC0
MAX_CHUNK = 256
CONDITIONS = bytes.fromhex("6985")


class T0Link:
    """One powered session with a card; raises `CardSilent` as the card does."""

    def __init__(self, card: BankCard) -> None:
        self._card = card
        self._waiting = b""

    def exchange(self, apdu: bytes) -> bytes:
        """One raw exchange: the answer may be a bare `61 xx` or `6C xx` that the caller has to follow up."""
        if len(apdu) == HEADER_BYTES + 1 and apdu[1] == GET_RESPONSE:
            return self._hand_out(apdu[HEADER_BYTES])
        self._waiting = b""
        answer = self._card.transmit(apdu)
        data, status = answer[:-2], answer[-2:]
        if not data or status != OK:
            return answer
        if len(apdu) == HEADER_BYTES + 1:  # no data sent: the length asked for must be the right one
            wanted = apdu[HEADER_BYTES]
            return answer if wanted == len(data) % MAX_CHUNK else bytes([0x6C, len(data) % MAX_CHUNK])
        self._waiting = data
        return self._more()

    def _hand_out(self, wanted: int) -> bytes:
        if not self._waiting:
            return CONDITIONS
        available = min(len(self._waiting), MAX_CHUNK)
        count = wanted or MAX_CHUNK
        if count > available:
            return bytes([0x6C, available % MAX_CHUNK])
        chunk, self._waiting = self._waiting[:count], self._waiting[count:]
        return chunk + (self._more() if self._waiting else OK)

    def _more(self) -> bytes:
        return bytes([0x61, min(len(self._waiting), MAX_CHUNK) % MAX_CHUNK])
