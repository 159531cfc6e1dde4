"""What is written instead of what is personal in USB transfers: as long, and nothing left of what was there."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_sim.card_number import luhn_ok
from padkit_sim.devices.bank_card.issue import numbered, track2
from padkit_sim.devices.bank_card.tlv import tlv
from padkit_sim.devices.fingerprint_uru4500.wire import LINE, Part, picture_message
from padkit_sim.devices.signature_pad.wire import Pen, timed
from padkit_sim.devices.usb import Setup
from padkit_sim.recording.usb_scrub import USB_RULES

REAL = numbered("999912", 4711)
PICTURE = bytes(range(1, 129)) * 3 * 290


def ccid(kind, body, seq=0):
    return struct.pack("<BIBB3x", kind, len(body), 0, seq) + body


def test_the_lines_of_a_finger_become_a_pattern_and_the_head_stays():
    message = picture_message(PICTURE, [Part(0, 145), Part(0, 145)], 3, [1])
    scrubber = USB_RULES["fingerprint_uru4500"]()
    kept = scrubber.said(0x82, None, message[:4096]) + scrubber.said(0x82, None, message[4096:])
    assert len(kept) == len(message)
    assert kept[4:7] == message[4:7]
    assert kept[16:18] == message[16:18]
    assert message[64 : 64 + 48] not in kept
    assert message[8192:8240] not in kept
    assert scrubber.said(0x82, None, message)[:8] == kept[:8], "the next picture has its head again"


def test_lines_without_a_head_are_a_pattern():
    kept = USB_RULES["fingerprint_uru4500"]().said(0x82, None, b"\xff" * LINE)
    assert b"\xff\xff" not in kept


def test_registers_are_kept_and_what_is_longer_is_not():
    scrubber = USB_RULES["fingerprint_uru4500"]()
    read = Setup(0xC0, 0x04, 0x07, 0, 64)
    assert scrubber.said(0, read, b"\x81") == b"\x81"
    assert scrubber.said(0, read, b"\x81" * 64) == bytes(64)
    assert scrubber.heard(0, Setup(0x40, 0x04, 0x4E, 0, 1), b"\x07") == b"\x07"
    assert scrubber.said(0x81, None, b"\x01\x01" + b"\x77" * 62) == b"\x01\x01" + bytes(62)


def test_a_pen_keeps_its_field_and_loses_its_place():
    scrubber = USB_RULES["signature_pad"]()
    near, far = (
        timed(Pen(near=True, touches=True, force=f, x=x, y=1_234), 7, 9) for x, f in ((4_001, 1), (4_999, 999))
    )
    assert scrubber.said(0x81, None, near) == scrubber.said(0x81, None, far)
    assert scrubber.said(0x81, None, near)[-2:] == b"\x00\x09"
    assert scrubber.said(0x81, None, b"\x34short") == b"\x34" + bytes(5)


def test_a_picture_of_the_screen_is_blank():
    scrubber = USB_RULES["signature_pad"]()
    block = b"\x26\x02\x00\xaa\xbb"
    assert scrubber.heard(0, Setup(0x21, 0x09, 0x0326, 0, 5), block) == b"\x26\x02\x00\0\0"
    assert scrubber.heard(1, None, block) == b"\x26\x02\x00\0\0"


def test_a_card_in_a_reader_becomes_nobodys():
    scrubber = USB_RULES["card_reader"]()
    scrubber.heard(2, None, ccid(0x62, b""))
    reset = ccid(0x80, bytes.fromhex("3B 65 00 00 9C 02 02 07 02"))
    assert scrubber.said(0x82, None, reset) == reset
    read = ccid(0x6F, bytes.fromhex("00 B2 01 0C 00"))
    assert scrubber.heard(2, None, read) == read
    record = ccid(0x80, tlv("70", tlv("57", track2(REAL)) + tlv("5F20", b"SAMPLE/NAME")) + b"\x90\x00")
    kept = scrubber.said(0x82, None, record)
    assert len(kept) == len(record)
    assert kept.endswith(b"\x90\x00")
    assert track2(REAL) not in kept
    assert b"SAMPLE" not in kept
    assert luhn_ok(kept[kept.index(b"\x57") + 2 :].hex().upper().partition("D")[0])


def test_a_pin_and_what_nobody_knows_are_blank():
    scrubber = USB_RULES["card_reader"]()
    verify = bytes.fromhex("00 20 00 80 08 24 12 34 FF FF FF FF FF")
    assert scrubber.heard(2, None, ccid(0x6F, verify)) == ccid(0x6F, verify[:5] + bytes(8))
    assert scrubber.heard(2, None, ccid(0x69, verify)) == ccid(0x69, bytes(13))
    assert scrubber.said(0x82, None, ccid(0x83, b"secret")) == ccid(0x83, bytes(6))
    assert scrubber.said(0x83, None, b"\x50\x03") == b"\x50\x03"


def test_a_message_in_several_transfers_is_blank_after_its_head():
    scrubber = USB_RULES["card_reader"]()
    scrubber.heard(2, None, ccid(0x6F, bytes.fromhex("00 B2 01 0C 00")))
    message = ccid(0x80, tlv("70", tlv("57", track2(REAL))) + b"\x90\x00")
    assert scrubber.said(0x82, None, message[:20]) == message[:10] + bytes(10)
    assert scrubber.said(0x82, None, message[20:]) == bytes(len(message) - 20)


@pytest.mark.parametrize("kind", USB_RULES)
@given(
    said=st.lists(st.tuples(st.sampled_from((0, 1, 2, 0x81, 0x82, 0x83)), st.booleans(), st.binary(max_size=80))),
    request=st.integers(0, 255),
)
def test_whatever_comes_its_length_stays(kind, said, request):
    scrubber = USB_RULES[kind]()
    for endpoint, to_host, data in said:
        setup = None if endpoint else Setup(0xA1 if to_host else 0x21, request, 0x0303, 0, len(data))
        act = scrubber.said if to_host else scrubber.heard
        assert len(act(endpoint, setup, data)) == len(data)
