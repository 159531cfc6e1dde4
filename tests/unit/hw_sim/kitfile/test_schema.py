"""What a kit file can say, and how what it cannot say is refused."""

from __future__ import annotations

import pytest

from padkit_sim.devices.card_dispenser import BoxSettings
from padkit_sim.errors import SimRefused
from padkit_sim.faults import FaultRequest
from padkit_sim.kitfile import parse

KIT = '[kit]\nname = "toy"\n'
BOX = '[[device]]\nid = "box"\ntype = "card_dispenser"\n'
READER = '[[device]]\nid = "reader"\ntype = "identity_reader"\n'


def refused(text):
    with pytest.raises(SimRefused) as caught:
        parse(text, "toy.toml")
    return str(caught.value)


def test_the_shortest_kit_has_a_name_only():
    file = parse(KIT, "toy.toml")
    assert (file.name, file.seed, file.speed, file.devices, file.faults) == ("toy", 0, 1.0, (), ())


def test_a_device_has_a_usual_identity():
    box, reader = parse(KIT + BOX + READER, "toy.toml").devices
    assert (box.identity.vid, box.identity.pid, box.identity.serial, box.identity.location) == (
        0x1209,
        0xCA4D,
        "CDB-0001",
        "1-3",
    )
    assert (reader.identity.name, reader.identity.pid, reader.type) == ("ttyUSB1", 0x1DCA, "identity_reader")


def test_a_wire_says_otherwise():
    wire = 'wire = { kind = "tty", name = "ttyACM3", location = "2-1.4", vid = 1, serial = "X", paced = true }\n'
    (box,) = parse(KIT + BOX + wire, "toy.toml").devices
    assert (box.identity.name, box.identity.location, box.identity.vid, box.identity.serial, box.paced) == (
        "ttyACM3",
        "2-1.4",
        1,
        "X",
        True,
    )


def test_packs_lie_in_the_hopper_one_after_the_other():
    slots = (
        'slots = [{ bin = "999900", count = 2, first_serial = 9 }, { bin = "999901", count = 1, expiry = "2805" }]\n'
    )
    (box,) = parse(KIT + BOX + slots, "toy.toml").devices
    assert isinstance(box.settings, BoxSettings)
    assert [(c.pan[:6], c.serial, c.expiry) for c in box.settings.cards] == [
        ("999900", "000009", "3012"),
        ("999900", "000010", "3012"),
        ("999901", "000001", "2805"),
    ]


def test_a_box_is_what_its_keys_say():
    keys = "address = 3\nlow_at = 2\nbin_capacity = 7\nbin_counter_survives = false\ntake_after_s = 2\n"
    keys += 'firmware = "F"\nunit_serial = "S"\n'
    (box,) = parse(KIT + BOX + keys, "toy.toml").devices
    settings = box.settings
    assert isinstance(settings, BoxSettings)
    assert (settings.address, settings.low_at, settings.bin_capacity, settings.bin_counter_survives) == (3, 2, 7, False)
    assert (settings.take_after_s, settings.labels.firmware, settings.labels.serial) == (2.0, "F", "S")


