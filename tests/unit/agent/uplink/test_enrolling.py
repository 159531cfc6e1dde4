"""The kit's side of enrolment: who answers must know the code, and a lost answer costs nothing."""

from __future__ import annotations

import os
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web

from padkit_agent.uplink.enrolling import enrol_kit
from padkit_agent.uplink.folder import KitFolder
from padkit_contract.crypto import NativeSuite
from padkit_contract.enrol import MAX_ANSWER, MAX_REQUEST, mac_key, read_maced, read_request, seal_answer
from padkit_contract.party import Party
from padkit_sdk.errors import LinkLost, PadkitError, Refused

from .test_folder import NAME, NOW, Issuing

CODE = "0123-4567-89AB-CDEF"
KEY = mac_key("bank", "KIT-1", CODE)
Answer = Callable[[bytes], web.Response]


@pytest.fixture(scope="module")
def issuing(tmp_path_factory: pytest.TempPathFactory, libssl3: None) -> Issuing:
    return Issuing(tmp_path_factory.mktemp("enrolling"), NativeSuite.load("libcrypto.so.3"))


class Door:
    """An enrolment door that says what a test wants."""

    def __init__(self, issuing: Issuing) -> None:
        self.issuing = issuing
        self.got: list[bytes] = []
        self.answer: Answer = self.certificates
        self.url = ""

    def certificates(self, posted: bytes, key: bytes = KEY) -> web.Response:
        maced = read_maced(posted, MAX_REQUEST)
        papers = self.issuing.papers(read_request(maced).requests)
        return web.Response(body=seal_answer(papers, maced, key))

    async def post(self, request: web.Request) -> web.Response:
        posted = await request.read()
        self.got.append(posted)
        return self.answer(posted)


@pytest.fixture
async def door(issuing: Issuing) -> AsyncIterator[Door]:
    made = Door(issuing)
    app = web.Application()
    app.router.add_post("/v1/enrol", made.post)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(issuing.place / "central" / "tls.crt.pem", issuing.place / "central" / "tls.key.pem")
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    made.url = f"https://127.0.0.1:{runner.addresses[0][1]}/"
    yield made
    await runner.cleanup()


@pytest.fixture
def folder(issuing: Issuing, tmp_path: Path) -> KitFolder:
    return KitFolder(tmp_path / "kit", issuing.suite, b"TEST ONLY kit password")


@pytest.fixture
def enrol(door: Door, folder: KitFolder) -> Callable[..., Awaitable[Party]]:
    async def run(code: str = CODE, url: str = "") -> Party:
        return await enrol_kit(
            folder, NAME, url or door.url, code, now=NOW, random_bytes=os.urandom, tell=lambda said: None
        )

    return run


async def failing(enrol: Callable[..., Awaitable[Party]], *words: str) -> PadkitError:
    with pytest.raises(PadkitError) as failed:
        await enrol(*words)
    return failed.value


def code_of(error: PadkitError) -> str:
    assert isinstance(error, Refused)
    return error.reason


async def test_the_kit_is_enrolled_with_keys_that_never_left(enrol, door, folder):
    party = await enrol()
    assert (party.entity, party.name) == ("bank", "KIT-1")
    assert folder.load().sign.certificate == party.sign.certificate
    assert CODE.replace("-", "").encode() not in door.got[0]
    assert b"PRIVATE" not in door.got[0]


async def test_who_does_not_know_the_code_is_not_believed(enrol, door, folder):
    door.answer = lambda posted: door.certificates(posted, mac_key("bank", "KIT-1", "0" * 16))
    assert code_of(await failing(enrol)) == "enrol.mac"
    assert not folder.path.exists()


@pytest.mark.parametrize(
    ("body", "code"), [(b"{}", "enrol.form"), (b"", "enrol.form"), (b" " * (MAX_ANSWER + 1), "enrol.size")]
)
async def test_an_answer_that_makes_no_sense_is_refused(enrol, door, folder, body, code):
    door.answer = lambda posted: web.Response(body=body)
    assert code_of(await failing(enrol)) == code
    assert not folder.path.exists()


async def test_a_no_says_what_to_do(enrol, door):
    door.answer = lambda posted: web.Response(status=403)
    error = await failing(enrol)
    assert (code_of(error), "ask for a new one" in str(error)) == ("enrol.refused", True)


async def test_a_slip_of_the_tongue_costs_no_try(enrol, door):
    assert code_of(await failing(enrol, "0123-4567")) == "code.form"
    assert door.got == []


async def test_the_same_again_after_silence_asks_for_the_same_keys(enrol, door):
    door.answer = lambda posted: web.Response(status=503)
    assert isinstance(await failing(enrol), LinkLost)
    assert isinstance(await failing(enrol, CODE, "https://127.0.0.1:1"), LinkLost)
    door.answer = door.certificates
    await enrol()
    first, second = door.got
    assert first == second
