"""The page says everything in both languages."""

from __future__ import annotations

import re

import pytest

from padkit_sim.kitfile.types import TYPES, VOCABULARY
from padkit_sim.page.door import files

TEXTS = files()["texts.js"].read_text(encoding="utf-8")
FAULTS_ZH = files()["faults_zh.js"].read_text(encoding="utf-8")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
ENTRY = re.compile(r'^ *(?:"([^"]+)"|(\w+)): \["((?:[^"\\]|\\.)*)", "((?:[^"\\]|\\.)*)"\]', re.MULTILINE)
PAIRS = {m[1] or m[2]: (m[3], m[4]) for m in re.finditer(ENTRY.pattern.replace("^ *", ""), TEXTS)}


def test_every_text_is_in_english_and_in_chinese():
    assert len(PAIRS) > 80
    for key, (english, chinese) in PAIRS.items():
        assert english, key
        assert CHINESE.search(chinese) or not re.search(r"[a-z]{3}", chinese), key


@pytest.mark.parametrize("name", VOCABULARY)
def test_every_fault_is_described_in_chinese(name):
    assert re.search(rf'"{re.escape(name)}": ".*[\u4e00-\u9fff]', FAULTS_ZH)


@pytest.mark.parametrize("name", [name for name in TYPES if name != "recording"])
def test_every_device_and_action_has_a_name(name):
    assert f"type.{name}" in PAIRS
    for hand in TYPES[name].hands:
        assert f"action.{hand.action}" in PAIRS


def test_every_text_that_the_page_asks_for_is_there():
    for file in files().values():
        source = file.read_text(encoding="utf-8")
        for key in re.findall(r'\bt\("([\w.]+)"\)|data-text="(\w+)"', source):
            assert "".join(key) in PAIRS, file.name
