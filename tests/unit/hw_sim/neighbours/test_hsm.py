"""The mock HSM and the core that asks it, each over real HTTP. TEST ONLY keys."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from click.testing import CliRunner
from pki import NOW, Pki, make_pki

from padkit_contract import keyfile, pem
from padkit_contract.context import VERSION, Context
from padkit_contract.crypto import NativeSuite
from padkit_contract.envelope import Identity, Recipient
from padkit_contract.hsm import Hsm, Secrets, seal_for_hsm
from padkit_contract.issue import ENCRYPT
from padkit_contract.x509 import Role
from padkit_sim.neighbours.books import Books
from padkit_sim.neighbours.core import command as core_command
from padkit_sim.neighbours.door import CoreDoor
from padkit_sim.neighbours.faults import Faults
from padkit_sim.neighbours.hsm import MAX_ASKED, REFUSED, HsmDoor, command
from padkit_sim.neighbours.hsm_client import TOKEN_HEADER, HsmClient
from padkit_sim.neighbours.txn import SEALED, WEAK_PIN_MARK, Request

Ask = Callable[..., Request]
TOKEN = "TEST ONLY token"
FIELDS = {"new_pin_block": "7465737420646174612c206e6f742061", "card_expiry": "3012"}
START = "from padkit_sim.neighbours.hsm import command; command()"


@dataclass
class Keys:
    """A kit that seals for an HSM."""

    pki: Pki
    kit: Identity
    hsm: Identity

    def sealed(self, fields: dict[str, str] = FIELDS, serial: str = "S1", attempt: int = 1, entity: str = "E1") -> str:
        recipient = Recipient.load(self.hsm.certificate, self.pki.suite)
        signer = self.kit if entity == "E1" else self.pki.identity("KIT-1", Role.KIT, entity=entity)
        context = Context(
            version=VERSION,
            entity=entity,
            kit="KIT-1",
            envelope="019ab9a0-0000-7000-8000-000000000001",
            sequence=1,
            business="ACC-01",
            catalogue=1,
            key="",
            recipient="central",
            not_after=int(NOW.timestamp()) + 600,
        )
        raw = seal_for_hsm(
            Secrets(serial, attempt, fields),
            context,
            sender=signer,
            recipient=recipient,
            trust=self.pki.trust(),
            random_bytes=os.urandom,
            now=NOW,
        )
        return base64.b64encode(raw).decode()


@pytest.fixture(scope="module")
def keys(libssl3: None) -> Keys:
    pki = make_pki(NativeSuite.load("libcrypto.so.3"))
    return Keys(pki, pki.identity("KIT-1", Role.KIT, entity="E1"), pki.identity("HSM-1", Role.HSM, ENCRYPT))


@asynccontextmanager
async def served(app: web.Application) -> AsyncIterator[str]:
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield "http://{}:{}".format(*runner.addresses[0])
    await runner.cleanup()


@dataclass
class Door:
    """The HSM's door as anybody on the machine finds it."""

    url: str
    session: aiohttp.ClientSession
    told: list[str] = field(default_factory=list)

    async def open(self, body: bytes | dict[str, Any], token: str = TOKEN) -> tuple[int, dict[str, Any]]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        async with self.session.post(f"{self.url}/open", data=data, headers={TOKEN_HEADER: token}) as answer:
            return answer.status, await answer.json()


@pytest.fixture
async def door(keys: Keys) -> AsyncIterator[Door]:
    told: list[str] = []
    hsm = HsmDoor(Hsm([keys.hsm], keys.pki.trust()), TOKEN.encode(), lambda: NOW, told.append)
    async with served(hsm.application()) as url, aiohttp.ClientSession() as session:
        yield Door(url, session, told)


def asked(sealed: str, **changed: object) -> dict[str, Any]:
    return {"entity": "E1", "serial": "S1", "attempt": 1, "sealed": sealed, **changed}


async def test_the_hsm_opens_what_a_kit_sealed_for_this_request(door: Door, keys: Keys) -> None:
    assert await door.open(asked(keys.sealed())) == (200, {"fields": FIELDS})
    assert door.told == []


@pytest.mark.parametrize("changed", [{"serial": "S2"}, {"attempt": 2}, {"entity": "E2"}])
async def test_fields_of_another_request_do_not_open(door: Door, keys: Keys, changed: dict[str, object]) -> None:
    assert await door.open(asked(keys.sealed(), **changed)) == (400, REFUSED)
    assert door.told == ["hsm.request"]


