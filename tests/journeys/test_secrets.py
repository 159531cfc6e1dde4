"""What identifies or authenticates the customer is found nowhere on the kit's disk and in no log; the PIN nowhere at all.

Searched are the files as they lie on the disk, byte by byte, in every spelling that a program would use. The simulator's own
journal, the core's books and the slip that the demonstration writes are the outside world and left out.
"""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from journey import KIT_FILE, Journey
from kit_hand import kit_hand

from padkit_contract.crypto import choose_suite
from padkit_contract.envelope import Identity, open_envelope
from padkit_contract.keyfile import load_key, read_password
from padkit_contract.messages import CARD_OPEN, Outcome
from padkit_contract.party import load_trust
from padkit_contract.x509 import load_certificate
from padkit_sim.demo import files
from padkit_sim.demo.world import WorldFailed

PERSON = {
    "name": "测试甲",
    "identity number": "999999199003071234",
    "address": "虚构省样例市测试路1号",
    "phone": str(files.FORM["phone"]),
}
PIN_BLOCK = str(files.PIN_ANSWER["c3"]["new_pin_block"])
EXPIRY = "3012"
OUTSIDE = {"bytes.jsonl", "core.jsonl", "slip.json"}
REVERSE: dict[str, Any] = {"what": "not_taken", "choice": "reverse", "by": ["demo script"]}


def spelled(value: str) -> set[bytes]:
    """Return a value in the spellings of files, wires and dumps."""
    plain = {value.encode(code) for code in ("utf-8", "gb18030", "utf-16-le")}
    plain.add(json.dumps(value)[1:-1].encode())
    if value.isdigit():
        plain.add(bytes.fromhex(value if len(value) % 2 == 0 else value + "F"))
    dumped = {text for it in plain for text in (it.hex().encode(), it.hex().upper().encode(), _base64(it))}
    return plain | dumped


