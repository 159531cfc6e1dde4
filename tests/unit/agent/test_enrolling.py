"""What stops an enrolment before anything was asked or made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from padkit_agent.config import Settings
from padkit_agent.enrolling import enrol
from padkit_sdk.errors import Refused


def settings(folder: Path) -> Settings:
    tables: dict[str, Any] = {
        "kit": {"id": "KIT-1", "entity": "demo"},
        "central": {"url": "https://127.0.0.1:1"},
        "keys": {"folder": folder / "kit", "password_file": folder / "password", "data_key": folder / "data.key"},
        "store": {"path": folder / "kit.db"},
        "api": {"socket": folder / "api.sock"},
    }
    return msgspec.convert(tables, Settings, dec_hook=lambda kind, value: kind(value))


def test_a_wiped_kit_is_not_enrolled_over_its_marker(tmp_path: Path) -> None:
    """What would be enrolled now, the next start would destroy."""
    (tmp_path / "data.key.erased").write_text("erased 2026-01-02T03:04:05Z\n")
    with pytest.raises(Refused, match=r"data\.key\.erased away and enrol the kit again") as caught:
        enrol(settings(tmp_path), "https://127.0.0.1:1", "0000", replace=True, tell=lambda _line: None)
    assert caught.value.reason == "vault.erased"
    assert not (tmp_path / "kit").exists()