async def test_nobody_but_the_core_is_answered(door: Door, keys: Keys) -> None:
    assert await door.open(asked(keys.sealed()), token="another") == (403, REFUSED)
    assert door.told == ["hsm.stranger"]


@pytest.mark.parametrize("body", [b"", b"[" * 9000, b"\xff", b'{"entity":"E1"}', b'{"sealed":"?"}'])
async def test_nonsense_gets_the_one_refusal(door: Door, body: bytes) -> None:
    assert await door.open(body) == (400, REFUSED)


async def test_a_changed_byte_gets_the_same_refusal(door: Door, keys: Keys) -> None:
    raw = bytearray(base64.b64decode(keys.sealed()))
    raw[-1] ^= 1
    assert await door.open(asked(base64.b64encode(raw).decode())) == (400, REFUSED)


async def test_too_much_is_not_read(door: Door) -> None:
    async with door.session.post(
        f"{door.url}/open", data=bytes(MAX_ASKED + 1), headers={TOKEN_HEADER: TOKEN}
    ) as answer:
        assert answer.status == 413


@dataclass
class WithHsm:
    """A core whose HSM stands at `url`."""

    core: Any
    url: str

    async def txn(self, request: Request, token: str = TOKEN) -> Any:
        client = HsmClient(self.url, token)
        return await CoreDoor(self.core.bank, Faults(), None, _never, hsm=client).settle(request)

    @property
    def books(self) -> Books:
        books: Books = self.core.books
        return books


async def _never(_seconds: float) -> None:
    raise AssertionError("nothing sleeps here")


@pytest.fixture
def with_hsm(core: Any, door: Door) -> WithHsm:
    return WithHsm(core, door.url)


def sealed_opening(ask: Ask, sealed: str, serial: str = "S1", attempt: int = 1) -> Request:
    plain = ask("CARD.OPEN", serial, attempt)
    fields = {name: value for name, value in plain.fields.items() if name != "new_pin_block"}
    return Request("CARD.OPEN", "E1", serial, attempt, {**fields, SEALED: sealed})


async def test_an_account_is_opened_with_sealed_fields(with_hsm: WithHsm, ask: Ask, keys: Keys) -> None:
    first = await with_hsm.txn(sealed_opening(ask, keys.sealed()))
    assert first.resp_code == "0000"
    again = await with_hsm.txn(sealed_opening(ask, keys.sealed()))  # sealed anew, the same request
    assert again == first


async def test_a_weak_pin_is_seen_by_what_the_hsm_opened(with_hsm: WithHsm, ask: Ask, keys: Keys) -> None:
    weak = await with_hsm.txn(sealed_opening(ask, keys.sealed({"new_pin_block": WEAK_PIN_MARK})))
    assert (weak.resp_code, weak.not_executed) == ("2051", True)


@pytest.mark.parametrize(
    "fields",
    [{}, {"card_expiry": "3012"}, {"new_pin_block": ""}, {**FIELDS, "card_expiry": "3013"}, {**FIELDS, "name": "x"}],
)
async def test_c3_fields_that_are_none_are_refused_and_may_come_again(
    with_hsm: WithHsm, ask: Ask, keys: Keys, fields: dict[str, str]
) -> None:
    refused = await with_hsm.txn(sealed_opening(ask, keys.sealed(fields)))
    assert (refused.resp_class, refused.resp_code, refused.not_executed) == ("business_refusal", "2052", True)
    assert (await with_hsm.txn(sealed_opening(ask, keys.sealed(attempt=2), attempt=2))).resp_code == "0000"


async def test_fields_of_another_serial_open_no_account(with_hsm: WithHsm, ask: Ask, keys: Keys) -> None:
    refused = await with_hsm.txn(sealed_opening(ask, keys.sealed(serial="S2")))
    assert refused.resp_code == "2052"
    assert not with_hsm.books.accounts


async def test_plain_c3_fields_are_refused_by_a_core_with_an_hsm(with_hsm: WithHsm, ask: Ask, keys: Keys) -> None:
    assert (await with_hsm.txn(ask("CARD.OPEN"))).resp_code == "2005"
    both = sealed_opening(ask, keys.sealed(), serial="S2")
    both.fields["new_pin_block"] = "x"
    assert (await with_hsm.txn(both)).resp_code == "2005"


