"""The identity-card reader keeps every promise of its port over Bluetooth LE too."""

from __future__ import annotations

import re

from padkit_sim.kitfile import find_kit_file

ADDRESS = "C0:FF:EE:00:00:01"
READER = re.compile(r'(type = "identity_reader"\n)wire = .*')
KEPT = re.compile(r"promises  (\d+) kept, 0 broken, 0 not asked")


def test_the_identity_card_reader_keeps_every_promise_over_bluetooth(run_kit, tmp_path):
    text, count = READER.subn(r'\1wire = { kind = "ble" }', find_kit_file("demo").read_text(encoding="utf-8"))
    assert count == 1
    kit = tmp_path / "air.toml"
    kit.write_text(text, encoding="utf-8")
    asked = ("--padkit-plugin", "back_clip", "--padkit-model", "SAM_V", "--padkit-port", ADDRESS)
    ran = run_kit(*asked, module="test_identity_card_reader", kit=str(kit))
    assert ran.code == 0, ran.said
    assert KEPT.search(ran.said), ran.said
    assert f"SAM_V at {ADDRESS}" in ran.said
