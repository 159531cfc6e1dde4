"""The files a demonstration writes: settings, slip, form, keys marked as test keys. Nothing here is for a real kit."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PASSWORD = "password.TEST-ONLY"  # noqa: S105 - a file name
HSM_TOKEN = "hsm-token.TEST-ONLY"  # noqa: S105 - a file name
CENTRAL = "central.toml"
SEALS = "seals"
AGENT = "agent.toml"
SLIP = "slip.json"
FORM_FILE = "form.json"
SOCKET = "agent.sock"
BATCH = "DEMO-2026-01"
MORE = {
    "camera": ("camera", "pictures"),
    "ocr": ("ocr", "cards"),
    "liveness": ("liveness", "faces"),
    "pin": ("back_clip", "ZT588"),
    "pad": ("signature_pad", "STU"),
    "slot": ("back_clip", "PCSC"),
}  # device: plugin and model

PASSCODE_FILE = "passcode.TEST-ONLY"
HOLDER, PASSCODE = "Demo", "kitchen table"  # TEST ONLY: who signs in at the page
PAGE = '\n[page]\nlisten = "127.0.0.1:0"\n'
PRACTICE = f"{PAGE}practice = true\n"

FORM: dict[str, Any] = {
    "phone": "13800000000",
    "occupation": "farmer",
    "home_addr": "虚构省样例市测试路1号",
    "open_purpose": "farming",
    "cdd_answers": {"purpose": "crop sales", "coached": False, "asked_to_lend": False, "test_data": True},
    "tax_residency": "cn_only",
    "acct_class": "I",
    "card_product": "DEBIT-DEMO",
    "limit_day": "5000.00",
    "agent_flag": False,
    "elder_flag": False,
}
PIN_ANSWER: dict[str, Any] = {
    "what": "pin",
    "choice": "entered",
    "fields": {"pin_key_id": "TEST-KEY-1", "pin_format": "TEST"},
    "c3": {"new_pin_block": "7465737420646174612c206e6f742061"},  # "test data, not a" PIN
}


def write_passwords(folder: Path) -> None:
    """Make the password of the test keys, and what the core proves itself with to the HSM."""
    for name in (PASSWORD, HSM_TOKEN):
        path = folder / name
        path.write_text(secrets.token_urlsafe(24))
        path.chmod(0o600)


def write_central_settings(folder: Path, entity: str, core_url: str, url: str = "") -> None:
    """Write central's TOML; with `url` it listens where it listened before."""
    port = urlsplit(url).port or 0
    (folder / CENTRAL).write_text(
        f"""# Settings of a demonstration; TEST ONLY.
entities = ["{entity}"]
database = "central.db"
party = "central"
password_file = "{PASSWORD}"

[listen]
host = "127.0.0.1"
port = {port}

[core]
url = "{core_url}"
timeout_s = 3.0

[intake]
answer_wait_s = 4.0

[seals]
folder = "{SEALS}"
password_file = "{PASSWORD}"
"""
    )


def write_agent_settings(
    folder: Path, kit: str, entity: str, url: str, has: Iterable[str] = (), page: str = ""
) -> None:
    """Write the agent's TOML; `has` names devices of `MORE` that the kit has beside box and reader, `page` is its table."""
    more = "".join(
        f"""
[[device]]
name = "{name}"
plugin = "{MORE[name][0]}"
model = "{MORE[name][1]}"
"""
        for name in has
    )
    (folder / AGENT).write_text(
        f"""# Settings of a demonstration; TEST ONLY.
[kit]
id = "{kit}"
entity = "{entity}"

[central]
url = "{url}"

[keys]
folder = "kit"
password_file = "{PASSWORD}"
data_key = "kit-data.TEST-ONLY.key"

[store]
path = "kit.db"

[api]
socket = "{SOCKET}"

[[device]]
name = "box"
plugin = "card_dispenser"
model = "CRT-591"
serial = "CDB-0001"

[[device]]
name = "reader"
plugin = "back_clip"
model = "SAM_V"
serial = "CLIP-0001"
{page}{more}"""
    )


def write_slip(folder: Path, cards: Iterable[dict[str, Any]]) -> None:
    """Write the check-out slip of the cards in the box, in hopper order."""
    slip = {
        "batch": BATCH,
        "product": "DEBIT-DEMO",
        "cards": [{"voucher": card["serial"], "card_no": card["pan"]} for card in cards],
    }
    (folder / SLIP).write_text(json.dumps(slip))


def write_form(folder: Path) -> None:
    """Write what a person at the terminal gives a flow."""
    (folder / FORM_FILE).write_text(json.dumps(FORM, ensure_ascii=False, indent=2), encoding="utf-8")
