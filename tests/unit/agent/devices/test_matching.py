"""Which adapter is which device: by serial number, by place, never by tty name."""

from __future__ import annotations

import pytest

from padkit_agent.core.found import FoundWire
from padkit_agent.devices.matching import Wire, match_wire
from padkit_agent.devices.profile import DeviceProfile
from padkit_agent.devices.views import Problem
from padkit_agent.plugins.messages import OfferView
from padkit_sdk import Ble, Library, Pcsc, Usb, UsbSerial

OFFER = OfferView("toy", ("card_dispenser",), (UsbSerial(1, 2, 9_600), UsbSerial(1, 3, 38_400)), {})


def port(serial="A", location="1-1", pid=2):
    return FoundWire("ttyUSB0", "/dev/ttyUSB0", 1, pid, serial, location, "", (1, 1))


def match(*ports, serial="", location="", pinned="", others=(), offer=OFFER):
    profile = DeviceProfile("box", "toy", "toy", serial=serial, location=location)
    return match_wire(profile, offer, ports, pinned=pinned, others=others)


def test_the_only_adapter_of_its_kind_is_ours():
    assert match(port(), port(pid=9)) == Wire(port(), UsbSerial(1, 2, 9_600, "A", "1-1"))


def test_each_kind_of_adapter_has_its_own_baud_rate():
    assert match(port(pid=3)).match.baud == 38_400


def test_nothing_of_the_kind_is_nothing():
    assert match() is None
    assert match(port(pid=9)) is None


@pytest.mark.parametrize("narrow", [{"serial": "B"}, {"location": "1-2"}, {"pinned": "B"}, {"others": ("A",)}])
def test_serial_number_and_place_narrow_the_choice(narrow):
    assert match(port("A", "1-1"), port("B", "1-2"), **narrow).port.serial == "B"


def test_two_that_fit_are_ambiguous():
    problem = match(port("A", "1-1"), port("B", "1-2"))
    assert isinstance(problem, Problem)
    assert problem.code == "device.ambiguous"
    assert "1-1, 1-2" in problem.message


@pytest.mark.parametrize("narrow", [{"serial": "A"}, {"pinned": "A"}, {"pinned": "A", "location": "1-1"}])
def test_another_one_in_its_place_is_swapped(narrow):
    problem = match(port("Z"), **narrow)
    assert problem.code == "device.swapped"
    assert "adapter Z at 1-1, expected A" in problem.message


def test_another_one_elsewhere_is_not():
    assert match(port("Z", "1-9"), serial="A", location="1-1") is None


def test_the_device_of_another_name_is_never_a_swap():
    assert match(port("B"), serial="A", others=("B",)) is None


def test_an_offer_may_narrow_too():
    offer = OfferView("toy", ("card_dispenser",), (UsbSerial(1, 2, 9_600, serial="B"),), {})
    assert match(port("A"), offer=offer) is None
    assert match(port("B"), offer=offer).port.serial == "B"


HERE, THERE = "C0:FF:EE:00:00:01", "C0:FF:EE:00:00:02"
CLIP = Ble("service", "write", "notify")
KINDS = [
    (Usb(1, 2), FoundWire("1-2", "/dev/bus/usb/001/004", 1, 2, "S", "1-2", kind="usb")),
    (Pcsc("Kit Reader"), FoundWire("Kit Reader (S) 00 00", "Kit Reader (S) 00 00", serial="S", kind="pcsc")),
    (
        CLIP,
        FoundWire("CLIP-1", HERE, serial=HERE, kind="ble", services=("other", "service")),
    ),
    (Library("libvendor.so"), FoundWire("libvendor.so", "/opt/vendor/libvendor.so", kind="library")),
]


@pytest.mark.parametrize(("wanted", "found"), KINDS)
def test_every_kind_of_wire_is_matched_by_its_own_marks(wanted, found):
    offer = OfferView("toy", ("card_dispenser",), (wanted,), {})
    wire = match(found, serial=found.serial, offer=offer)
    assert (wire.port, wire.match.serial, wire.match.location) == (found, found.serial, found.location)


@pytest.mark.parametrize("wanted", [it for it, _ in KINDS])
@pytest.mark.parametrize("found", [it for _, it in KINDS] + [port()])
def test_no_kind_of_wire_is_taken_for_another(wanted, found):
    offer = OfferView("toy", ("card_dispenser",), (wanted,), {})
    assert (match(found, serial=found.serial, offer=offer) is not None) == ((wanted, found) in KINDS)


def test_a_peripheral_of_another_service_is_not_ours():
    stranger = FoundWire("CLIP-1", HERE, serial=HERE, kind="ble", services=("other",))
    assert match(stranger, serial=HERE, offer=OfferView("toy", ("card_dispenser",), (CLIP,), {})) is None


def test_two_peripherals_are_told_apart_by_their_addresses():
    here, there = (FoundWire("CLIP", it, serial=it, kind="ble", services=("service",)) for it in (HERE, THERE))
    offer = OfferView("toy", ("card_dispenser",), (CLIP,), {})
    assert match(here, there, serial=THERE, offer=offer).port == there
    assert match(here, serial=THERE, offer=offer).code == "device.swapped"


@pytest.mark.parametrize("narrow", [{}, {"serial": "CLIP-0001"}, {"pinned": "CLIP-0001"}])
def test_what_is_on_the_air_is_nobodys_unless_the_profile_names_an_address(narrow):
    neighbour = FoundWire("CLIP", HERE, serial=HERE, kind="ble", services=("service",))
    plugged = port("CLIP-0001")
    offer = OfferView("toy", ("card_dispenser",), (CLIP, UsbSerial(1, 2, 9_600)), {})
    assert match(neighbour, offer=offer, **narrow) is None
    assert match(neighbour, plugged, offer=offer, **narrow).port == plugged
