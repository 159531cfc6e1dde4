"""The 256-byte text block of a card, and the person a layout makes of it. Text is cut and decoded, never corrected."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from padkit_back_clip.protocol import ADDRESS_BYTES
from padkit_sdk import DeviceFault, HiddenText, IdNumber
from padkit_sdk.ports import DocumentKind

PADDING = " "
DATE_BYTES = 16
LONG_TERM = "长期"


@dataclass(frozen=True, slots=True)
class Person:
    """What a layout says of the holder; the words are those of `IdentityCard`, empty where the layout has no such field."""

    kind: DocumentKind
    name: HiddenText
    number: IdNumber
    sex: str
    birth_date: str
    valid_from: str
    valid_to: str
    long_term: bool = False
    nation: str = ""
    address: HiddenText = HiddenText("")
    issuer: str = ""
    english_name: HiddenText = HiddenText("")
    country: str = ""
    permit_number: IdNumber = IdNumber("")
    issue_count: str = ""


@dataclass(frozen=True, slots=True)
class TextBlock:
    """UTF-16LE, fields at fixed offsets, padded with spaces. Private-use characters and surrogate pairs survive."""

    raw: bytes = field(repr=False)

    def text(self, name: str, *parts: tuple[int, int]) -> str:
        """Field `name` at (offset, size in bytes), or a field that goes on in further parts.

        Raises `DeviceFault` ``idcard.record`` naming the field; the message never shows its content.
        """
        joined = b"".join(self.raw[at : at + size] for at, size in parts)
        try:
            return joined.decode("utf-16-le").rstrip(PADDING)
        except UnicodeDecodeError as exc:
            raise _unreadable(name, "is not UTF-16") from exc

    def date(self, name: str, at: int) -> str:
        """The YYYYMMDD date at offset `at` as ISO 8601, empty when blank. Raises like `text`."""
        text = self.text(name, (at, DATE_BYTES))
        if not text:
            return ""
        if not (len(text) == 8 and text.isascii() and text.isdigit()):
            raise _unreadable(name, "is no date")
        try:
            return date(int(text[:4]), int(text[4:6]), int(text[6:])).isoformat()
        except ValueError as exc:
            raise _unreadable(name, "is no date") from exc

    def expiry(self, at: int) -> tuple[str, bool]:
        """The last valid day, or an empty text and True for a long-term card (长期)."""
        if self.text("valid to", (at, DATE_BYTES)) == LONG_TERM:
            return "", True
        return self.date("valid to", at), False


def latest_address(records: bytes) -> HiddenText:
    """The newest of the appended addresses (70 bytes each, in the order they were written). Raises like `TextBlock.text`."""
    return HiddenText(TextBlock(records).text("appended address", (len(records) - ADDRESS_BYTES, ADDRESS_BYTES)))


def _unreadable(name: str, why: str) -> DeviceFault:
    return DeviceFault("idcard.record", f"identity card: field '{name}' {why}; read again, then take another document")
