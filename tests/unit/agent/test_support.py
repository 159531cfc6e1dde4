"""Values planted wherever the agent keeps or says something are in no bundle, and what helps is."""

from __future__ import annotations

import io
import itertools
import json
import sqlite3
import zipfile
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import structlog

from padkit_agent.config import Settings, load_settings
from padkit_agent.devices.machine import DeviceState
from padkit_agent.devices.views import DeviceView, Problem
from padkit_agent.observe import LogRing, configure, logger
from padkit_agent.store import KeyVault, KitStore
from padkit_agent.support import Support
from padkit_contract.crypto import choose_suite
from padkit_sdk.secrets import HiddenText, Pan

from .config.test_settings import GOOD
from .store.rows import line, message, step

PAN = "6212345678901234"
PLANTED = (
    PAN,
    "欧阳·测试",
    "11010519491231002X",
    "13912345678",
    "吉林省长春市测试街1号",
    "TEST ONLY password",
    "hunter2",
)
EVERYTHING = " ".join(PLANTED[:5])
SECRET_KEY = b"TEST ONLY 16 by."
SEALED_AT_LEAST = 28  # nonce and tag


@pytest.fixture(autouse=True)
def defaults() -> Iterator[None]:
    yield
    structlog.reset_defaults()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    file = tmp_path / "agent.toml"
    text = GOOD.replace("https://127.0.0.1:1", "https://operator:hunter2@central.example:8443")
    file.write_text(text + '\n[device.settings]\nunlock = "hunter2"\n')
    (tmp_path / "password").write_text(PLANTED[5])
    return load_settings(file)


@pytest.fixture
async def store(settings: Settings) -> Any:
    numbers = itertools.count(1)
    vault = KeyVault(SECRET_KEY, lambda size: next(numbers).to_bytes(size, "big"))
    opened = KitStore.open(settings.store.path, vault, max_mb=8)
    await opened.step(
        step("F1", phase="CARD_STAGED", content=EVERYTHING.encode()),
        lines=[line("000001", card_no=PAN)],
        messages=[message("m1", body=EVERYTHING.encode())],
        ledger_message=lambda _: message("l1", body=EVERYTHING.encode()),
    )
    await opened.put_fact("pack", EVERYTHING.encode())
    yield opened
    opened.close()


def support(settings: Settings, store: KitStore, ring: LogRing) -> Support:
    jammed = DeviceView(
        "box",
        "card_dispenser",
        "CRT-591",
        DeviceState.FAULTY,
        problem=Problem("jam", f"card {PAN} of 欧阳·测试 is stuck"),
    )
    devices: Any = SimpleNamespace(list=lambda: (jammed,))
    sealer: Any = SimpleNamespace(seal=lambda bundle: b"sealed:" + bundle)
    return Support(
        settings,
        devices,
        store,
        ring,
        sealer,
        suite=choose_suite(allow_pure=True, log=lambda *_, **__: None),
        about=lambda: {"kit": "KIT-0001", "online": False},
        standing=lambda: {"standing": "locked", "since": "2026-01-01T00:00:00Z"},
        iso=lambda: "2026-01-02T03:04:05Z",
    )


def speak(ring: LogRing) -> None:
    """Log the planted values in every way a careless room could."""
    configure("info", ring)
    log = logger("flows")
    log.info("card.read", card_no=PAN, name="欧阳·测试", deep={"list": [{"phone": "13912345678"}]})
    log.info("card.read", why=f"refused: {EVERYTHING}", pan=Pan(PAN), who=HiddenText("欧阳·测试"), number=int(PAN))
    try:
        raise ValueError(EVERYTHING)
    except ValueError:
        log.exception("flow.broken", flow="F1")


def files(bundle: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(bundle)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


async def test_no_planted_value_is_in_a_bundle(
    settings: Settings, store: KitStore, capsys: pytest.CaptureFixture[str]
) -> None:
    ring = LogRing()
    speak(ring)
    bundle = await support(settings, store, ring).bundle()
    everything = b"".join([bundle, *files(bundle).values()])
    capsys.readouterr()
    for value in PLANTED:
        for spelling in (value.encode(), json.dumps(value).encode()[1:-1], value.encode().hex().encode()):
            assert spelling not in everything, value
    assert SECRET_KEY not in everything
    assert settings.keys.password_file.name.encode() in everything, "the search would find a value that is there"


async def test_no_sealed_record_is_in_a_bundle(settings: Settings, store: KitStore) -> None:
    bundle = await support(settings, store, LogRing()).bundle()
    everything = b"".join([bundle, *files(bundle).values()])
    with closing(sqlite3.connect(settings.store.path)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = [row for table in tables for row in database.execute(f"SELECT * FROM {table}")]
    sealed = [value for row in rows for value in row if isinstance(value, bytes) and len(value) >= SEALED_AT_LEAST]
    assert len(sealed) >= 5, "journal, ledger, two messages and a fact"
    for value in sealed:
        assert value not in everything
        assert value.hex().encode() not in everything
        assert b64encode(value) not in everything


async def test_what_helps_to_find_a_fault_is_there(
    settings: Settings, store: KitStore, capsys: pytest.CaptureFixture[str]
) -> None:
    ring = LogRing()
    speak(ring)
    capsys.readouterr()
    found = files(await support(settings, store, ring).bundle())
    assert list(found) == ["versions.json", "settings.json", "status.json", "store.json", "crypto.json", "agent.log"]
    pages = {name: json.loads(raw) for name, raw in found.items() if name.endswith(".json")}
    assert pages["versions.json"]["made_at"] == "2026-01-02T03:04:05Z"
    assert {"python", "padkit-agent"} <= set(pages["versions.json"])
    assert pages["settings.json"]["central"]["url"] == "central.example:8443"
    assert pages["settings.json"]["device"][0]["settings"] == ["unlock"]
    assert pages["status.json"]["standing"]["standing"] == "locked"
    assert pages["status.json"]["devices"][0]["problem"]["code"] == "jam"
    assert pages["store.json"]["counts"]["open_flows"] == {"CARD_STAGED": 1}
    assert all(pages["crypto.json"]["examples"].values())
    assert found["agent.log"].count(b"\n") == 3
    assert b"flow.broken" in found["agent.log"]


async def test_it_leaves_sealed(settings: Settings, store: KitStore) -> None:
    assert (await support(settings, store, LogRing()).sealed()).startswith(b"sealed:PK")
