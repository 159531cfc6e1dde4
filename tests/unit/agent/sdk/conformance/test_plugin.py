from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from padkit_sdk import Onboard, UsbSerial
from padkit_sdk.conformance import plugin
from padkit_sdk.conformance.person import PersonHands
from padkit_sdk.conformance.port import Port

PORT = Port(Path("/dev/ttyUSB0"), UsbSerial(vid=0x1209, pid=0xCA4D, baud=38_400), "CDB-0001")


@pytest.fixture
def no_driver():
    return SimpleNamespace(getoption=lambda name: None)


def test_a_run_of_other_tests_is_left_alone(no_driver, tmp_path):
    plugin.pytest_configure(no_driver)
    plugin.pytest_collection_modifyitems(no_driver, [SimpleNamespace(path=tmp_path / "test_theirs.py")])


def test_the_kit_without_a_driver_is_refused_with_the_option(no_driver):
    items = [SimpleNamespace(path=plugin.PACKAGE / "test_device.py")]
    with pytest.raises(pytest.UsageError, match="--padkit-plugin NAME"):
        plugin.pytest_collection_modifyitems(no_driver, items)


@pytest.mark.parametrize(("wanted", "who"), [("nobody", "nobody"), ("person", "a person")])
def test_hands_are_those_that_were_asked_for(wanted, who):
    assert plugin._hands(wanted, PORT).name == who


@pytest.mark.parametrize(("terminal", "who"), [(True, "a person"), (False, "nobody")])
def test_without_a_simulator_a_person_helps_where_there_is_a_terminal(monkeypatch, terminal, who):
    monkeypatch.delenv(plugin.CONTROL_VARIABLE, raising=False)
    monkeypatch.setattr("padkit_sdk.conformance.person.has_terminal", lambda: terminal)
    assert plugin._hands("auto", PORT).name == who


def test_there_is_nothing_to_do_beside_what_needs_no_wire(monkeypatch):
    monkeypatch.setenv(plugin.CONTROL_VARIABLE, "/nowhere")
    assert plugin._hands("auto", Port(Path("onboard"), Onboard())).name == "nobody"


def test_asking_for_the_simulator_without_one_is_refused(monkeypatch):
    monkeypatch.delenv(plugin.CONTROL_VARIABLE, raising=False)
    with pytest.raises(Exception, match="is the kit still running"):
        plugin._hands("simulator", PORT)


def test_a_person_is_asked_at_the_terminal():
    assert isinstance(plugin._hands("person", PORT), PersonHands)


def test_the_trees_are_those_of_the_simulated_kit_when_there_is_one(monkeypatch, tmp_path):
    monkeypatch.setenv("PADKIT_SYSFS", str(tmp_path / "sys"))
    monkeypatch.delenv("PADKIT_DEV", raising=False)
    trees = plugin._trees()
    assert (str(trees.sysfs), str(trees.dev)) == (str(tmp_path / "sys"), "/dev")
