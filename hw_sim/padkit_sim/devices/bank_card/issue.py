"""What is written on a debit card when it is made: number, expiry, directory, records. Made-up issuers only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from padkit_sim.devices.bank_card.tlv import bcd, tlv

PAN_DIGITS = 19
PSE = b"1PAY.SYS.DDF01"
PPSE = b"2PAY.SYS.DDF01"
DEBIT_AID = bytes.fromhex("A000000333010101")
LABEL = b"PBOC DEBIT"
PDOL = bytes.fromhex("9F6604 9F0206 9F0306 9F1A02 9505 5F2A02 9A03 9C01 9F3704")
PDOL_BYTES = 33
AIP = bytes.fromhex("7C00")
AFL = bytes.fromhex("08010200 10010100")  # SFI 1 records 1-2, SFI 2 record 1
LOG_ENTRY = tlv("9F4D", bytes.fromhex("0B0A"))  # transaction log: SFI 0B, ten records
CHINA = bytes.fromhex("0156")


@dataclass(frozen=True, slots=True)
class CardData:
    """What a card carries. `expiry` is YYMM; `serial` is the voucher number on the pack's slip."""

    pan: str
    serial: str
    expiry: str = "3012"
    sequence: str = "01"
    service_code: str = "201"


def luhn_digit(payload: str) -> str:
    """The check digit of ISO/IEC 7812-1 annex B for `payload`."""
    total = 0
    for place, char in enumerate(reversed(payload)):
        value = int(char) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def numbered(issuer_bin: str, serial: int, *, expiry: str = "3012") -> CardData:
    """The card with voucher number `serial` of the issuer's pack: a 19-digit Luhn-correct number."""
    body = issuer_bin + str(serial).zfill(PAN_DIGITS - 1 - len(issuer_bin))
    return CardData(pan=body + luhn_digit(body), serial=f"{serial:06d}", expiry=expiry)


def track2(data: CardData) -> bytes:
    """Track 2 equivalent: number, D, expiry, service code, ten zeros of the issuer's own."""
    return bcd(f"{data.pan}D{data.expiry}{data.service_code}{'0' * 10}")


def directory_fci(name: bytes) -> bytes:
    """The answer to selecting one of the two payment directories."""
    if name == PPSE:
        entry = tlv("61", tlv("4F", DEBIT_AID), tlv("50", LABEL), tlv("87", b"\x01"))
        return tlv("6F", tlv("84", PPSE), tlv("A5", tlv("BF0C", entry)))
    inner = (tlv("88", b"\x01"), tlv("5F2D", b"zh"), tlv("9F11", b"\x01"), tlv("BF0C", LOG_ENTRY))
    return tlv("6F", tlv("84", PSE), tlv("A5", *inner))


def directory_record() -> bytes:
    """Record 1 of the contact directory."""
    entry = (tlv("4F", DEBIT_AID), tlv("50", LABEL), tlv("9F12", LABEL), tlv("87", b"\x01"))
    return tlv("70", tlv("61", *entry))


def application_fci() -> bytes:
    """The answer to selecting the debit application."""
    inner = (tlv("50", LABEL), tlv("87", b"\x01"), tlv("9F38", PDOL), tlv("5F2D", b"zh"), tlv("BF0C", LOG_ENTRY))
    return tlv("6F", tlv("84", DEBIT_AID), tlv("A5", *inner))


def records(data: CardData) -> Mapping[tuple[int, int], bytes]:
    """The application's files by (SFI, record), as the AFL lists them."""
    expires = bytes.fromhex(data.expiry + "31")
    facts = (
        tlv("5A", bcd(data.pan)),
        tlv("5F24", expires),
        tlv("5F25", bytes.fromhex("250101")),
        tlv("5F28", CHINA),
        tlv("5F34", bytes.fromhex(data.sequence)),
        tlv("9F07", bytes.fromhex("FFC0")),
    )
    return {
        (1, 1): tlv("70", tlv("57", track2(data)), tlv("5F30", bytes.fromhex(data.service_code.zfill(4)))),
        (1, 2): tlv("70", *facts),
        (2, 1): tlv("70", tlv("9F63", bytes(16)), tlv("DF69", b"\x00"), tlv("9F08", bytes.fromhex("0030"))),
    }


def counters() -> Mapping[str, bytes]:
    """What GET DATA gives, by tag in hex: a card that was never used."""
    return {
        "9F13": tlv("9F13", bytes(2)),
        "9F17": tlv("9F17", b"\x03"),
        "9F36": tlv("9F36", bytes(2)),
        "9F4F": tlv("9F4F", bytes.fromhex("9A039F21039F02065F2A029F1A029C019F3602")),
        "9F51": tlv("9F51", CHINA),
        "9F79": tlv("9F79", bytes(6)),
    }
