from __future__ import annotations

import re
from pathlib import Path

import pytest

from padkit_card_dispenser.codes import MEANINGS, refusal
from padkit_card_dispenser.protocol import Failed
from padkit_sdk import DeviceFault, Refused

CODES = "00 01 02 03 04 05 10 12 13 14 16 40 41 42 43 45 50 51 60 61 62 63 64 65 66 67 68 69 A0 A1 B0"  # manual 6
README = Path(__file__).parents[4] / "plugins" / "card_dispenser" / "README.md"


@pytest.mark.parametrize("code", CODES.split())
def test_each_code_of_the_manual_has_a_meaning(code):
    error = refusal(Failed(0x32, 0x31, code), device="box", command="MOVE reader")
    assert isinstance(error, Refused if code == "B0" else DeviceFault)
    assert f"(code {code})" in str(error)
    assert str(error).startswith("card box box: ")


def test_a_box_without_power_is_not_ready():
    error = refusal(Failed(0x32, 0x31, "B0"), device="box", command="MOVE reader")
    assert isinstance(error, Refused)
    assert error.reason == "box.not_ready"


def test_an_unknown_code_survives():
    error = refusal(Failed(0x32, 0x31, "7Z"), device="box", command="MOVE reader")
    assert isinstance(error, DeviceFault)
    assert (error.fault, error.raw) == ("box.unknown", "7Z")


@pytest.mark.parametrize(
    ("code", "fault"),
    [("10", "box.jam"), ("40", "box.retract_failed"), ("A0", "box.empty"), ("A1", "box.bin_full"), ("63", "chip.mute")],
)
def test_the_faults_that_flows_know_keep_their_names(code, fault):
    error = refusal(Failed(0x32, 0x31, code), device="box", command="MOVE reader")
    assert isinstance(error, DeviceFault)
    assert (error.fault, error.raw) == (fault, code)


def test_the_readme_names_every_fault():
    named = set(re.findall(r"`((?:box|chip)\.[a-z_]+)`", README.read_text()))
    assert {meaning.fault for meaning in MEANINGS.values()} <= named
