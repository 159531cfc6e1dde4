from __future__ import annotations

import json

import pytest

from padkit_sdk import Refused
from padkit_sdk.conformance.hands import Power, Spoilt
from padkit_sdk.conformance.simulator import TRANSFERS, SimulatorHands, say_to

CARDS = [
    {"serial": "000001", "pan": "11", "place": "bin"},
    {"serial": "000002", "pan": "22", "place": "gate"},
    {"serial": "000003", "pan": "33", "place": "hopper"},
]


class Kit:
    """Answers as a simulated kit does and keeps what it was asked."""

    def __init__(self):
        self.asked = []
        self.moving = [False]
        self.person = ""
        self.inserted = ""
        self.refusal = ""

    def say(self, line):
        request = json.loads(line)
        self.asked.append(request)
        if request["do"] == "state":
            return json.dumps({"ok": True, "speed": 50, "seed": 7, "devices": self.devices()}).encode()
        if self.refusal:
            return json.dumps({"ok": False, "error": self.refusal}).encode()
        return b'{"ok":true}'

    def devices(self):
        moving = self.moving.pop(0) if len(self.moving) > 1 else self.moving[0]
        return {
            "box": {"serial": "CDB-0001", "type": "card_dispenser", "moving": moving, "cards": CARDS},
            "reader": {"serial": "CLIP-0001", "person": self.person, "people": ["test_a", "test_b"]},
            "chip": {"serial": "CR-0001", "inserted": self.inserted, "numbers": ["11", "22"], "cards": CARDS[:1]},
        }

    def done(self):
        return [request for request in self.asked if request["do"] != "state"]


@pytest.fixture
def kit():
    return Kit()


@pytest.fixture
def waits():
    return []


@pytest.fixture
def box(kit, waits):
    return SimulatorHands(kit.say, "CDB-0001", waits.append)


@pytest.fixture
def reader(kit, waits):
    return SimulatorHands(kit.say, "CLIP-0001", waits.append)


def test_the_device_is_known_by_its_adapter(kit, box, reader):
    box.cut_power()
    reader.cut_power()
    assert kit.done() == [{"do": "power_cycle", "device": "box"}, {"do": "power_cycle", "device": "reader"}]


def test_an_adapter_of_no_device_is_refused_with_those_there_are(kit):
    with pytest.raises(Refused, match="no device has adapter 'X-1'; it has box, reader, chip"):
        SimulatorHands(kit.say, "X-1", lambda seconds: None)


def test_powers_are_those_of_the_device(box, reader):
    both = {Power.CUT_POWER, Power.ARM_FAULTS, Power.SPOIL_LINE}
    assert box.powers == both | {Power.TAKE_CARD, Power.SEE_CARDS}
    assert reader.powers == both | {Power.LAY_IDENTITY_CARD}


def test_tidying_puts_every_card_back_the_lowest_number_on_top(kit, box):
    box.tidy()
    assert kit.done() == [
        {"do": "tamper", "device": "box", "pan": "22", "place": "hopper"},
        {"do": "tamper", "device": "box", "pan": "11", "place": "hopper"},
    ]


def test_tidying_waits_for_the_motors(kit, waits, box):
    kit.moving = [True, True, False]
    box.tidy()
    assert len(waits) == 2


def test_motors_that_never_rest_are_given_up(kit, box):
    kit.moving = [True]
    with pytest.raises(Refused, match="still moves after 30 s"):
        box.tidy()


def test_a_card_is_seen_where_it_is(box):
    assert box.cards() == {"000001": "bin", "000002": "gate", "000003": "hopper"}
    assert not box.is_moving()


def test_a_person_acts_by_the_simulators_hand(kit, box, reader):
    box.take_card()
    reader.lay_identity_card("test_b")
    kit.person = "test_b"
    reader.lift_identity_card()
    assert [request.get("action") for request in kit.done()] == ["take_card", "lay_card", "lift_card"]
    assert reader.identity_cards() == ("test_a", "test_b")


def test_an_empty_reader_is_not_lifted_from(kit, reader):
    reader.lift_identity_card()
    assert kit.done() == []


def test_a_fault_is_armed_for_this_device(kit, box):
    box.arm("link.noise", {"count": 3}, nth=2, times=0)
    box.clear_faults()
    armed = {"do": "fault", "device": "box", "name": "link.noise", "args": {"count": 3}, "nth": 2, "times": 0}
    assert kit.done() == [armed, {"do": "clear", "name": "link.noise"}]


def test_faults_of_the_kit_itself_are_left_to_it(kit, box):
    box.clear_faults()
    assert kit.done() == []


def test_slow_motion_ends_at_the_usual_pace(kit, box):
    with pytest.raises(KeyError), box.slowly():
        raise KeyError
    assert [request["value"] for request in kit.done()] == [4.0, 50.0]


def test_what_the_simulator_refuses_is_refused_with_its_words(kit, box):
    kit.refusal = "card box: take_card: no card sticks out of the gate; present one first"
    with pytest.raises(Refused, match="asked to hand: card box: take_card: no card sticks out"):
        box.take_card()


def test_a_box_is_no_chip_reader(box):
    box.unseat_bank_card()
    with pytest.raises(Refused, match="box is no chip reader"):
        box.seat_bank_card()


def test_nobody_at_the_control_socket_is_refused_with_what_to_do(tmp_path):
    with pytest.raises(Refused, match="is the kit still running"):
        say_to(tmp_path / "control")(b"{}\n")


@pytest.fixture
def slot(kit, waits):
    return SimulatorHands(kit.say, "CR-0001", waits.append, TRANSFERS)


def test_a_bank_card_is_put_in_once_and_pulled_when_the_bench_is_tidied(kit, slot):
    assert slot.powers == {Power.CUT_POWER, Power.ARM_FAULTS, Power.SPOIL_LINE, Power.SEAT_BANK_CARD}
    assert slot.cards() == {}
    slot.seat_bank_card()
    kit.inserted = "11"
    slot.seat_bank_card()
    slot.tidy()
    assert [it["action"] for it in kit.done()] == ["insert_card", "remove_card"]


@pytest.mark.parametrize("how", Spoilt)
def test_a_line_is_spoiled_by_faults_of_its_kind(kit, box, slot, how):
    box.spoil(how)
    slot.spoil(how)
    on_bytes, on_usb = (it["name"].partition(".")[0] for it in kit.done())
    assert (on_bytes, on_usb) == ("link", "usb")


def test_a_device_without_a_slot_takes_no_bank_card(reader):
    with pytest.raises(Refused, match="no chip reader"):
        reader.seat_bank_card()
