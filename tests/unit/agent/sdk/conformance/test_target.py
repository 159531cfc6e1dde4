from __future__ import annotations

import itertools
import sys

import pytest

from padkit_sdk import Refused
from padkit_sdk.conformance.target import find_target
from padkit_sdk.manifest import FILE_NAME, SDK_VERSION

MANIFEST = f"""
name = "{{name}}"
version = "1.0"
sdk = {SDK_VERSION}
module = "{{name}}_driver.plugin"
ports = ["card_dispenser"]
links = ["usb_serial"]
"""
PLUGIN = """
from padkit_sdk import DriverOffer, UsbSerial, hookimpl

MATCH = UsbSerial(vid=1, pid=2, baud=9_600)
SETTINGS = {"baud": "9600", "gate_ms": 400, "slope": 1.5, "has_bin": True}


async def opened(link, context):
    return None


@hookimpl
def padkit_drivers():
    return [DriverOffer(model, ("card_dispenser",), (MATCH,), opened, SETTINGS) for model in MODELS]
"""


numbers = itertools.count()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Make a plugin's folder, with a package that no other test has imported."""
    monkeypatch.setattr(sys, "path", list(sys.path))

    def make(*models, code=PLUGIN):
        name = f"toy{next(numbers)}"
        package = tmp_path / f"{name}_driver"
        package.mkdir()
        (package / "__init__.py").touch()
        (package / "plugin.py").write_text(f"MODELS = {models or ('DX-1',)!r}\n{code}")
        (package / FILE_NAME).write_text(MANIFEST.format(name=name))
        return tmp_path

    return make


def test_an_installed_plugin_is_found_by_its_entry_point():
    target = find_target("card_dispenser", "CRT-591", ())
    assert (target.model, target.manifest.name) == ("CRT-591", "card_dispenser")
    assert list(target.openers) == ["usb_serial"]


def test_a_plugin_that_is_not_installed_is_refused_with_those_that_are():
    with pytest.raises(Refused, match="installed: back_clip, camera, card_dispenser") as refused:
        find_target("dx1", "", ())
    assert refused.value.reason == "plugin.missing"


def test_a_plugin_is_found_in_the_folder_above_its_package(folder):
    assert find_target(str(folder()), "", ()).model == "DX-1"


def test_a_plugin_is_found_in_its_packages_own_folder(folder):
    (manifest,) = folder().glob(f"*/{FILE_NAME}")
    assert find_target(str(manifest.parent), "", ()).model == "DX-1"


def test_a_folder_without_a_manifest_is_refused(tmp_path):
    with pytest.raises(Refused, match=f"0 files {FILE_NAME}") as refused:
        find_target(str(tmp_path), "", ())
    assert refused.value.reason == "plugin.folder"


def test_the_model_must_be_named_when_there_are_several(folder):
    where = str(folder("DX-1", "DX-2"))
    with pytest.raises(Refused, match="2 models fit without --padkit-model; it offers DX-1, DX-2"):
        find_target(where, "", ())
    assert find_target(where, "DX-2", ()).model == "DX-2"
    with pytest.raises(Refused, match="0 models fit DX-3; it offers DX-1, DX-2"):
        find_target(where, "DX-3", ())


def test_settings_are_parsed_by_their_defaults(folder):
    given = ("baud=auto", "gate_ms=250", "slope=2", "has_bin=false")
    target = find_target(str(folder()), "", given)
    assert target.settings == {"baud": "auto", "gate_ms": 250, "slope": 2.0, "has_bin": False}


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("bauds=1", "setting.unknown"),
        ("baud", "setting.unknown"),
        ("gate_ms=x", "setting.type"),
        ("has_bin=1", "setting.type"),
    ],
)
def test_a_setting_that_does_not_fit_is_refused(folder, given, reason):
    with pytest.raises(Refused) as refused:
        find_target(str(folder()), "", (given,))
    assert refused.value.reason == reason


def test_a_plugin_that_cannot_be_imported_is_refused_with_the_reason(folder):
    with pytest.raises(Refused, match="No module named 'nowhere'") as refused:
        find_target(str(folder(code="import nowhere")), "", ())
    assert refused.value.reason == "plugin.import"


def test_a_wire_that_nothing_opens_is_refused_with_what_to_install(folder, monkeypatch):
    monkeypatch.setattr("padkit_sdk.conformance.target.LINKS", "padkit.no_links")
    with pytest.raises(Refused, match="install padkit-agent") as refused:
        find_target(str(folder()), "", ())
    assert refused.value.reason == "link.missing"
