"""A whole central whose keys lie in a token: it serves, and when the token is silent it keeps what it has in hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from token_process import Token, TokenKeys

from padkit_contract import messages
from padkit_contract.errors import CryptoUnfit, KeySilent
from padkit_contract.messages import CARD_OPEN, CARD_RESERVE, CASE, Case, Outcome, Request

PASSWORD = b"TEST ONLY"
C3 = {"new_pin_block": "00" * 16}
CASE_BODY = Case("c1", "f1", "r", "t")


@pytest.fixture
def token(parties: Path, libssl3: None) -> Iterator[Token]:
    with Token(sorted((parties / "central").glob("[!t]*.key.pem")), PASSWORD) as plugged:
        yield plugged


async def test_a_card_is_opened_by_a_central_that_has_no_key_in_its_own_process(
    start: Any, prepare: Any, token: Token, core: Any, opening: Callable[..., Request]
) -> None:
    async with start(keys=TokenKeys(token)) as central, central.kit() as kit:
        await prepare(central)
        await kit.ask(CARD_RESERVE, Request("S1", 1, "", {"card_no": "6219990000000000010"}))
        reply = await kit.ask(CARD_OPEN, opening(), C3)
    assert reply.outcome is Outcome.OK
    assert len(core.calls("CARD.OPEN")) == 1


@pytest.mark.parametrize("failure", ["gone", "slow", "pin"])
async def test_an_envelope_that_meets_a_silent_token_is_kept_and_answered_when_it_speaks_again(
    start: Any, token: Token, log: Any, failure: str
) -> None:
    right = token.pin
    async with start(keys=TokenKeys(token)) as central, central.kit() as kit:
        raw = kit.sealed(CASE, messages.encode(CASE_BODY), "01a20000-0000-7000-8000-000000000001")
        if failure == "slow":
            token.stall(1)
            token.patience_s = 0.05
        else:
            token.unplug()
        if failure == "pin":
            token.pin = "wrong"
            with pytest.raises(KeySilent):
                token.plug()
        assert (await kit.post(raw))[0] == 503
        if failure != "slow":
            token.unplug()
            token.pin = right
            token.plug()
        token.patience_s = 10.0
        status = 503
        async with asyncio.timeout(20):
            while status != 200:
                status, answer = await kit.post(raw)
        assert kit.opened(answer).outcome is Outcome.OK
    assert {str(line["why"]).partition(":")[0] for line in log.lines if line["event"] == "key.silent"} == {
        f"key.{failure}"
    }


async def test_an_opening_that_meets_a_silent_token_is_made_once(
    start: Any, prepare: Any, token: Token, core: Any, opening: Callable[..., Request]
) -> None:
    async with start(keys=TokenKeys(token)) as central, central.kit() as kit:
        await prepare(central)
        await kit.ask(CARD_RESERVE, Request("S1", 1, "", {"card_no": "6219990000000000010"}))
        asked = asyncio.create_task(kit.ask(CARD_OPEN, opening(), C3))
        token.unplug()
        with pytest.raises(AssertionError, match="busy"):
            await asked
        token.plug()
        reply = await kit.ask(CARD_OPEN, opening(), C3)
    assert reply.outcome is Outcome.OK
    assert len(core.calls("CARD.OPEN")) == 1


async def test_a_service_does_not_start_without_its_token(start: Any, token: Token) -> None:
    token.unplug()
    with pytest.raises(KeySilent, match=r"key\.gone"):
        async with start(keys=TokenKeys(token)):
            pass


async def test_a_service_does_not_start_with_another_party_s_token(start: Any, parties: Path) -> None:
    with (
        Token([parties / "kit-1" / "sign.key.pem"], PASSWORD) as other,
        pytest.raises(CryptoUnfit, match=r"key\.none"),
    ):
        async with start(keys=TokenKeys(other)):
            pass
