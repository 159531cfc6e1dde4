from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import padkit_liveness
from padkit_liveness import plugin
from padkit_sdk import Onboard
from padkit_sdk.hookspecs import plugin_manager
from padkit_sdk.manifest import FILE_NAME, read_manifest

MANIFEST = read_manifest(Path(padkit_liveness.__file__).parent / FILE_NAME)


def test_padkit_drivers_offers_the_kits_own_faces():
    manager = plugin_manager()
    manager.register(plugin)
    (offers,) = manager.hook.padkit_drivers()
    assert [(offer.model, offer.ports, offer.matches) for offer in offers] == [
        ("faces", tuple(MANIFEST.ports), (Onboard(),))
    ]


def test_neither_index_card_nor_driver_loads_anything_slow():
    slow = "{'numpy', 'cv2', 'onnxruntime', 'PIL'} & {*sys.modules}"
    asked = f"import sys, padkit_liveness.plugin, padkit_liveness.driver; print({slow})"
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "set()"
