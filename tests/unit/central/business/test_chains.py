"""What a kit says it will never send: expected for what is inquired, something to look at for all else."""

from __future__ import annotations

from typing import Any

import pytest

from padkit_contract.chain import link_of
from padkit_contract.contact import CHAIN_VOID, HELD, LOST_C3, ChainVoid
from padkit_contract.messages import CARD_LEDGER, CARD_OPEN, REVERSAL, Outcome

BEFORE = "ab" * 32
LOST = "01a20000-0000-7000-9000-000000000099"


@pytest.mark.parametrize(
    ("business", "why", "alarm"),
    [
        (CARD_OPEN, LOST_C3, ()),
        (CARD_OPEN, HELD, ()),
        (REVERSAL, HELD, ()),
        (REVERSAL, LOST_C3, ("chain.void",)),  # a reversal has no C3 part
        (CARD_LEDGER, HELD, ("chain.void",)),  # nobody inquires about it
        (CARD_OPEN, "posted.size", ("chain.void",)),
        (CARD_OPEN, "outbox.damaged", ("chain.damaged",)),
    ],
)
async def test_a_void_place_is_an_alarm_unless_it_is_inquired(
    prepared: Any, audit: Any, business: str, why: str, alarm: tuple[str, ...]
) -> None:
    void = ChainVoid(40, LOST, business, BEFORE, link_of(BEFORE, 40, LOST, business, b"lost"), why)
    async with prepared.kit() as kit:
        assert (await kit.ask(CHAIN_VOID, void)).outcome is Outcome.OK
    cases = [it.reason for it in (await audit(prepared)).cases if LOST in it.detail]
    assert tuple(cases) == alarm