def test_faults_are_scripted_or_left_to_chance():
    faults = """
[[fault]]
on = { device = "box", nth = 3 }
do = { fault = "box.jam", at = "present", clears_after = 2 }
[[fault]]
chance = 0.02
on = { times = 0 }
do = { fault = "link.flip_bcc" }
"""
    assert parse(KIT + BOX + faults, "toy.toml").faults == (
        FaultRequest("box.jam", {"at": "present", "clears_after": 2}, nth=3, device="box"),
        FaultRequest("link.flip_bcc", {}, chance=0.02, times=0),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "toy.toml:1: kit.name = missing: give"),
        (KIT + "sped = 2\n", "toy.toml:3: kit.sped = 2: unknown key; known here are name, seed, speed"),
        (KIT + "speed = 0\n", "toy.toml:3: kit.speed = 0: give a number above 0"),
        (KIT + 'seed = "x"\n', "toy.toml:3: kit.seed = 'x': give a whole number"),
        ("kit = 3\n", "toy.toml:1: kit = 3: give a table"),
        (KIT + "[extra]\nx = 1\n", "toy.toml:3: extra = {'x': 1}: unknown key; known here are kit, device, fault"),
        (KIT + '[[device]]\nid = "A"\n', "toy.toml:4: device[0].id = 'A': give a short name"),
        (KIT + '[[device]]\nid = "a"\ntype = "b"\n', "toy.toml:5: device[0].type = 'b': give one of card_dispenser"),
        (
            KIT + BOX + "colour = 1\n",
            "toy.toml:6: device[0].colour = 1: unknown key; known here are id, type, wire, slots",
        ),
        (
            KIT + BOX + "wire = { vid = 70000 }\n",
            "toy.toml:6: device[0].wire.vid = 70000: give a whole number from 0 to 65535",
        ),
        (KIT + BOX + 'wire = { kind = "usb" }\n', "toy.toml:6: device[0].wire.kind = 'usb': give one of tty"),
        (KIT + BOX + "wire = { baud = 1 }\n", "toy.toml:6: device[0].wire.baud = 1: unknown key"),
        (KIT + BOX + 'wire = { name = "/dev/x" }\n', "device[0].wire.name = '/dev/x': give a tty name"),
        (KIT + BOX + 'wire = { location = "../.." }\n', "device[0].wire.location = '../..': give a USB port"),
        (
            KIT + BOX + 'slots = [\n{ bin = "999900", count = 1 },\n{ bin = 220000, count = 1 },\n]\n',
            "toy.toml:8: device[0].slots[1].bin = 220000: give text in quotes",
        ),
        (KIT + BOX + 'slots = [{ bin = "99", count = 1 }]\n', "device[0].slots[0].bin = '99': give 6 to 8 digits"),
        (
            KIT + BOX + 'slots = [{ bin = "999900", count = 0 }]\n',
            "slots[0].count = 0: give a whole number from 1 to 10000",
        ),
        (
            KIT + BOX + 'slots = [{ bin = "999900", count = 1, expiry = "3013" }]\n',
            "slots[0].expiry = '3013': give YYMM",
        ),
        (KIT + BOX + "take_after_s = -1\n", "toy.toml:6: device[0].take_after_s = -1: give a number from 0"),
        (KIT + BOX + "address = 16\n", "device[0].address = 16: give a whole number from 0 to 15"),
        (KIT + BOX + BOX, "toy.toml:7: device[1].id = 'box': another device has this id"),
        (
            KIT + BOX + READER + 'wire = { name = "ttyUSB0" }\n',
            "toy.toml:9: device[1].wire.name = 'ttyUSB0': another device is at ttyUSB0",
        ),
        (KIT + READER + 'on_reader = "x"\n', "toy.toml:6: device[0].on_reader = 'x': give the id of a person"),
        (
            KIT + '[[fault]]\ndo = { fault = "box.jm" }\n',
            "toy.toml:4: fault[0].do.fault = 'box.jm': give one of box.empty",
        ),
        (
            KIT + BOX + '[[fault]]\ndo = { fault = "box.jam", at = "moon" }\n',
            "toy.toml:7: fault[0].do: fault box.jam: argument at is 'moon'; give 'stage' or 'present' or 'capture'",
        ),
        (
            KIT + BOX + '[[fault]]\non = { device = "bx" }\ndo = { fault = "box.jam" }\n',
            "toy.toml:7: fault[0].on.device = 'bx': give one of box",
        ),
        (
            KIT + '[[fault]]\non = { nth = 0 }\ndo = { fault = "box.jam" }\n',
            "fault[0].on.nth = 0: give a whole number from 1",
        ),
        (KIT + '[[fault]]\non = { x = 0 }\ndo = { fault = "box.jam" }\n', "fault[0].on.x = 0: unknown key"),
        (
            KIT + '[[fault]]\ndo = { fault = "box.jam", at = [] }\n',
            "fault[0].do.at = []: give text, a number, true or false",
        ),
        (
            KIT + READER + '[[fault]]\ndo = { fault = "box.jam" }\n',
            "toy.toml:7: fault[0].do: fault box.jam: reader cannot have it; pick another device",
        ),
        (
            KIT + BOX + '[[fault]]\nchance = 0.5\ndo = { fault = "box.empty" }\n',
            "toy.toml:8: fault[0].do: fault box.empty: a lasting condition takes no chance",
        ),
    ],
)
def test_a_refusal_names_file_line_key_value_and_what_next(text, message):
    assert message in refused(text)
