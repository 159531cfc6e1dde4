from __future__ import annotations

from pathlib import Path

import pytest

from padkit_sdk import Ble, UsbSerial
from padkit_sdk.conformance.air import named_peripheral
from padkit_sdk.conformance.port import Port, Trees, find_port

BOX = UsbSerial(vid=0x1209, pid=0xCA4D, baud=38_400)
CLIP = Ble("service", "write", "notify")
OURS = Ble("service", "write", "notify", serial="C0:FF:EE:00:00:01")


@pytest.mark.parametrize("given", ["C0:FF:EE:00:00:01", "c0:ff:ee:00:00:01"])
def test_an_address_names_a_peripheral(given):
    assert named_peripheral([BOX, CLIP], given) == OURS


@pytest.mark.parametrize(
    ("matches", "given"), [([BOX], "C0:FF:EE:00:00:01"), ([BOX, CLIP], "/dev/ttyUSB0"), ([CLIP], "C0:FF:EE:00:00")]
)
def test_what_is_no_address_or_not_driven_over_the_air_names_none(matches, given):
    assert named_peripheral(matches, given) is None


def test_a_named_peripheral_is_the_port(tmp_path):
    found = find_port([BOX, CLIP], "C0:FF:EE:00:00:01", Trees(tmp_path, tmp_path))
    assert found == Port(Path("C0:FF:EE:00:00:01"), OURS, "C0:FF:EE:00:00:01")
