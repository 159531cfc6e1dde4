"""Each shipped kit stands, and each of its devices says who it is, through the driver that a real one would have."""

from __future__ import annotations

import re

import pytest

from padkit_sim.kitfile import find_kit_file, load, shipped

PLUGINS = {  # device type -> plugin and model that drive it
    "card_dispenser": ("card_dispenser", "CRT-591"),
    "eject_box": ("card_dispenser", "CRT-541"),
    "identity_reader": ("back_clip", "SAM_V"),
    "card_reader": ("back_clip", "PCSC"),
    "pin_pad": ("back_clip", "ZT588"),
    "fingerprint_uru4500": ("fingerprint", "U.are.U 4500"),
    "fingerprint_r30x": ("fingerprint", "R30x"),
    "signature_pad": ("signature_pad", "STU"),
}
SLOW, EJECT = "slow_everything", "eject_only_box"
LATE = ("box", "cards", "finger")  # of it, one on each kind of wire; the other kits have the devices of `full`
DEVICES = [
    (kit, entry.id, entry.type, entry.identity)
    for kit in ("full", SLOW, EJECT)
    for entry in load(find_kit_file(kit)).devices
    if entry.type in PLUGINS and (kit != SLOW or entry.id in LATE) and (kit != EJECT or entry.id == "box")
]
KEPT = re.compile(r"promises  1 kept, 0 broken, 0 not asked")


def devices(kit):
    return {it.id: (it.type, it.wire, it.identity, it.settings) for it in load(find_kit_file(kit)).devices}


def test_the_kits_of_the_reference_are_shipped():
    assert {"bad_finger", "demo", EJECT, "full", "no_box", SLOW} <= shipped().keys()


@pytest.mark.parametrize(("kit", "lacks"), [("no_box", {"box"}), ("slow_everything", set()), ("bad_finger", set())])
def test_the_other_kits_have_the_devices_of_the_full_one(kit, lacks):
    assert devices(kit) == {name: it for name, it in devices("full").items() if name not in lacks}


def test_one_kit_has_a_card_box_that_only_ejects():
    others = {name: it for name, it in devices("full").items() if name != "box"}
    assert devices(EJECT).items() > others.items()
    assert devices(EJECT)["box"][0] == "eject_box"


@pytest.mark.parametrize(("kit", "device", "kind", "identity"), DEVICES, ids=[f"{it[0]}-{it[1]}" for it in DEVICES])
def test_each_device_of_a_kit_says_who_it_is(run_kit, kit, device, kind, identity):
    plugin, model = PLUGINS[kind]
    named = ("--padkit-plugin", plugin, "--padkit-model", model)
    ran = run_kit(*named, "-k", "gives_the_same_words", module="test_device", kit=kit)
    assert ran.code == 0, ran.said
    assert KEPT.search(ran.said), ran.said


def test_slowness_breaks_no_promise(run_kit):
    ran = run_kit(
        "--padkit-plugin", "card_dispenser", "--padkit-model", "CRT-591", "-k", "stage_feeds_one or held_at_the_gate",
        module="test_card_dispenser", kit="slow_everything",
    )  # fmt: skip
    assert ran.code == 0, ran.said
    assert ", 0 broken, 0 not asked" in ran.said
