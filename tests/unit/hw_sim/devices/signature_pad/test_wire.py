"""The pad's codec against the vectors."""

from __future__ import annotations

from padkit_sim.devices.signature_pad import MODELS, wire
from padkit_sim.devices.signature_pad.wire import Area, Pen

STU_530, STU_540 = MODELS["STU-530"], MODELS["STU-540"]


def test_a_pen_report_is_made_as_the_vector_says(pen_vector):
    pen = Pen(pen_vector["in_range"], pen_vector["tip"], pen_vector["pressure"], pen_vector["x"], pen_vector["y"])
    report = bytes.fromhex(pen_vector["report"])
    match report[0]:
        case 0x34:
            made = wire.timed(pen, pen_vector["time_ms"], pen_vector["sequence"])
        case 0x30:
            made = wire.with_sequence(pen, 7)
        case _:
            made = wire.plain(pen)
    assert made == report


def test_a_capability_is_made_as_the_vector_says(capability_vector):
    assert wire.capability(STU_530) == bytes.fromhex(capability_vector["report"])


def test_a_status_is_made_as_the_vector_says(status_vector):
    assert wire.status(status_vector["code"], status_vector["result"]) == bytes.fromhex(status_vector["report"])


def test_an_information_is_made_as_the_vector_says(information_vector):
    assert wire.information(STU_540) == bytes.fromhex(information_vector["report"])


def test_a_block_is_read_as_the_vector_says(block_vector):
    report = bytes.fromhex(block_vector["report"]).ljust(block_vector["part"] + 3, b"\0")
    assert wire.block(report, block_vector["part"]) == bytes.fromhex(block_vector["data"])
    assert wire.block(report[:-1], block_vector["part"]) is None


def test_a_block_that_says_more_than_it_holds_is_none():
    assert wire.block(b"\x26\xff\xff" + bytes(253), 253) is None


def test_an_order_has_the_length_the_pad_wants(order_vector):
    report = bytes.fromhex(order_vector["report"])
    assert wire.WRITABLE[report[0]] == len(report)
    if "area" in order_vector:
        assert wire.area(report[3:]) == Area(*order_vector["area"])
        assert wire.area_words(Area(*order_vector["area"])) == report[3:]


def test_the_hid_descriptor_tells_the_length_of_the_report_descriptor():
    descriptor = wire.hid_descriptor(STU_540)
    assert descriptor[:2] == bytes([9, 0x21])
    assert int.from_bytes(descriptor[7:9], "little") == len(wire.report_descriptor(STU_540))
