from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import padkit_fingerprint
from padkit_fingerprint import plugin
from padkit_fingerprint.r30x.quirks import QUIRKS
from padkit_sdk import Usb, UsbSerial
from padkit_sdk.hookspecs import plugin_manager
from padkit_sdk.manifest import FILE_NAME, read_manifest

MANIFEST = read_manifest(Path(padkit_fingerprint.__file__).parent / FILE_NAME)


def test_padkit_drivers_offers_each_model():
    manager = plugin_manager()
    manager.register(plugin)
    (offers,) = manager.hook.padkit_drivers()
    assert [offer.model for offer in offers] == ["U.are.U 4500", *QUIRKS]
    assert {port for offer in offers for port in offer.ports} == set(MANIFEST.ports)
    assert [type(match) for offer in offers for match in offer.matches] == [Usb, UsbSerial, UsbSerial]


def test_the_index_card_loads_nothing_slow():
    asked = "import sys, padkit_fingerprint.plugin; print('nbis' in sys.modules, 'asyncio' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout
    assert said.split()[0] == "False"


def test_opening_a_driver_does_not_load_the_template_library():
    asked = (
        "import sys, padkit_fingerprint.uru4500.driver, padkit_fingerprint.r30x.driver; print('nbis' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "False"


def test_a_template_is_made_within_the_memory_that_the_manifest_asks_for():
    asked = """
import resource, sys
from padkit_fingerprint.templates.engine import Grey, NbisEngine
from padkit_sdk.ports import Finger
from padkit_sim.devices.finger import Touch, picture

most = int(sys.argv[1]) << 20
resource.setrlimit(resource.RLIMIT_DATA, (most, most))
grey = Grey(picture(Touch("zhang", "right_index"), 384, 290), 384, 290, 512)
made = NbisEngine().template(grey, Finger.RIGHT_INDEX, 60)
print(NbisEngine().score(made, made))
"""
    ran = subprocess.run(
        [sys.executable, "-c", asked, str(MANIFEST.limits.memory_mb)], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) > 40
