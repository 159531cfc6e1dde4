"""The udev rules of the how-to name the USB ids that our drivers match, and no others."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from padkit_sdk.links import Usb, UsbSerial

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to" / "run-on-real-hardware.md"
SIMULATED = 0x1209  # ids of simulated devices: nobody plugs one in
PLUGINS = ("back_clip", "card_dispenser", "fingerprint", "signature_pad")
RULE = re.compile(
    r'SUBSYSTEM=="usb", ENV\{DEVTYPE\}=="usb_device", ATTR\{idVendor\}=="([0-9a-f]{4})", ATTR\{idProduct\}=="([0-9a-f]{4})", '
    r'(GROUP="dialout", MODE="0660"|ENV\{ID_MM_DEVICE_IGNORE\}="1")'
)
OPENS, NO_MODEM = 'GROUP="dialout", MODE="0660"', 'ENV{ID_MM_DEVICE_IGNORE}="1"'


@pytest.fixture(scope="module")
def rules():
    """Ids and what is done, one for each line that is no comment."""
    (block,) = re.findall(r"```udev\n(.*?)```", HOW_TO.read_text(encoding="utf-8"), re.DOTALL)
    found = {}
    for line in block.splitlines():
        if not line.startswith("#"):
            rule = RULE.fullmatch(line)
            assert rule, f"no rule as udev reads it: {line}"
            found[int(rule[1], 16), int(rule[2], 16)] = rule[3]
    return found


def matched(kind):
    """The ids that our drivers match on one kind of link."""
    modules = (import_module(f"padkit_{plugin}.plugin") for plugin in PLUGINS)
    matches = (match for module in modules for offer in module.padkit_drivers() for match in offer.matches)
    return {(it.vid, it.pid) for it in matches if isinstance(it, kind) and it.vid != SIMULATED}


def test_every_usb_device_that_a_driver_matches_can_be_opened(rules):
    assert {ids for ids, does in rules.items() if does == OPENS} == matched(Usb)


def test_no_serial_adapter_of_ours_is_taken_for_a_modem(rules):
    assert {ids for ids, does in rules.items() if does == NO_MODEM} == matched(UsbSerial)
