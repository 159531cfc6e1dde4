"""A capture is read in any portions, in both orders of bytes, with both headers of usbmon; what is none is refused."""

from __future__ import annotations

import struct

import pytest

from padkit_sim.errors import SimRefused
from padkit_sim.recording.usb_talk import Heard, Said, Shown, UsbTalk
from padkit_sim.recording.usbmon import Capture

DEVICE = bytes.fromhex("12 01 00 02 00 00 00 40 6A 05 A8 00 00 01 01 02 03 01")
ASK_DEVICE = bytes.fromhex("80 06 00 01 00 00 12 00")
VENDOR = bytes.fromhex("C0 04 07 00 00 00 01 00")
STALL = -32


def head(order="<", link=220, magic=0xA1B2C3D4):
    return struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 65_536, link)


def event(number, kind, name, endpoint, *, setup=b"", data=b"", status=0, size=None, device=7, order="<", link=220):
    body = struct.pack(
        order + "QcBBBHBBqiiII8s",
        *(number, name, kind, endpoint, device, 1, 0 if setup else ord("-"), 0, 5, 0, status),
        *(len(data) if size is None else size, len(data), setup),
    )
    body += bytes(16 if link == 220 else 0) + data
    return struct.pack(order + "4I", 5, 250_000, len(body), len(body)) + body


def session(**how):
    """Who it is, one register, one interrupt, one refusal."""
    return b"".join(
        [
            event(1, 2, b"S", 0x80, setup=ASK_DEVICE, size=18, **how),
            event(1, 2, b"C", 0x80, data=DEVICE, **how),
            event(2, 2, b"S", 0x80, setup=VENDOR, size=1, **how),
            event(2, 2, b"C", 0x80, data=b"\x81", **how),
            event(3, 1, b"S", 0x81, size=64, **how),
            event(3, 1, b"C", 0x81, data=b"\x01\x01", **how),
            event(4, 3, b"S", 0x01, data=b"out", **how),
            event(4, 3, b"C", 0x01, status=STALL, **how),
        ]
    )


def told(data, portion=4096):
    capture, talk = Capture(), UsbTalk(0x056A, 0x00A8)
    portions = (data[at : at + portion] for at in range(0, len(data), portion))
    return [it for part in portions for urb in capture.feed(part) for it in talk.take(urb)]


@pytest.mark.parametrize("portion", [1, 7, 4096])
@pytest.mark.parametrize("link", [189, 220])
@pytest.mark.parametrize("order", ["<", ">"])
def test_what_passed_is_told_in_order(order, link, portion):
    shown, asked, reply, said, heard, refused = told(head(order, link) + session(order=order, link=link), portion)
    assert shown == Shown(DEVICE, b"")
    assert (type(asked), asked.setup.request, reply.data) == (Heard, 4, b"\x81")
    assert said == Said(0x81, b"\x01\x01")
    assert heard == Heard(0x01, b"out")
    assert refused == Said(0x01, b"", None, stalled=True)


def test_another_device_is_not_listened_to():
    assert told(head() + session()[: len(event(1, 2, b"S", 0x80, setup=ASK_DEVICE))]) == []
    capture, talk = Capture(), UsbTalk(0x05BA, 0x000A)
    assert [it for urb in capture.feed(head() + session()) for it in talk.take(urb)] == []


def test_a_number_that_another_device_has_now_is_let_go():
    other = DEVICE[:8] + b"\x01\x02\x03\x04" + DEVICE[12:]
    anew = event(9, 2, b"S", 0x80, setup=ASK_DEVICE, size=18) + event(9, 2, b"C", 0x80, data=other)
    later = event(10, 1, b"S", 0x81, size=64) + event(10, 1, b"C", 0x81, data=b"\x07")
    assert told(head() + session() + anew + later) == told(head() + session())


def test_what_the_capture_cut_off_is_made_up_with_zeros():
    cut = event(5, 1, b"S", 0x81, size=64) + event(5, 1, b"C", 0x81, data=b"\x01", size=4)
    assert told(head() + session() + cut)[-1] == Said(0x81, b"\x01\0\0\0", lost=3)


def test_nanoseconds_are_understood():
    (urb, *_) = Capture().feed(head(magic=0xA1B23C4D) + session())
    assert urb.t == pytest.approx(5.00025)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\x0a\x0d\x0d\x0a" + bytes(40), "is pcapng"),
        (b"PK\3\4" + bytes(40), "give a pcap file"),
        (head(link=1), "link type 1; capture a usbmon interface"),
        (head() + struct.pack("<4I", 0, 0, 9_999_999, 9_999_999), "a record of 9999999 bytes"),
        (head() + struct.pack("<4I", 0, 0, 3, 3) + b"abc", "a record of 3 bytes"),
    ],
)
def test_what_is_no_capture_is_refused(data, why):
    with pytest.raises(SimRefused, match=why):
        list(Capture().feed(data))


def test_what_is_cut_off_at_the_end_waits():
    capture = Capture()
    assert list(capture.feed(head() + b"\1\2\3")) == []
    assert capture.rest == 3
