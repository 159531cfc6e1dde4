"""Bad input at central's door over real TLS, and in settings: one face outside, the true reason inside, nothing lost."""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from forged import FORGED, PACK, posted
from journey import KIT_FILE, Journey
from kit_hand import KitHand, kit_hand, load, new_id, trusting
from logbook import Logbook
from strangers import IMPOSTOR, OTHER_ENTITY, OTHER_KIT, OTHER_SERVICE, REVOKED, make_strangers

from padkit_central.business import MAX_POSTED
from padkit_contract import messages
from padkit_contract.messages import C3_SUFFIX, CARD_OPEN, KIT_PACK, Outcome, Request
from padkit_sim.demo import files
from padkit_sim.demo.process import program
from padkit_sim.demo.world import KIT

UNIFORM = (400, {"error": {"code": "envelope.refused", "message": "the envelope was not accepted"}})
LONG_AGO_S = 1000
DEEP = 100_000


@pytest_asyncio.fixture(loop_scope="session")
async def hand(journey: Journey) -> AsyncIterator[KitHand]:
    make_strangers(journey)
    async with kit_hand(journey) as held:
        yield held


async def bit_flipped(hand: KitHand, _: Journey) -> bytes:
    sealed = bytearray(hand.sealed(KIT_PACK, PACK))
    sealed[len(sealed) // 2] ^= 1
    return posted(bytes(sealed))


async def cut_off(hand: KitHand, _: Journey) -> bytes:
    return posted(hand.sealed(KIT_PACK, PACK)[:-40])


async def for_another_service(hand: KitHand, journey: Journey) -> bytes:
    return posted(hand.sealed(KIT_PACK, PACK, to=load(journey, OTHER_SERVICE)))


async def signed_by_another_kit(hand: KitHand, journey: Journey) -> bytes:
    return posted(hand.sealed(KIT_PACK, PACK, by=load(journey, OTHER_KIT)))


async def signed_by_an_impostor(hand: KitHand, journey: Journey) -> bytes:
    return posted(hand.sealed(KIT_PACK, PACK, by=load(journey, IMPOSTOR)))


async def expired(hand: KitHand, _: Journey) -> bytes:
    return posted(hand.sealed(KIT_PACK, PACK, not_after=int(time.time()) - LONG_AGO_S))


async def replayed_elsewhere_in_the_chain(hand: KitHand, _: Journey) -> bytes:
    envelope = new_id()
    assert (await hand.ask(KIT_PACK, PACK, envelope=envelope)).outcome is Outcome.OK
    return posted(hand.sealed(KIT_PACK, PACK, envelope=envelope, sequence=2))


async def of_no_known_business(hand: KitHand, _: Journey) -> bytes:
    return posted(hand.sealed("ACC-99", PACK))


async def of_another_catalogue(hand: KitHand, _: Journey) -> bytes:
    return posted(hand.sealed(KIT_PACK, PACK, catalogue=99))


async def with_secrets_of_another_envelope(hand: KitHand, _: Journey) -> bytes:
    return posted(hand.sealed(CARD_OPEN, PACK), hand.sealed(CARD_OPEN + C3_SUFFIX, b"{}"))


async def garbage_in_an_envelope_s_place(_: KitHand, __: Journey) -> bytes:
    return posted(bytes(range(256)) * 8)


async def an_empty_envelope(_: KitHand, __: Journey) -> bytes:
    return posted(b"")


async def garbage(_: KitHand, __: Journey) -> bytes:
    return bytes(range(256)) * 8


async def nothing(_: KitHand, __: Journey) -> bytes:
    return b""


async def nested_without_end(_: KitHand, __: Journey) -> bytes:
    return b"\x93\xc4\x01a\xc4\x00" + b"\x91" * DEEP


Make = Callable[[KitHand, Journey], Awaitable[bytes]]
WRONG: dict[str, tuple[Make, str]] = {
    make.__name__: (make, reason)
    for make, reason in (
        (bit_flipped, "envelope."),
        (cut_off, "envelope.form"),
        (for_another_service, "envelope.recipient"),
        (signed_by_another_kit, "context.kit"),
        (signed_by_an_impostor, "certificate."),
        (expired, "context.expired"),
        (replayed_elsewhere_in_the_chain, "envelope.reused"),
        (of_no_known_business, "business.unknown"),
        (of_another_catalogue, "catalogue.version"),
        (with_secrets_of_another_envelope, "c3.context"),
        (garbage_in_an_envelope_s_place, "envelope.form"),
        (an_empty_envelope, "envelope.form"),
        (garbage, "posted.form"),
        (nothing, "posted.form"),
        (nested_without_end, "posted.form"),
        *FORGED.items(),
    )
}


async def refused(hand: KitHand, body: bytes) -> tuple[int, object]:
    status, raw = await hand.post_raw(body)
    return status, json.loads(raw)


def reasons(log: Logbook) -> list[str]:
    return [line["why"] for line in log.find("envelope.refused")]


@pytest.mark.parametrize("wrong", WRONG)
async def test_a_wrong_envelope_has_one_face_outside_and_its_reason_in_the_log(
    journey: Journey, hand: KitHand, wrong: str
) -> None:
    make, reason = WRONG[wrong]
    body = await make(hand, journey)
    log = Logbook(journey.folder / "central.log")
    assert await refused(hand, body) == UNIFORM
    (why,) = reasons(log)
    assert why.startswith(reason)


async def test_a_kit_that_speaks_for_another_is_refused_as_such(journey: Journey, hand: KitHand) -> None:
    log = Logbook(journey.folder / "central.log")
    async with kit_hand(journey, keys=OTHER_KIT, tls="kit") as mixed:
        status, raw = await mixed.post(mixed.sealed(KIT_PACK, PACK))
    assert (status, json.loads(raw)["error"]["code"]) == (403, "identity.mismatch")
    (why,) = reasons(log)
    assert KIT in why
    assert "KIT-0002" in why


async def test_a_kit_of_an_entity_that_we_do_not_serve_is_refused(journey: Journey, hand: KitHand) -> None:
    log = Logbook(journey.folder / "central.log")
    async with kit_hand(journey, keys=OTHER_ENTITY, tls=OTHER_ENTITY) as stranger:
        assert await refused(stranger, posted(stranger.sealed(KIT_PACK, PACK))) == UNIFORM
    (why,) = reasons(log)
    assert why.startswith("entity.unknown")


async def test_a_revoked_kit_is_refused_and_the_others_are_not(journey: Journey, hand: KitHand) -> None:
    revoked = load(journey, REVOKED).sign.certificate.serial
    await journey.world.central_cli("ca", "revoke", "ca", "--serial", f"{revoked:x}", "--reason", "stolen")
    await journey.world.central_cli("ca", "crl", "ca", "--install", "central")
    await journey.restart_central()
    log = Logbook(journey.folder / "central.log")
    async with kit_hand(journey, keys=REVOKED, tls=REVOKED) as stolen:
        assert await refused(stolen, posted(stolen.sealed(KIT_PACK, PACK))) == UNIFORM
    (why,) = reasons(log)
    assert why.startswith("certificate.revoked")
    assert (await hand.ask(KIT_PACK, PACK)).outcome is Outcome.OK


async def test_a_body_too_large_is_refused_before_it_is_read(journey: Journey, hand: KitHand) -> None:
    log = Logbook(journey.folder / "central.log")
    status, answer = await refused(hand, b"\0" * (MAX_POSTED + 1))
    assert status == 413
    assert str(MAX_POSTED) in str(answer)
    assert reasons(log) == ["posted.size"]


@pytest.mark.parametrize("keys", ["kit", IMPOSTOR])
async def test_without_a_certificate_of_our_tls_ca_there_is_no_answer(
    journey: Journey, hand: KitHand, keys: str
) -> None:
    context = trusting(load(journey, "kit").tls, certificate=False)
    if keys == IMPOSTOR:
        theirs = load(journey, IMPOSTOR).tls
        context.load_cert_chain(theirs.cert, theirs.key)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context)) as session:
        with pytest.raises((aiohttp.ClientError, ssl.SSLError, ConnectionError)):
            await session.get(f"{journey.world.central_url}/v1/alive")


