"""C3 fields go through central to the HSM: nobody between can read them, and without the HSM no account is opened."""

from __future__ import annotations

from pathlib import Path

from journey import Journey
from test_secrets import found, number_of, of_a_card, of_a_pin


def between(journey: Journey) -> list[Path]:
    """Return what central, core and HSM write."""
    books = [*journey.folder.glob("central.db*"), journey.folder / "core.jsonl"]
    return [*books, *(journey.folder / f"{name}.log" for name in ("central", "core", "hsm"))]


async def test_the_account_is_opened_and_nobody_between_kit_and_hsm_has_written_the_pin_down(journey: Journey) -> None:
    voucher = await journey.next_voucher()
    assert (await journey.open())["phase"] == "CLOSED"
    secrets = {**of_a_pin(), **of_a_card(await number_of(journey, voucher))}
    del secrets["PAN"]  # central and core know the number
    assert found(between(journey), secrets) == []
    await journey.compare()


async def test_without_its_hsm_the_core_opens_nothing_and_later_all_goes_on(journey: Journey) -> None:
    await journey.world.children.pop("hsm").stop()
    try:
        assert (await journey.open())["phase"] == "CANCELLED"
    finally:
        await journey.world.start_hsm()
    pins = [line for line in journey.lines if (line["kind"], line.get("note")) == ("asked", "pin")]
    assert len(pins) > 1, "not executed: the customer may try again"
    await journey.begin()
    assert (await journey.open())["phase"] == "CLOSED"
    await journey.compare()
