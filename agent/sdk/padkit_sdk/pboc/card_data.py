"""What was read from a bank card, and the checks it has to pass: shapes, 5A against 57, Luhn, issuer prefix."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from padkit_sdk.errors import BadFrame, DeviceFault
from padkit_sdk.pboc.pan import has_bin, is_pan, luhn_ok
from padkit_sdk.secrets import HiddenBytes, HiddenText, Pan

PAN, TRACK2, EXPIRY, SEQUENCE = 0x5A, 0x57, 0x5F24, 0x5F34
_TRACK2 = re.compile(r"([0-9]{12,19})D([0-9]{2}(?:0[1-9]|1[0-2]))([0-9]{3})[0-9]*")
_EXPIRY = re.compile(r"([0-9]{2}(?:0[1-9]|1[0-2]))[0-9]{2}")


@dataclass(frozen=True, slots=True)
class RawField:
    """A data object that is kept as the card gave it; `tag` in hexadecimal, for example ``9F63``."""

    tag: str
    value: HiddenBytes


@dataclass(frozen=True, slots=True)
class CardData:
    """One bank card as its chip describes it.

    `expiry` is YYMM; `track2` the track-2 equivalent ``PAN D YYMM SSS …`` without padding, empty when the chip has none;
    `sequence` two digits or empty; `aid` the selected application in hexadecimal. `raw` holds everything else.
    """

    pan: Pan
    expiry: HiddenText
    track2: HiddenText
    sequence: str
    service_code: str
    aid: str
    label: str
    raw: tuple[RawField, ...]


@dataclass(frozen=True, slots=True)
class _Track2:
    text: str = ""
    pan: str = ""
    expiry: str = ""
    service_code: str = ""


def card_data(aid: bytes, label: str, objects: Mapping[int, bytes], bins: Collection[str]) -> CardData:
    """Make the card of its data objects; an empty `bins` allows every issuer.

    Raises:
        BadFrame: a number, track or date that is none; its content is not shown.
        DeviceFault: ``chip.no_pan``, ``chip.pan_mismatch``, ``chip.pan_check`` or ``chip.bin``.
    """
    track2 = _track2(objects.get(TRACK2, b""))
    pan = _checked_pan(_digits(objects.get(PAN, b"")), track2.pan, bins)
    return CardData(
        pan=pan,
        expiry=HiddenText(_expiry(objects.get(EXPIRY, b"")) or track2.expiry),
        track2=HiddenText(track2.text),
        sequence=objects.get(SEQUENCE, b"").hex(),
        service_code=track2.service_code,
        aid=aid.hex().upper(),
        label=label,
        raw=tuple(
            RawField(f"{tag:X}", HiddenBytes(value))
            for tag, value in objects.items()
            if tag not in {PAN, TRACK2, EXPIRY, SEQUENCE}
        ),
    )


def _checked_pan(own: str, on_track: str, bins: Collection[str]) -> Pan:
    if not own and not on_track:
        raise DeviceFault("chip.no_pan", "chip: it holds no card number (5A, 57); take another card")
    if own and on_track and own != on_track:
        raise DeviceFault("chip.pan_mismatch", "chip: card number and track 2 disagree (5A, 57); take another card")
    pan = Pan(own or on_track)
    if not luhn_ok(pan):
        raise DeviceFault("chip.pan_check", f"chip: {pan} has a wrong check digit; take another card")
    if bins and not has_bin(pan, bins):
        raise DeviceFault("chip.bin", f"chip: {pan} is of no issuer allowed here; take another card")
    return pan


def _digits(value: bytes) -> str:
    digits = value.hex().upper().rstrip("F")
    if value and not is_pan(digits):
        raise BadFrame(f"chip: its card number (5A, {len(value)} bytes) is no number")
    return digits


def _track2(value: bytes) -> _Track2:
    if not value:
        return _Track2()
    text = value.hex().upper().rstrip("F")
    parts = _TRACK2.fullmatch(text)
    if parts is None:
        raise BadFrame(f"chip: its track 2 (57, {len(value)} bytes) is no track")
    return _Track2(text, *parts.groups())


def _expiry(value: bytes) -> str:
    if not value:
        return ""
    parts = _EXPIRY.fullmatch(value.hex())
    if parts is None:
        raise BadFrame(f"chip: its expiry (5F24, {len(value)} bytes) is no date")
    return parts[1]
