"""The index card."""

from __future__ import annotations

from pathlib import Path

import padkit_signature_pad
from padkit_sdk.links import Usb
from padkit_sdk.manifest import FILE_NAME, read_manifest
from padkit_signature_pad.plugin import padkit_drivers


def test_one_offer_for_three_models_by_their_usb_ids():
    (offer,) = padkit_drivers()
    assert offer.ports == ("signature_pad",)
    assert {(match.vid, match.pid) for match in offer.matches if isinstance(match, Usb)} == {
        (0x056A, 0x00A4),
        (0x056A, 0x00A5),
        (0x056A, 0x00A8),
    }


def test_the_manifest_announces_what_is_offered():
    manifest = read_manifest(Path(padkit_signature_pad.__file__).parent / FILE_NAME)
    assert (manifest.name, manifest.ports, manifest.links) == ("signature_pad", ("signature_pad",), ("usb",))
