"""The composition root: what it builds stands, and what it cannot build is said."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest

from padkit_central.app import Means
from padkit_central.config import Config, Listen
from padkit_contract import messages
from padkit_contract.errors import ContractError
from padkit_contract.messages import CASE, Case


def test_row_ids_sort_as_made_and_are_never_the_same(clock: Any, log: Any) -> None:
    make = Means(clock.now, os.urandom, log).ids()
    made = [make() for _ in range(5000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_moments_in_rows_are_utc_with_milliseconds(clock: Any, log: Any) -> None:
    at = Means(clock.now, os.urandom, log).at()
    assert at.endswith("Z")
    assert len(at) == len("2026-11-22T08:00:00.000Z")


async def test_a_wrong_password_is_refused_before_anything_is_opened(
    start: Any, config: Config, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_bytes(b"wrong")
    wrong.chmod(0o600)
    with pytest.raises(ContractError):
        async with start(password_file=wrong):
            pass
    assert not config.database.exists()


async def test_an_address_that_is_taken_is_an_error_not_a_hang(start: Any, central: Any, tmp_path: Path) -> None:
    port = int(central.url.rpartition(":")[2])
    with pytest.raises((OSError, ExceptionGroup)):
        async with start(listen=Listen(port=port), database=tmp_path / "other.db"):
            pass


async def test_large_envelopes_are_opened_beside_the_loop(start: Any) -> None:
    async with start() as central, central.kit() as kit:
        large = messages.encode(Case("c1", "f1", "r", "t", detail="x" * 200_000))
        small = messages.encode(Case("c2", "f1", "r", "t"))
        answers = await asyncio.gather(kit.post(kit.sealed(CASE, large)), kit.post(kit.sealed(CASE, small)))
    assert [status for status, _ in answers] == [200, 200]


async def test_what_is_in_hand_comes_to_its_end_when_the_service_stops(start: Any, config: Config) -> None:
    intake = msgspec.structs.replace(config.intake, answer_wait_s=0)
    async with start(intake=intake) as central, central.kit() as kit:
        envelopes = [kit.sealed(CASE, messages.encode(Case(f"c{n}", "f", "r", "t"))) for n in range(5)]
        assert {status for status, _ in [await kit.post(each) for each in envelopes]} <= {200, 202}
    last = [line for line in central.log.lines if line["event"] == "central.stopped"]
    assert last == [{"event": "central.stopped", "waiting": 0}]
