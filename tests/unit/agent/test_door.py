"""The audit door reads beside a running agent and changes nothing."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from padkit_agent.config import load_settings
from padkit_agent.door import read_door
from padkit_agent.store import BoundVault, CaseRow, KitStore
from padkit_agent.store.vault import binding_of
from padkit_contract.crypto import choose_suite
from padkit_contract.messages import CardState
from padkit_sdk.errors import Refused

from .config.test_settings import GOOD
from .store.rows import line, message, step

FLOW = (
    b'{"id":"F1","business":"ACC-01","serial":"S1","reversal_serial":"R1","policy":3,"inputs":{},"phase":"CARD_STAGED"}'
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "agent.toml"
    path.write_text(
        GOOD.replace('data_key = "data.key"', 'data_key = "data.key"\nbind_to_hardware = false\nallow_pure = true')
    )
    (tmp_path / "password").write_text("TEST ONLY")
    (tmp_path / "password").chmod(0o600)
    return path


def silent(_event: str, /, **_fields: object) -> None:
    """Log nothing."""


async def test_the_door_tells_cards_flows_cases_and_what_is_unsent(file: Path) -> None:
    settings = load_settings(file)
    binding = binding_of(settings.keys, choose_suite(allow_pure=True, log=silent), {}, secrets.token_bytes)
    vault = BoundVault.load(settings.keys.data_key, binding, secrets.token_bytes, make=True, log=silent)
    store = KitStore.open(settings.store.path, vault, max_mb=8)
    await store.step(
        step("F1", phase="CARD_STAGED", content=FLOW),
        lines=[line("000001"), line("000001", CardState.STAGED)],
        messages=[message("m1")],
        ledger_message=lambda _: message("l1"),
        case=CaseRow("C1", "F1", "box.jam", "2026", stops_box=True),
    )
    door = read_door(settings)  # the agent is still running
    store.close()
    assert door == {
        "cards": [{"voucher": "000001", "card_no": "6200000000000001", "state": "staged", "read": True, "flow": "F1"}],
        "open_flows": [{"flow": "F1", "state": "CARD_STAGED"}],
        "cases": [{"id": "C1", "flow": "F1", "reason": "box.jam", "voucher": "000001"}],
        "outbox": {"unsent": 2},
        "locked": "",
    }


def test_a_door_without_a_kit_behind_it_makes_nothing(file: Path) -> None:
    with pytest.raises(Refused, match="was the agent ever started"):
        read_door(load_settings(file))
    assert {it.name for it in file.parent.iterdir()} == {"agent.toml", "password"}
