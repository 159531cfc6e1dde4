"""All names of faults: dotted, described, and in the page that people read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from padkit_sim.camera import FAULTS as CAMERA
from padkit_sim.kitfile import TYPES, VOCABULARY
from padkit_sim.wires import FAULTS_ON

README = (Path(__file__).parents[3] / "hw_sim" / "README.md").read_text(encoding="utf-8")
OF_THE_FLOW = (  # card_opening.md section 10, those whose place is a device or a wire of this simulator
    "idcard.not_found",
    "idcard.removed",
    "idcard.photo_bad",
    "box.empty",
    "box.low",
    "box.double_feed",
    "box.jam",
    "box.bin_full",
    "box.not_taken",
    "box.retract_fail",
    "box.taken_ambiguous",
    "box.eject_early",
    "card.mute",
    "card.foreign_pan",
    "link.drop",
    "device.swapped",
)


@pytest.mark.parametrize("name", OF_THE_FLOW)
def test_every_fault_of_the_flow_has_its_name(name):
    assert name in VOCABULARY


def test_every_fault_belongs_to_a_device():
    specs = [spec for kind in TYPES.values() for spec in kind.faults]
    wires = {spec.name for on_wire in FAULTS_ON.values() for spec in on_wire}
    assert len({spec.name for spec in specs}) == len({id(spec) for spec in specs}), "one name, one fault"
    assert set(VOCABULARY) == {spec.name for spec in specs} | wires


@pytest.mark.parametrize("name", sorted(VOCABULARY))
def test_every_fault_and_argument_is_in_the_readme(name):
    row = next((line for line in README.splitlines() if line.startswith(f"| `{name}` |")), None)
    assert row is not None, f"{name} is not in hw_sim/README.md"
    for argument in VOCABULARY[name].args:
        assert f"`{argument}" in row


def test_the_readme_tells_of_no_fault_that_does_not_exist():
    assert set(re.findall(r"^\| `([a-z][a-z0-9]*\.[a-z_]+)` \|", README, re.MULTILINE)) == set(VOCABULARY) | {
        it.name for it in CAMERA
    }
