"""The index card and the description: what they name is what the manifest announces."""

from __future__ import annotations

from pathlib import Path

from padkit_sdk import Library
from padkit_sdk.bridge import Group
from padkit_sdk.manifest import FILE_NAME, read_manifest
from padkit_sdk_bridge import mtx, plugin


def test_one_model_is_offered_by_its_file():
    (offer,) = plugin.padkit_drivers()
    assert (offer.model, offer.ports) == ("MTX", ("chip_card",))
    assert offer.matches == (Library(file="libmtx.so"),)


def test_the_manifest_asks_for_libraries_only():
    manifest = read_manifest(Path(plugin.__file__).with_name(FILE_NAME))
    assert (manifest.links, manifest.ports) == (("library",), ("chip_card",))


def test_the_description_has_what_a_chip_reader_needs():
    assert {"version", "power_on", "transmit", "power_off"} <= mtx.LIBRARY.functions.keys()
    assert Group.CONTACT_IC in mtx.LIBRARY.groups
