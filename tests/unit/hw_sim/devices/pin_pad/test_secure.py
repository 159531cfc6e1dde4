from __future__ import annotations

import tomllib
from pathlib import Path

from padkit_sim.devices.pin_pad.secure import check_value, decrypt, encrypt, pin_block

VECTORS = Path(__file__).parents[4] / "vectors" / "pin_pad"
WORKED = tomllib.loads((VECTORS / "blocks.toml").read_text(encoding="utf-8"))["format_0"]
KEY = bytes.fromhex(WORKED["key"])


def test_the_worked_block_of_format_0_comes_out():
    assert pin_block(KEY, WORKED["pin"], WORKED["pan"]) == bytes.fromhex(WORKED["block"])


def test_the_worked_check_value_comes_out():
    assert check_value(KEY) == WORKED["kcv"]


def test_decryption_reverses_encryption_with_single_double_and_triple_keys():
    for key in (KEY[:8], KEY, KEY + KEY[:8]):
        assert decrypt(key, encrypt(key, b"12345678")) == b"12345678"
