"""Our own drivers keep every promise of their ports on the simulated kit."""

from __future__ import annotations

import re

import pytest

TROUBLE, EJECT = "test_card_dispenser_trouble", "test_card_dispenser_eject"
BOX = (  # the wire takes the longest, for it is all waiting
    ("test_device", ""),
    ("test_card_dispenser", ""),
    (TROUBLE, "stage_over_a_bad_wire"),
    (TROUBLE, "capture_over_a_bad_wire"),
    (TROUBLE, "not over_a_bad_wire"),
    ("test_chip_card", ""),
)
EJECTING = (
    ("test_device", ""),
    ("test_card_dispenser", ""),
    (EJECT, "bad_wire and (every or cable)"),  # the others over a wire in memory: tests/hostile
    (EJECT, "not bad_wire"),
)
READER = ("test_device", "test_identity_card_reader")
BANK_CARDS = """
[kit]
name = "cards"
[[device]]
id = "chip"
type = "card_reader"
cards = [{{ bin = "999900", protocol = "{protocol}" }}]
"""
KEPT = re.compile(r"promises  (\d+) kept, 0 broken, 0 not asked")


@pytest.mark.parametrize(("module", "which"), BOX)
def test_the_card_box_keeps_every_promise(run_kit, module, which):
    ran = run_kit("--padkit-plugin", "card_dispenser", "--padkit-model", "CRT-591", "-k", which, module=module)
    assert ran.code == 0, ran.said
    assert KEPT.search(ran.said), ran.said
    assert "CRT-591 at " in ran.said


@pytest.mark.parametrize(("module", "which"), EJECTING)
def test_the_box_that_only_ejects_keeps_every_promise_that_it_is_asked_for(run_kit, module, which):
    box = ("--padkit-plugin", "card_dispenser", "--padkit-model", "CRT-541")
    ran = run_kit(*box, "-k", which, module=module, kit="eject_only_box")
    assert ran.code == 0, ran.said
    assert re.search(r"promises  [1-9]\d* kept, 0 broken", ran.said), ran.said
    unasked = re.findall(r"not asked, (.+): \d", ran.said)
    assert all(why.startswith("the device lacks ") and why.endswith("stage") for why in unasked), ran.said
    assert "CRT-541 at " in ran.said


@pytest.mark.parametrize("module", READER)
def test_the_identity_card_reader_keeps_every_promise(run_kit, module):
    ran = run_kit("--padkit-plugin", "back_clip", "--padkit-model", "SAM_V", module=module)
    assert ran.code == 0, ran.said
    assert KEPT.search(ran.said), ran.said
    assert "SAM_V at " in ran.said


@pytest.mark.parametrize("module", ["test_device", "test_fingerprint_reader"])
@pytest.mark.parametrize("model", ["R30x", "U.are.U 4500"])
def test_the_fingerprint_readers_keep_every_promise(run_kit, model, module):
    ran = run_kit("--padkit-plugin", "fingerprint", "--padkit-model", model, module=module, kit="full")
    assert ran.code == 0, ran.said
    assert KEPT.search(ran.said), ran.said
    assert f"{model} at " in ran.said


def test_the_small_fingerprint_module_keeps_every_promise_of_its_port(run_kit, tmp_path):
    kit = tmp_path / "small.toml"
    device = '[[device]]\nid = "module"\ntype = "fingerprint_r30x"\nmodel = "R503"\n'
    kit.write_text(f'[kit]\nname = "small"\n{device}', encoding="utf-8")
    ran = run_kit(
        "--padkit-plugin", "fingerprint", "--padkit-model", "R503", module="test_fingerprint_reader", kit=str(kit)
    )
    assert ran.code == 0, ran.said
    assert KEPT.search(ran.said), ran.said
    assert "R503 at " in ran.said


@pytest.mark.parametrize("module", ["test_device", "test_pin_pad"])
def test_the_pin_keypad_keeps_every_promise(run_kit, module):
    ran = run_kit("--padkit-plugin", "back_clip", "--padkit-model", "ZT588", module=module, kit="full")
    assert ran.code == 0, ran.said
    assert KEPT.search(ran.said), ran.said
    assert "ZT588 at " in ran.said


@pytest.mark.parametrize(("protocol", "which"), [("T=0", ""), ("T=1", "directory or mended or longest")])
def test_the_bank_card_reader_keeps_every_promise_of_a_chip_port(run_kit, tmp_path, protocol, which):
    kit = tmp_path / "cards.toml"
    kit.write_text(BANK_CARDS.format(protocol=protocol), encoding="utf-8")
    ran = run_kit(
        "--padkit-plugin", "back_clip", "--padkit-model", "PCSC", "-k", which, module="test_chip_card", kit=str(kit)
    )
    assert ran.code == 0, ran.said
    assert KEPT.search(ran.said), ran.said
    assert "PCSC at hw_sim Card reader (CR-0001) 00 00" in ran.said


@pytest.mark.parametrize("module", ["test_device", "test_signature_pad"])
def test_the_signature_pad_keeps_every_promise_over_usb(run_kit, tmp_path, module):
    kit = tmp_path / "pad.toml"
    kit.write_text('[kit]\nname = "pad"\n[[device]]\nid = "pad"\ntype = "signature_pad"\n', encoding="utf-8")
    ran = run_kit("--padkit-plugin", "signature_pad", module=module, kit=str(kit))
    assert ran.code == 0, ran.said
    assert KEPT.search(ran.said), ran.said
    assert "STU at " in ran.said


def test_nothing_moves_and_no_fault_is_armed_when_nobody_is_there(run_kit):
    box = ("--padkit-plugin", "card_dispenser", "--padkit-model", "CRT-591")
    ran = run_kit(*box, "--padkit-hands", "nobody", module="test_card_dispenser")
    assert ran.code == 0, ran.said
    assert "promises  2 kept, 0 broken" in ran.said
    assert "not asked, it moves cards, which --padkit-move-cards allows: " in ran.said
    assert "not asked, it needs that somebody switches the device off and on: " in ran.said


def test_without_a_driver_the_kit_says_which_option_is_missing(run_kit):
    ran = run_kit(simulated=False)
    assert ran.code == 4
    assert "name the driver under test with --padkit-plugin NAME" in ran.said


def test_an_unknown_plugin_is_refused_with_the_installed_ones(run_kit):
    ran = run_kit("--padkit-plugin", "card_dispensr", simulated=False)
    assert ran.code == 4
    assert (
        "plugin card_dispensr: no such entry point in padkit.plugins (installed: back_clip, camera, card_dispenser"
        in ran.said
    )


def test_without_the_device_the_kit_says_so_and_tests_nothing(run_kit, tmp_path):
    ran = run_kit(
        "--padkit-plugin", "card_dispenser", "--padkit-model", "CRT-591",
        "--padkit-port", str(tmp_path / "ttyUSB9"), "--padkit-hands=nobody",
    )  # fmt: skip
    assert ran.code == 4
    assert "nothing was tested" in ran.said
    assert f"device    CRT-591 at {tmp_path}/ttyUSB9" in ran.said
