"""The simulator stands without numpy and OpenCV; what draws says that it needs them."""

from __future__ import annotations

import subprocess
import sys

HIDDEN = "import sys; sys.modules['numpy'] = sys.modules['cv2'] = None\n"  # as where the extra is not installed
CLI = f"{HIDDEN}from padkit_sim.cli import main\nmain(sys.argv[1:])"
KIT = """
import padkit_sim.camera.door, padkit_sim.run, padkit_sim.pictures.command
from padkit_sim.camera import Camera, CameraSettings
from padkit_sim.faults import Dial, FaultBook
camera = Camera(CameraSettings(), Dial(FaultBook({}, {}, 0), "camera"), 1, lambda: 0.0)
print(camera.state())
"""


def run(script: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True, check=False)


def test_a_kit_with_a_camera_stands_without_them():
    done = run(HIDDEN + KIT)
    assert (done.returncode, done.stderr) == (0, "")
    assert "document" in done.stdout


def test_sittings_cannot_be_written_without_them(tmp_path):
    done = run(CLI, "pictures", "faces", str(tmp_path))
    assert done.returncode == 2
    assert "install padkit-sim with its extra `pictures`" in done.stderr