async def test_without_its_hsm_the_core_executes_nothing_and_forgets_nothing(
    core: Any, door: Door, ask: Ask, keys: Keys
) -> None:
    gone = WithHsm(core, "http://127.0.0.1:1")
    request = sealed_opening(ask, keys.sealed())
    silent = await gone.txn(request)
    assert (silent.resp_class, silent.resp_code, silent.not_executed) == ("retryable", "3002", True)
    opened = await WithHsm(core, door.url).txn(request)
    assert opened.resp_code == "0000"
    assert await gone.txn(request) == opened


async def test_a_core_without_hsm_opens_no_sealed_fields(core: Any, ask: Ask, keys: Keys) -> None:
    answer = await CoreDoor(core.bank, Faults(), None, _never).settle(sealed_opening(ask, keys.sealed()))
    assert answer.resp_code == "3002"


@pytest.mark.parametrize("body", [b"", b"[]", b'{"fields":{"new_pin_block":1}}', b"\xff"])
async def test_an_hsm_that_talks_nonsense_opens_nothing(core: Any, ask: Ask, keys: Keys, body: bytes) -> None:
    async def nonsense(_request: web.Request) -> web.Response:
        return web.Response(body=body)

    app = web.Application()
    app.add_routes([web.post("/open", nonsense)])
    async with served(app) as url:
        assert (await WithHsm(core, url).txn(sealed_opening(ask, keys.sealed()))).resp_code == "2052"


@pytest.fixture
def folder(keys: Keys, tmp_path: Path) -> Path:
    """What `padkit-central ca hsm` makes, with a password and a token beside it."""
    (tmp_path / "encrypt.crt.pem").write_text(pem.write(pem.CERTIFICATE, keys.hsm.certificate.der, "TEST ONLY"))
    wrapped = keyfile.wrap_key(keys.hsm.key, b"TEST ONLY", os.urandom, iterations=10)  # type: ignore[arg-type]
    keyfile.write_private(tmp_path / "encrypt.key.pem", pem.write(pem.ENCRYPTED_KEY, wrapped, "TEST ONLY"))
    chain = [keys.pki.root_certificate, *keys.pki.sub_certificates.values()]
    (tmp_path / "trust.pem").write_text("".join(pem.write(pem.CERTIFICATE, it.der, "TEST ONLY") for it in chain))
    keyfile.write_private(tmp_path / "password", "TEST ONLY")
    keyfile.write_private(tmp_path / "token", TOKEN)
    return tmp_path


@pytest.fixture
def process(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    words = ("--keys", str(folder), "--password-file", str(folder / "password"), "--token-file", str(folder / "token"))
    child = subprocess.Popen(
        [sys.executable, "-c", START, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    ready = json.loads(child.stdout.readline())
    assert ready["event"] == "ready"
    yield child, ready["url"]
    child.kill()
    child.communicate()


async def test_the_process_answers_and_says_why_it_refused_in_its_log(
    process: tuple[subprocess.Popen[str], str],
) -> None:
    child, url = process
    sealed = base64.b64encode(FIELDS["new_pin_block"].encode()).decode()
    async with aiohttp.ClientSession() as session:
        assert (await Door(url, session).open(asked(sealed))) == (400, REFUSED)
    child.send_signal(signal.SIGTERM)
    _, errors = child.communicate(timeout=20)
    assert child.returncode == 0
    assert json.loads(errors) == {"event": "hsm.refused", "why": "envelope.form"}


def test_a_wrong_password_is_told(folder: Path) -> None:
    (folder / "password").write_text("wrong")
    words = ["--keys", str(folder), "--password-file", str(folder / "password"), "--token-file", str(folder / "token")]
    result = CliRunner().invoke(command, words)
    assert (result.exit_code, "key.password" in result.output) == (1, True)


def test_a_core_needs_address_and_token_together(tmp_path: Path) -> None:
    assert CliRunner().invoke(core_command, ["--hsm", "http://127.0.0.1:1"]).exit_code == 2
    words = ["--hsm", "http://127.0.0.1:1", "--hsm-token-file", str(tmp_path / "none")]
    result = CliRunner().invoke(core_command, words)
    assert (result.exit_code, "key.file" in result.output) == (1, True)
