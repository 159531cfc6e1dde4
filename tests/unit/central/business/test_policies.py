"""Policies as people write them, and as versions that only grow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

import padkit_sim
from padkit_central.business.policies import put_policy, read_draft
from padkit_central.store import Store
from padkit_contract.catalogue import load_catalogue
from padkit_contract.errors import Invalid
from padkit_contract.messages import KIT_PACK, Outcome, Policy, Request, decode

CATALOGUE = load_catalogue()
DEMO = Path(padkit_sim.__file__).parent / "demo" / "policy.toml"
WAIVER = {
    "id": "w", "business": ["ACC-01"], "covers": ["cip"], "reason": "r", "approved_by": "a", "until": "2026-12-31",
}  # fmt: skip


def draft(parameters: dict[str, object] | None = None, **changed: object) -> str:
    waivers = [{**WAIVER, **changed}]
    return msgspec.json.encode({"entity": "demo", "parameters": parameters or {}, "waivers": waivers}).decode()


def test_the_demo_s_policy_names_only_what_the_catalogue_knows() -> None:
    demo = read_draft(DEMO.read_text(encoding="utf-8"), CATALOGUE)
    assert demo.entity == "demo"
    assert all(waiver.approved_by == "TEST ONLY" for waiver in demo.waivers)


def test_json_is_read_as_well() -> None:
    assert read_draft(draft(), CATALOGUE).waivers[0].covers == ("cip",)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("entity = ", "policy.form"),
        ("{", "policy.form"),
        ('entity = "demo"\ncolour = "red"', "policy.form"),
        (draft({"colour": 1}), "policy.parameter"),
        (draft({"core_timeout_seconds": "soon"}), "policy.parameter"),
        (draft({"core_timeout_seconds": -1}), "policy.parameter"),
        (draft({"core_timeout_seconds": True}), "policy.parameter"),
        (draft({"inquiry_interval_seconds": 5}), "policy.parameter"),
        (draft({"core_timeout_seconds": [5]}), "policy.parameter"),
        (draft(covers=["selfie"]), "policy.waiver"),
        (draft(covers=["stock"]), "policy.waiver"),
        (draft(covers=["kit_policy"]), "policy.waiver"),
        (draft(business=["ACC-99"]), "policy.waiver"),
        (draft(until="soon"), "policy.waiver"),
        (draft(id="a@b"), "policy.waiver"),
        (draft(reason=""), "policy.waiver"),
        (draft(approved_by=""), "policy.waiver"),
    ],
)
def test_what_cannot_hold_is_refused_before_it_is_put(text: str, reason: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_draft(text, CATALOGUE)
    assert caught.value.reason == reason


def test_two_waivers_of_one_name_are_refused() -> None:
    twice = {"entity": "demo", "parameters": {}, "waivers": [WAIVER, WAIVER]}
    with pytest.raises(Invalid, match="same id"):
        read_draft(msgspec.json.encode(twice).decode(), CATALOGUE)


async def test_the_same_policy_again_is_no_new_version(store: Store) -> None:
    first = read_draft(draft({"core_timeout_seconds": 3}), CATALOGUE)
    assert await put_policy(store, first, "2026-11-22T08:00:00Z") == (1, True)
    assert await put_policy(store, first, "2026-11-22T09:00:00Z") == (1, False)
    second = read_draft(draft({"core_timeout_seconds": 4}), CATALOGUE)
    assert await put_policy(store, second, "2026-11-22T10:00:00Z") == (2, True)
    stored = await store.policy("demo", 2)
    assert stored is not None
    assert decode(stored.body, Policy).version == 2


async def test_a_kit_gets_its_policy_and_its_slip(prepared: Any) -> None:
    async with prepared.kit() as kit:
        reply = await kit.ask(KIT_PACK, Request("", 0, "", {}))
    pack = reply.fields["pack"]
    assert pack["policy"]["version"] == 1
    assert [card["voucher"] for card in pack["slip"]["cards"]] == ["000001", "000002"]


async def test_without_a_policy_there_is_no_pack(central: Any) -> None:
    async with central.kit() as kit:
        reply = await kit.ask(KIT_PACK, Request("", 0, "", {}))
    assert (reply.outcome, reply.code) == (Outcome.INVALID, "policy.none")
