"""The driver's codec against the vectors, and against whatever comes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_sdk import BadFrame
from padkit_signature_pad import protocol as p
from padkit_signature_pad.protocol import PadState, Rectangle


def test_a_pen_report_reads_as_the_vector_says(pen_vector):
    record = p.read_pen(bytes.fromhex(pen_vector["report"]))
    for name in ("in_range", "tip", "pressure", "x", "y"):
        assert getattr(record, name) == pen_vector[name]
    assert (record.time_ms, record.sequence) == (pen_vector.get("time_ms"), pen_vector.get("sequence"))


def test_a_capability_reads_as_the_vector_says(capability_vector):
    got = p.read_capability(bytes.fromhex(capability_vector["report"]))
    assert (got.max_x, got.max_y, got.max_pressure) == tuple(
        capability_vector[name] for name in ("max_x", "max_y", "max_pressure")
    )
    assert (got.width_px, got.height_px, got.rate_hz, got.resolution_dpi, got.flags) == tuple(
        capability_vector[name] for name in ("width", "height", "rate", "resolution", "flags")
    )


def test_a_status_reads_as_the_vector_says(status_vector):
    got = p.read_status(bytes.fromhex(status_vector["report"]))
    assert (got.code, got.result) == (status_vector["code"], status_vector["result"])


def test_an_information_reads_as_the_vector_says(information_vector):
    got = p.read_information(bytes.fromhex(information_vector["report"]))
    assert got.model == information_vector["model"]
    assert got.firmware == f"{information_vector['major']}.{information_vector['minor']}"


def test_a_block_is_padded_as_the_vector_says(block_vector):
    got = p.image_block(bytes.fromhex(block_vector["data"]), block_vector["part"])
    assert got == bytes.fromhex(block_vector["report"]).ljust(block_vector["part"] + 3, b"\0")


def test_an_order_is_made_as_the_vector_says(order_vector):
    match order_vector:
        case {"session": session}:
            made = p.start_capture(session)
        case {"area": area}:
            made = p.clear_area(Rectangle(*area))
        case {"on": on, "off": off}:
            made = p.ink_threshold(on, off)
    assert made == bytes.fromhex(order_vector["report"])


def test_an_unknown_status_code_survives():
    status = p.read_status(bytes.fromhex("03 77 00 00 00"))
    assert (status.code, status.state) == (0x77, None)
    assert p.read_status(bytes.fromhex("03 FF 00 00 00")).state is PadState.RESET


@pytest.mark.parametrize("wrong", ["0000", "FFFF"])
def test_sizes_that_no_pad_has_are_refused(wrong):
    with pytest.raises(BadFrame, match="cannot be"):
        p.read_capability(bytes.fromhex(f"09 {wrong} 12C0 03FF 0320 01E0 C8 09EC 0A 0000"))


@given(st.binary(max_size=80))
def test_random_bytes_are_a_record_nothing_or_a_bad_frame(data):
    record = p.read_pen(data)
    assert record is None or (record.pressure <= 0xFFF and record.x <= 0xFFFF)
    for read in (p.read_status, p.read_information, p.read_capability, p.read_serial):
        try:
            read(data)
        except BadFrame:
            continue


def test_a_record_shows_nothing_of_the_hand():
    assert "4660" not in repr(p.read_pen(bytes.fromhex("01 9A BC 12 34 56 78")))
