"""Driver and simulator read the manual separately: they share no line, so that neither agrees with the other's mistakes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DEVICES = ROOT / "hw_sim" / "padkit_sim" / "devices"
TWICE = {
    "card_dispenser": (ROOT / "plugins/card_dispenser/padkit_card_dispenser", DEVICES / "card_dispenser"),
    "eject_box": (ROOT / "plugins/card_dispenser/padkit_card_dispenser/crt541", DEVICES / "eject_box"),
    "identity_reader": (ROOT / "plugins/back_clip/padkit_back_clip", DEVICES / "identity_reader"),
    "fingerprint_uru4500": (ROOT / "plugins/fingerprint/padkit_fingerprint/uru4500", DEVICES / "fingerprint_uru4500"),
    "fingerprint_r30x": (ROOT / "plugins/fingerprint/padkit_fingerprint/r30x", DEVICES / "fingerprint_r30x"),
    "pin_pad": (ROOT / "plugins/back_clip/padkit_back_clip/pin_pad", DEVICES / "pin_pad"),
    "bank_card": (ROOT / "agent/sdk/padkit_sdk/pboc", DEVICES / "bank_card"),
    "signature_pad": (ROOT / "plugins/signature_pad/padkit_signature_pad", DEVICES / "signature_pad"),
}
LANGUAGE = re.compile(r"(from|import|@|class|def|async def) ?\S")  # imports and headings are Python's, not the manual's
NUMBER = re.compile(r"[A-Z][A-Z_0-9]* = \S+$")  # a number or name that the manual prints
CHANCE = 24  # shorter lines meet by chance


def lines(folder: Path) -> dict[str, Path]:
    """The lines of a folder that somebody had to think of."""
    texts = ((line.strip(), path) for path in folder.rglob("*.py") for line in path.read_text().splitlines())
    return {
        line: path
        for line, path in texts
        if len(line) >= CHANCE and not LANGUAGE.match(line) and not NUMBER.match(line)
    }


@pytest.mark.parametrize("device", TWICE)
def test_driver_and_simulator_share_no_line(device: str) -> None:
    driver, simulator = (lines(folder) for folder in TWICE[device])
    assert driver and simulator
    assert [(line, driver[line].name, simulator[line].name) for line in driver.keys() & simulator.keys()] == []
