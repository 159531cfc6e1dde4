"""The private copy of the CCID driver: ours in it, the installed one as it was."""

from __future__ import annotations

import plistlib

import pytest

from padkit_sim.errors import SimRefused
from padkit_sim.stacks import ccid_bundle
from padkit_sim.stacks.ccid_bundle import BUNDLE, DRIVERS, copy_bundle, known_to_driver
from padkit_sim.wires import UsbIdentity

OURS = UsbIdentity("", "1-5", 0x1209, 0xCC1D, "CR-0001", "Card reader", "hw_sim")
LIST = "Contents/Info.plist"


def test_the_copy_knows_the_readers_of_the_kit_and_the_installed_one_stays(tmp_path):
    before = (DRIVERS / BUNDLE / LIST).read_bytes()
    copy_bundle([OURS], tmp_path)
    facts = plistlib.loads((tmp_path / BUNDLE / LIST).read_bytes())
    assert facts["ifdVendorID"] == ["0x1209"]
    assert facts["ifdProductID"] == ["0xCC1D"]
    assert facts["ifdFriendlyName"] == ["hw_sim Card reader"]
    assert not (tmp_path / BUNDLE / LIST).is_symlink()
    assert (DRIVERS / BUNDLE / LIST).read_bytes() == before


def test_the_installed_driver_knows_real_readers_only():
    assert not known_to_driver(OURS)
    assert known_to_driver(UsbIdentity("", "1-5", 0x04E6, 0x5116, "", ""))


def test_without_the_driver_it_is_told_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(ccid_bundle, "DRIVERS", tmp_path / "none")
    with pytest.raises(SimRefused, match="libccid"):
        copy_bundle([OURS], tmp_path)
    assert not known_to_driver(OURS)