async def test_the_same_envelope_again_gets_the_same_answer(hand: KitHand) -> None:
    sealed = hand.sealed(KIT_PACK, PACK)
    first = await hand.post(sealed)
    assert first[0] == 200
    assert await hand.post(sealed) == first


@pytest.mark.parametrize(
    ("body", "code", "named"),
    [
        (messages.encode(Request("S-bad", 1, "", {"colour": "red"})), "field.unknown", "ACC-01.colour"),
        (b'{"serial":"S-bad","attempt":1,"made_at":"","fields":{},"colour":"red"}', "message.form", "colour"),
        (b'{"serial":"S bad","attempt":1,"made_at":"","fields":{}}', "serial.form", "S bad"),
        (b'{"fields":{"a":' + b"[" * DEEP + b"]" * DEEP + b"}}", "message.form", "Request"),
        (b"\xff\xfe", "message.form", "Request"),
    ],
    ids=["field", "key", "serial", "nested", "no-text"],
)
async def test_a_wrong_request_gets_a_sealed_refusal_that_names_the_place(
    journey: Journey, hand: KitHand, body: bytes, code: str, named: str
) -> None:
    log = Logbook(journey.folder / "central.log")
    reply = await hand.ask(CARD_OPEN, body)
    assert (reply.outcome, reply.code) == (Outcome.INVALID, code)
    assert named in reply.message
    (line,) = log.find("request.invalid")
    assert named in line["why"]


async def test_none_of_it_stops_the_service_or_loses_what_was_accepted(journey: Journey, hand: KitHand) -> None:
    accepted = hand.sealed(KIT_PACK, PACK)
    answer = await hand.post(accepted)
    opening = asyncio.create_task(journey.open())
    for _ in range(3):
        bad = [await make(hand, journey) for make, _ in WRONG.values()]
        assert [await refused(hand, body) for body in bad] == [UNIFORM] * len(bad)
    assert (await opening)["phase"] == "CLOSED"
    assert await hand.post(accepted) == answer
    await journey.compare()


SETTINGS: dict[str, tuple[tuple[str, ...], Path | str]] = {
    "kit file": (("padkit-sim", "serve"), KIT_FILE),
    "agent.toml": (("padkit-agent", "run", "--config"), files.AGENT),
    "central.toml": (("padkit-central", "serve", "--config"), files.CENTRAL),
}


@pytest.mark.parametrize("settings", SETTINGS)
async def test_an_unknown_key_in_a_settings_file_is_named_with_file_and_line(
    journey: Journey, tmp_path: Path, settings: str
) -> None:
    command, good = SETTINGS[settings]
    lines = (journey.folder / good).read_text().splitlines()
    number = 1 + next(place for place, line in enumerate(lines) if line.startswith("["))
    bad = tmp_path / "bad.toml"
    bad.write_text("\n".join([*lines[:number], 'colour = "red"', *lines[number:]]))
    process = await asyncio.create_subprocess_exec(
        program(command[0]), *command[1:], str(bad), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    out, _ = await process.communicate()
    said = out.decode()
    assert process.returncode != 0
    assert "bad.toml" in said
    assert "colour" in said
    assert f"line {number + 1}" in said or f":{number + 1}:" in said
