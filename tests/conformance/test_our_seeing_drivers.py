"""Our drivers without a wire, and the camera over its source of pictures, keep every promise of their ports."""

from __future__ import annotations

import re

import pytest
from PIL import Image

KIT = """
[kit]
name = "camera"
[camera]
documents = "documents"
laid = "card.jpg"
"""
KEPT = re.compile(r"promises  [1-9]\d* kept, 0 broken")


@pytest.mark.parametrize(
    ("plugin", "module"),
    [
        ("ocr", "test_device"),
        ("ocr", "test_document_reader"),
        ("liveness", "test_device"),
        ("liveness", "test_face_checker"),
    ],
)
def test_what_sees_on_the_kits_own_processor_keeps_every_promise(run_kit, plugin, module):
    ran = run_kit("--padkit-plugin", plugin, module=module, simulated=False)
    assert ran.code == 0, ran.said
    assert KEPT.search(ran.said), ran.said
    assert " at onboard" in ran.said


def test_the_camera_keeps_every_promise_over_http(run_kit, tmp_path):
    kit = tmp_path / "camera.toml"
    kit.write_text(KIT, encoding="utf-8")
    (tmp_path / "documents").mkdir()
    Image.new("RGB", (64, 40), "white").save(tmp_path / "documents" / "card.jpg")
    ran = run_kit("--padkit-plugin", "camera", "--padkit-set", "face=false", kit=str(kit))
    assert ran.code == 0, ran.said
    assert KEPT.search(ran.said), ran.said
