from __future__ import annotations

import dataclasses

import pytest

from padkit_sdk.links import LINK_KINDS, DeviceEvent, DriverContext, UsbSerial


def test_every_kind_of_link_has_a_name_of_its_own():
    assert LINK_KINDS[UsbSerial] == "usb_serial"
    assert len(set(LINK_KINDS.values())) == len(LINK_KINDS)


def test_a_match_fits_every_adapter_of_its_kind_until_it_is_narrowed():
    match = UsbSerial(vid=0x1209, pid=0xCA4D, baud=9_600)
    assert (match.serial, match.location) == ("", "")


def test_what_a_driver_is_given_cannot_be_changed():
    context = DriverContext("box", lambda: 0.0, lambda event: None)
    with pytest.raises(dataclasses.FrozenInstanceError):
        context.device = "other"


def test_an_event_has_no_detail_until_it_is_given_some():
    assert DeviceEvent("box.opened").detail == {}
