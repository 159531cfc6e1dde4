"""Orders from a terminal, to a running service; and what the terminal says when it does not run."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from ordered_kit import OrderedKit

from padkit_contract.commands import Progress

WHY = ("--reason", "a test")
Order = Callable[..., Any]


@pytest.fixture
def order(run: Any, parties: Path) -> Order:
    """Return a runner of `command`, signed by ann if nobody else is named."""

    async def call(*words: str, by: str = "ann") -> Result:
        signing = ("--operator", str(parties / by), "--password-file", str(parties / "password"))
        result: Result = await run("command", *words, *signing)
        return result

    return call


async def status(run: Any, *words: str) -> Result:
    result: Result = await run("command", "status", *words)
    return result


async def asked(order: Order, *words: str, **more: Any) -> dict[str, Any]:
    result = await order(*words, *WHY, "--json", **more)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


async def test_without_a_service_it_says_what_to_start(order: Order) -> None:
    result = await order("lock", "kit-1", *WHY)
    assert result.exit_code == 1
    assert "central does not answer" in result.output
    assert "padkit-central serve" in result.output


async def test_an_order_is_shown_with_its_state_and_end(central: Any, order: Order) -> None:
    result = await order("unlock", "kit-1", "kit-2", *WHY, "--expires", "2h")
    assert result.exit_code == 0
    assert result.output.count("queued for 0 s, 0 tries, ends ") == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("notify", "kit-1", "--text", "请到支行"), 'notify "请到支行" at 1 kit, by ann: a test'),
        (("restrict", "kit-1", "kit-2"), "restrict nothing at 2 kits"),
        (("restrict", "kit-1", "--business", "ACC-01"), "restrict ACC-01 at"),
        (("stop-box", "kit-1", "--allow"), "stop_card_box no more at"),
        (("set-policy", "kit-1", "--version", "3"), "set_policy version 3 at"),
        (("lock", "kit-1"), "lock at 1 kit"),
    ],
)
async def test_an_order_is_said_in_words(central: Any, order: Order, words: tuple[str, ...], said: str) -> None:
    assert f"would be asked: {said}" in (await order(*words, *WHY, "--dry-run")).output


async def test_lists_fit_a_terminal(central: Any, order: Order, run: Any) -> None:
    await order("lock", "kit-1", *WHY)
    await order("support-bundle", "kit-1", *WHY)
    for about in ((), ("kit-1",)):
        shown = (await status(run, *about)).output.splitlines()
        assert sum("support_bundle by ann" in line for line in shown) == 1
        assert max(map(len, shown)) <= 100


@pytest.mark.parametrize("text", ["", "   ", "two\nlines", "\x1b[2J", "x" * 501])
async def test_a_reason_that_nobody_could_read_is_wrong_use(central: Any, order: Order, text: str) -> None:
    result = await order("lock", "kit-1", "--reason", text)
    assert (result.exit_code, "Error: --reason: " in result.output, "\x1b" in result.output) == (2, True, False)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("notify", "kit-1", "--text", "call us"), {"kind": "notify", "text": "call us"}),
        (("restrict", "kit-1", "--business", "ACC-01"), {"kind": "restrict", "businesses": ["ACC-01"]}),
        (("restrict", "kit-1"), {"kind": "restrict", "businesses": []}),
        (("stop-box", "kit-1"), {"kind": "stop_card_box", "stopped": True}),
        (("stop-box", "kit-1", "--allow"), {"kind": "stop_card_box", "stopped": False}),
        (("set-policy", "kit-1", "--version", "3"), {"kind": "set_policy", "version": 3}),
        (("reauthenticate", "kit-1"), {"kind": "reauthenticate"}),
        (("support-bundle", "kit-1"), {"kind": "support_bundle"}),
        (("lock", "kit-1"), {"kind": "lock"}),
    ],
)
async def test_each_kind_has_its_command(
    central: Any, order: Order, words: tuple[str, ...], expected: dict[str, Any]
) -> None:
    assert (await asked(order, *words, "--dry-run"))["order"] == expected


@pytest.mark.parametrize(
    ("expires", "after_s"), [("90s", 90), ("15m", 900), ("24h", 86_400), ("30d", 2_592_000), ("never", None)]
)
async def test_an_end_is_given_as_people_write_it(
    central: Any, order: Order, expires: str, after_s: int | None
) -> None:
    view = await asked(order, "notify", "kit-1", "--text", "x", "--dry-run", "--expires", expires)
    if after_s is None:
        assert "expires" not in view
    else:
        assert abs(view["expires"] - central.clock.now().timestamp() - after_s) < 60


@pytest.mark.parametrize("words", [("lock",), ("notify", "kit-1"), ("lock", "kit-1", "--expires", "soon")])
async def test_wrong_use_is_exit_code_2(order: Order, words: tuple[str, ...]) -> None:
    assert (await order(*words, *WHY)).exit_code == 2


async def test_an_operator_orders_for_his_own_entity(central: Any, order: Order) -> None:
    assert (await order("lock", "kit-1", *WHY, "--entity", "other")).exit_code == 2


async def test_a_kits_folder_is_not_an_operators(central: Any, order: Order) -> None:
    result = await order("lock", "kit-1", *WHY, by="kit-1")
    assert result.exit_code == 1
    assert "not an operator's folder" in result.output


async def test_a_refusal_is_one_line_with_its_name(central: Any, order: Order) -> None:
    result = await order("wipe", "kit-1", "--yes", "kit-1", *WHY)
    assert result.exit_code == 1
    assert result.output.startswith("Error: wipe.unlocked: kit-1:")


async def test_a_wipe_wants_the_name_typed_and_another_person(central: Any, order: Order) -> None:
    await asked(order, "lock", "kit-1")
    assert (await order("wipe", "kit-1", "--yes", "kit-2", *WHY)).exit_code == 2
    assert (await order("wipe", "kit-1", "kit-2", "--yes", "kit-1", *WHY)).exit_code == 2
    wiping = await asked(order, "wipe", "kit-1", "--yes", "kit-1", "--force")
    assert (wiping["waits_for"], wiping["order"]["force"]) == (1, True)
    itself = await order("approve", wiping["command"], "--yes")
    assert "approval.same_person" in itself.output
    consented = await order("approve", wiping["command"], "--yes", by="bob")
    assert consented.exit_code == 0
    assert "queued" in consented.output


async def test_waiting_tells_by_exit_code_how_it_ended(central: Any, order: Order, run: Any) -> None:
    pending = await order("notify", "kit-1", "--text", "one", *WHY, "--wait", "0")
    assert pending.exit_code == 4
    async with central.kit() as speaker, OrderedKit(speaker) as kit:
        await kit.apply(await kit.next())
        shown = await order("lock", "kit-1", *WHY, "--wait", "0")
        assert shown.exit_code == 4
        await kit.apply(await kit.next())
        late = await order(
            "cancel", json.loads((await status(run, "--json")).stdout)[0]["command"], *WHY, "--wait", "5"
        )
        assert late.exit_code == 1
        assert "cancel.late" in late.output


async def test_a_cancel_ends_what_never_left(central: Any, order: Order, run: Any) -> None:
    view = await asked(order, "notify", "kit-1", "--text", "one")
    cancelled = await order("cancel", view["command"], *WHY, "--wait", "5", by="bob")
    assert cancelled.exit_code == 0
    shown = await status(run, view["command"])
    assert "cancelled (by." in shown.output


async def test_status_shows_kits_orders_and_lists(central: Any, order: Order, run: Any) -> None:
    assert "no orders" in (await status(run)).output
    view = await asked(order, "lock", "kit-1")
    async with central.kit() as speaker, OrderedKit(speaker) as kit:
        await kit.say(await kit.next(), Progress.RECEIVED)
        central.clock.go(90)
        shown = (await status(run, "kit-1")).output
    assert shown.startswith("kit kit-1: lock pending, connected")
    assert "received for 90 s, 1 tries, next try " in shown
    assert ", ends never by itself" in shown
    assert view["command"] in (await status(run, "--open")).output
    assert json.loads((await status(run, "kit-1", "--json")).stdout)["shown"] == "lock pending"
    assert (await status(run, "kit-9")).exit_code == 1
    assert "no orders" in (await status(run, "kit-2")).output


async def test_the_trail_is_listed_and_checked(central: Any, order: Order, run: Any) -> None:
    assert "nothing was ordered" in (await run("audit", "list")).output
    await asked(order, "notify", "kit-1", "--text", "one")
    listed = await run("audit", "list")
    assert "ann  order.asked" in listed.output
    whole = await run("audit", "verify")
    assert whole.output.startswith("trail of demo: 1 lines, whole")
    head = json.loads((await run("audit", "verify", "--json")).stdout)["head"]
    assert (await run("audit", "verify", "--head", head)).exit_code == 0
    assert "lines are missing" in (await run("audit", "verify", "--head", "0" * 64)).output


async def test_a_line_that_somebody_changed_is_named(central: Any, order: Order, run: Any) -> None:
    for kit in ("kit-1", "kit-2"):
        await asked(order, "notify", kit, "--text", "one")
    with sqlite3.connect(central.config.database) as database:
        database.execute("update audit set who='eve' where number=2")
    database.close()
    found = await run("audit", "verify")
    assert found.exit_code == 1
    assert "line 2: its content was changed" in found.output


async def test_a_support_bundle_comes_into_a_file(central: Any, run: Any, tmp_path: Path) -> None:
    missing = await run("kit", "support-bundle", "kit-1", "--out", str(tmp_path / "bundle"))
    assert "support.none" in missing.output
    async with central.kit() as speaker:
        await speaker.post(speaker.sealed("support.bundle", b"sealed"))
    assert (await run("kit", "support-bundle", "kit-1", "--out", str(tmp_path / "bundle"))).exit_code == 0
    assert (tmp_path / "bundle").read_bytes() == b"sealed"


async def test_a_code_wants_two_operators(central: Any, run: Any, parties: Path) -> None:
    one = ("--operator", str(parties / "ann"), "--password-file", str(parties / "password"))
    words = ("command", "unlock-code", "kit-1", "--challenge", "0000", *WHY)
    assert (await run(*words, *one)).exit_code == 2
    both = await run(*words, *one, "--operator", str(parties / "bob"))
    assert "challenge.length" in both.output
