"""The port of a resident-identity-card reader: one read gives the person's record as the chip holds it.

Text is kept raw beside the parsed fields; nothing is ever corrected. Photo and fingerprint stay opaque (their formats are
closed: WLT, GA/T 1012).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Protocol

from padkit_sdk.ports.device import Device
from padkit_sdk.secrets import HiddenBytes, HiddenText, IdNumber


class DocumentKind(enum.Enum):
    """Which of the chip's text layouts the record uses, told by its content (type flag at byte 248)."""

    RESIDENT = "resident"  # citizen
    HMT_PERMIT = "hmt_permit"  # residence permit for Hong Kong, Macao and Taiwan residents, 'J'
    FOREIGNER_2017 = "foreigner_2017"  # foreigner's permanent residence card, 'I'
    FOREIGNER_2023 = "foreigner_2023"  # the same, new layout, 'Y'


@dataclass(frozen=True, slots=True)
class IdentityCard:
    """One record as read. Dates are ISO 8601 (``1990-03-07``), empty when the layout has none.

    `valid_to` is empty for a long-term card (长期); then `long_term` is True.
    `sex` is the raw code ('0' unknown, '1' male, '2' female, '9' unstated); `nation` the raw GB/T 3304 code.
    `raw_text` is the untouched text block (256 bytes, UTF-16LE); `photo` the 1024 opaque bytes; `fingerprint` 0, 512 or
    1024 opaque bytes, never stored. `picture` is what a configured external decoder made of the photo, else empty.
    `issue_count` is how often a permit was issued, or a card of 2023 renewed.
    """

    kind: DocumentKind
    name: HiddenText
    number: IdNumber
    sex: str
    nation: str
    birth_date: str
    address: HiddenText
    issuer: str
    valid_from: str
    valid_to: str
    long_term: bool
    raw_text: HiddenBytes
    photo: HiddenBytes
    fingerprint: HiddenBytes
    module_number: str
    latest_address: HiddenText = HiddenText("")
    english_name: HiddenText = HiddenText("")
    country: str = ""
    permit_number: IdNumber = IdNumber("")
    issue_count: str = ""
    picture: HiddenBytes = HiddenBytes(b"")


class IdentityCardReader(Device, Protocol):
    """A reader with a security module (SAM). Every read needs the card found and selected anew."""

    async def module_number(self, *, timeout_s: float) -> str:
        """The SAM number as printed, for example ``05.01-20131016-0001234567-0089012345``."""
        ...

    async def read(self, *, fingerprint: bool, timeout_s: float) -> IdentityCard:
        """Find, select and read the card on the reader; looks for a card until `timeout_s` is spent.

        Raises:
            AskAgain: ``idcard.not_found`` (no card in time), ``idcard.removed`` (taken away while reading; one retry was
                made inside).
            DeviceFault: ``reader.self_test``, ``reader.not_authorised``, ``reader.refused`` or ``reader.unknown``; of the
                record itself ``idcard.number_check``, ``idcard.record`` (a field that cannot be read), ``idcard.layout``.
            Refused: ``reader.busy``, another call has the reader until `timeout_s` is over.
            LinkLost, BadFrame, OutcomeUnknown: the wire; nothing of the person was kept.
        """
        ...
