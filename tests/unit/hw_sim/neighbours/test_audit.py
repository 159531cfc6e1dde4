from __future__ import annotations

from collections.abc import Callable
from typing import Any

from padkit_sim.neighbours.audit import audit
from padkit_sim.neighbours.txn import Request

Ask = Callable[..., Request]


def test_the_audit_list_names_accounts_blocks_refusals_and_fences(
    core: Any, ask: Ask, card_of: Callable[[int], str]
) -> None:
    core(ask("CARD.OPEN"))
    core(ask("CARD.OPEN", "S2"))
    core(ask("CARD.BLOCK", "B1", card_no=card_of(2), reason="missing"))
    core(ask("TXN.INQUIRY", "S3", attempt=2, orig_channel_serial="S3", fence=True))
    told = audit(core.books)
    account = told["accounts"][0]
    assert (account["card_no"], account["serial"], account["attempt"], account["state"]) == (
        "6200000000000000000",
        "S1",
        1,
        "live",
    )
    assert told["blocked"] == [{"card_no": card_of(2), "reason": "missing"}]
    assert [(it["serial"], it["resp_code"]) for it in told["refusals"]] == [("S2", "1301")]
    assert told["fences"] == [{"entity": "E1", "serial": "S3", "closed_attempts": 2}]


def test_the_audit_list_shows_the_end_of_an_identity_number_only(core: Any, ask: Ask) -> None:
    core(ask("CARD.OPEN"))
    told = audit(core.books)
    assert told["accounts"][0]["cert_no_masked"] == "…2X"
    assert "11010519491231002X" not in str(told)


def test_an_empty_bank_has_empty_lists(core: Any) -> None:
    assert audit(core.books) == {"accounts": [], "blocked": [], "refusals": [], "fences": []}
