"""Codes of PC/SC and our errors, one by one."""

from __future__ import annotations

import pytest

from padkit_agent.links.pcsc_codes import Code, error_of
from padkit_sdk.errors import DeviceFault, LinkLost, OutcomeUnknown, Refused


@pytest.mark.parametrize(
    ("code", "kind", "name"),
    [
        (0x8010000C, DeviceFault, "chip.absent"),
        (0x80100069, DeviceFault, "chip.absent"),
        (0x80100066, DeviceFault, "chip.mute"),
        (0x80100067, DeviceFault, "chip.off"),
        (0x80100068, DeviceFault, "chip.off"),
        (0x80100016, DeviceFault, "chip.transmission"),
        (0x80100065, DeviceFault, "chip.unsupported"),
        (0x8010000F, DeviceFault, "chip.unsupported"),
        (0x80100FFF, DeviceFault, "reader.unknown"),
        (0x8010000B, Refused, "link.busy"),
        (0x8010000A, OutcomeUnknown, ""),
        (0x80100017, LinkLost, ""),
        (0x80100009, LinkLost, ""),
        (0x8010001D, LinkLost, ""),
        (0x8010001E, LinkLost, ""),
    ],
)
def test_each_code_has_its_error(code, kind, name):
    error = error_of(code, "R 00 00", "power on")
    assert type(error) is kind
    assert getattr(error, "fault", getattr(error, "reason", "")) == name
    assert f"{code:08X}" in str(error)
    assert "R 00 00" in str(error)


def test_a_signed_code_is_the_same_code():
    assert isinstance(error_of(0x80100017 - (1 << 32), "R", "look"), LinkLost)


@pytest.mark.parametrize("code", [Code.READER_UNAVAILABLE, Code.NO_SERVICE, Code.COMMUNICATION])
def test_a_reader_lost_in_an_exchange_leaves_the_outcome_unknown(code):
    assert isinstance(error_of(code, "R", "exchange", sent=True), OutcomeUnknown)


def test_a_device_fault_keeps_the_code():
    error = error_of(0x80100FFF, "R", "exchange")
    assert isinstance(error, DeviceFault)
    assert error.raw == "80100FFF"


def test_a_card_that_takes_no_power_when_it_should_is_mute():
    error = error_of(Code.UNPOWERED_CARD, "R", "power on", powering=True)
    assert isinstance(error, DeviceFault)
    assert error.fault == "chip.mute"
