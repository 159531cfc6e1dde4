"""What is personal in what a bank card says, by tag; a card number becomes one of nobody, the same each time. No I/O."""

from __future__ import annotations

from collections.abc import Iterator

from padkit_sim.devices.bank_card.issue import luhn_digit

KEPT_COMMANDS = frozenset(
    {0xA4, 0xB2, 0xA8, 0xCA, 0xC0, 0xB0}
)  # select, read record, options, get data, response, binary
HEADER, SW = 5, 2  # CLA INS P1 P2 Lc; the status word
FOLDERS = frozenset({"6F", "A5", "70", "77", "61", "BF0C", "73"})
KEPT_TAGS = frozenset(
    {"84", "4F", "50", "87", "88", "82", "94", "8C", "8D", "8E", "9F38", "9F12", "9F11", "5F2D", "9F4D", "5F28", "9F42"}
    | {"9F07", "9F08", "9F0D", "9F0E", "9F0F", "9F44", "9F66", "9F6C", "9F36", "9F13", "9F17", "5F34", "5F30"}
)
NUMBER, TRACK2, EXPIRES, FROM = "5A", "57", "5F24", "5F25"
DATE = bytes.fromhex("301231")
ISSUER = "999999"  # of nobody


class Card:
    """One line's cards: a number that was seen before becomes the same number of nobody."""

    def __init__(self) -> None:
        self._numbers: dict[str, str] = {}

    def command(self, data: bytes) -> bytes:
        """A command; the data of one that is not known to be harmless (a PIN, a script) is blank."""
        if len(data) <= HEADER or data[1] in KEPT_COMMANDS:
            return data
        return data[:HEADER] + bytes(len(data) - HEADER)

    def answer(self, data: bytes) -> bytes:
        """An answer with its status word."""
        return self._template(data[:-SW]) + data[-SW:]

    def _template(self, data: bytes) -> bytes:
        try:
            return b"".join(head + self._value(tag, value) for tag, head, value in _walk(data))
        except ValueError:
            return bytes(len(data))

    def _value(self, tag: str, value: bytes) -> bytes:
        if tag in KEPT_TAGS:
            return value
        if tag in FOLDERS:
            return self._template(value)
        if tag == NUMBER:
            return self._packed(value.hex().upper(), "")
        if tag == TRACK2:
            number, _, after = value.hex().upper().partition("D")
            return self._packed(number, _after_number(after)) if after else bytes(len(value))
        return DATE if tag in (EXPIRES, FROM) and len(value) == len(DATE) else bytes(len(value))

    def _packed(self, number: str, after: str) -> bytes:
        """The number of nobody instead of `number`, and what follows it, in as many bytes."""
        padded = number.rstrip("F")
        text = self._nobody(padded) + after
        size = len(number) + len(after)
        return bytes.fromhex(text.ljust(size + size % 2, "F")[: size + size % 2])

    def _nobody(self, digits: str) -> str:
        if digits not in self._numbers:
            body = ISSUER + str(len(self._numbers) + 1).zfill(max(0, len(digits) - len(ISSUER) - 1))
            body = body[: max(0, len(digits) - 1)]
            self._numbers[digits] = body + luhn_digit(body) if digits else ""
        return self._numbers[digits]


def _after_number(was: str) -> str:
    """What follows the number on track 2: expiry, service code, nothing of the issuer's own, and the filler."""
    known = len(was.rstrip("F"))
    return ("D3012201" + "0" * known)[: known + 1] + "F" * (len(was) - known)


def _walk(data: bytes) -> Iterator[tuple[str, bytes, bytes]]:
    """Tag, the bytes of tag and length, value. Raises `ValueError` when the data is no BER-TLV."""
    while data:
        tag_bytes = 1
        if data[0] & 0x1F == 0x1F:
            tag_bytes = 2 if len(data) > 1 and not data[1] & 0x80 else 3
        if len(data) <= tag_bytes:
            raise ValueError("no length")
        length, at = data[tag_bytes], tag_bytes + 1
        if length & 0x80:
            more = length & 0x7F
            length, at = int.from_bytes(data[at : at + more], "big"), at + more
        if at + length > len(data):
            raise ValueError("value cut off")
        yield data[:tag_bytes].hex().upper(), data[:at], data[at : at + length]
        data = data[at + length :]