def _base64(data: bytes) -> bytes:
    """Return the part of the base64 text that does not depend on what follows."""
    return base64.b64encode(data[: len(data) // 3 * 3])


def of_a_pin() -> dict[str, set[bytes]]:
    return {"PIN block": {*spelled(PIN_BLOCK), PIN_BLOCK.upper().encode(), bytes.fromhex(PIN_BLOCK)}}


def of_a_card(pan: str) -> dict[str, set[bytes]]:
    """Return the card's number, its expiry (too short to be searched for alone) and its track 2."""
    expiry = {
        f'"{EXPIRY}"',
        f"'{EXPIRY}'",
        f"D{EXPIRY}",
        f"={EXPIRY}",
        f'"{EXPIRY}31"',
        f"20{EXPIRY[:2]}-{EXPIRY[2:]}-31",
    }
    return {
        "PAN": spelled(pan) | {bytes.fromhex(pan[:-1])},
        "expiry": {text.encode() for text in expiry} | {b"\xa4" + EXPIRY.encode()},
        "track 2": {text.encode() for sep in "D=" for text in (f"{pan}{sep}{EXPIRY}",)}
        | {bytes.fromhex(f"{pan}D{EXPIRY}")},
    }


def of_the_person() -> dict[str, set[bytes]]:
    return {what: spelled(value) for what, value in PERSON.items()}


def found(paths: Iterable[Path], secrets: dict[str, set[bytes]]) -> list[str]:
    """Return what was found where."""
    return [
        f"{what} in {path.name}"
        for path in paths
        for data in (path.read_bytes(),)
        for what, spellings in secrets.items()
        if any(spelling in data for spelling in spellings)
    ]


def kit_and_logs(journey: Journey) -> Iterator[Path]:
    """Yield every file of the kit, and every log; central's books are its own."""
    for path in journey.folder.rglob("*"):
        if path.is_file() and path.name not in OUTSIDE and not path.name.startswith("central.db"):
            yield path


def central_books(journey: Journey) -> Iterator[Path]:
    yield from journey.folder.glob("central.db*")


async def lived(journey: Journey, temporary: Path) -> str:
    """Let a kit see a hand-over, a refusal, a reversal and a restart; return the number of the card handed over."""
    await journey.stop_agent()
    await journey.start_agent(TMPDIR=str(temporary))
    voucher = await journey.next_voucher()
    assert (await journey.open())["phase"] == "CLOSED"
    await journey.world.core("fault", name="core.refuse", nth=1, args={"code": "1001", "msg": "not allowed"})
    await journey.begin()
    assert (await journey.open())["phase"] == "REFUSED"
    await journey.begin()
    await journey.world.kit("auto", device="box", take_after_s=None)
    assert (await journey.open(REVERSE))["phase"] == "REVERSED"
    await journey.settled()
    return await number_of(journey, voucher)


async def number_of(journey: Journey, voucher: str) -> str:
    return str(next(it["pan"] for it in await journey.world.box_cards() if it["serial"] == voucher))


async def bundle_pages(journey: Journey, folder: Path) -> list[Path]:
    """Ask the kit for a support bundle, open it at the support desk, and return what is in it as files."""
    out = folder / "bundle.der"
    folder.mkdir()
    await journey.world.agent_cli("support-bundle", str(out), "--config", files.AGENT)
    desk = journey.folder / "support"
    suite = choose_suite(allow_pure=True, log=lambda *_, **__: None)
    key = load_key(desk / "encrypt.key.pem", read_password(journey.folder / files.PASSWORD), suite)
    own = Identity(load_certificate((desk / "encrypt.crt.pem").read_text()), key)
    opened = open_envelope(out.read_bytes(), own=(own,), trust=load_trust(desk, suite), now=datetime.now(UTC))
    with zipfile.ZipFile(io.BytesIO(opened.payload)) as bundle:
        bundle.extractall(folder)
    pages = [it for it in folder.iterdir() if it.suffix in {".json", ".log"}]
    assert len(pages) == 6
    assert b"crypto.suite" in (folder / "agent.log").read_bytes()
    return [*pages, out]


async def test_nothing_of_customer_card_and_pin_lies_on_the_kit_or_in_a_log(journey: Journey, tmp_path: Path) -> None:
    pan = await lived(journey, tmp_path)
    secrets = {**of_a_pin(), **of_a_card(pan), **of_the_person()}
    assert found(kit_and_logs(journey), secrets) == []
    assert found(await bundle_pages(journey, tmp_path / "opened"), secrets) == []
    await journey.stop_agent()
    assert found([*kit_and_logs(journey), *tmp_path.rglob("*.*")], secrets) == []
    await journey.start_agent()
    await journey.compare()


async def test_pin_block_expiry_and_track_2_are_not_in_central_s_books(journey: Journey) -> None:
    voucher = await journey.next_voucher()
    assert (await journey.open())["phase"] == "CLOSED"
    secrets = {**of_a_pin(), **of_a_card(await number_of(journey, voucher))}
    number = {"PAN": secrets.pop("PAN")}
    assert found(central_books(journey), secrets) == []
    assert found(central_books(journey), number), "the search would not find a number that is there"


async def test_the_search_finds_a_person_where_he_is_written_down() -> None:
    assert found([KIT_FILE], of_the_person()) == [f"{what} in kit.toml" for what in PERSON if what != "phone"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("cert_no", 999999199003071234),
        ("cert_no", PERSON["identity number"] + "0"),
        ("name", [PERSON["name"]]),
        ("phone", PERSON["phone"] + "0" * 20),
        ("card_no", "9999000000000000013"),
    ],
)
async def test_a_refusal_never_repeats_a_personal_value(journey: Journey, field: str, value: object) -> None:
    secrets = {**of_the_person(), "PAN": spelled("9999000000000000013")}
    body = json.dumps({"serial": "S-secret", "attempt": 1, "made_at": "", "fields": {field: value}}).encode()
    async with kit_hand(journey) as hand:
        reply = await hand.ask(CARD_OPEN, body, {})
    assert reply.outcome is Outcome.INVALID
    assert not any(spelling.decode() in reply.message for spelling in secrets["identity number"] if spelling.isascii())
    with pytest.raises(WorldFailed):
        await journey.world.agent("POST", "/v1/flows", {"business": CARD_OPEN, "inputs": {field: value}})
    assert found([journey.folder / "central.log", journey.folder / "agent.log"], secrets) == []
