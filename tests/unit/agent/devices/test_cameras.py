"""Named sources of pictures stand beside the wires that were found."""

from __future__ import annotations

from padkit_agent.devices import DeviceProfile
from padkit_agent.devices.cameras import CameraScan
from padkit_agent.devices.matching import Wire, match_wire
from padkit_agent.devices.views import Problem
from padkit_agent.plugins.messages import OfferView
from padkit_sdk import Pictures

OFFER = OfferView("pictures", ("camera",), (Pictures(),), {})
ADDRESSES = ("http://127.0.0.1:8000", "/var/lib/pictures")


def test_each_named_source_is_a_wire_with_its_address():
    others = CameraScan(ADDRESSES[:1])
    first, second = CameraScan(ADDRESSES[1:], others)()
    assert (first.kind, first.location, second.path) == ("pictures", *ADDRESSES)


def test_the_only_source_fits_and_of_two_the_named_one():
    plugged = CameraScan(ADDRESSES)()
    profile = DeviceProfile("camera", "camera", "pictures")
    only = match_wire(profile, OFFER, plugged[:1])
    assert isinstance(only, Wire)
    assert only.match == Pictures(location=ADDRESSES[0])
    assert isinstance(match_wire(profile, OFFER, plugged), Problem)
    named = match_wire(DeviceProfile("camera", "camera", "pictures", location=ADDRESSES[1]), OFFER, plugged)
    assert isinstance(named, Wire)
    assert named.match == Pictures(location=ADDRESSES[1])
