"""What an identity-card reader promises. Nothing of a person's record is ever shown."""

from __future__ import annotations

import asyncio

import pytest

from padkit_sdk.conformance.bench import LOOK_S, Bench
from padkit_sdk.conformance.hands import Power
from padkit_sdk.conformance.promise import promise
from padkit_sdk.conformance.record import MODULE_NUMBER, flaws
from padkit_sdk.errors import AskAgain, BadFrame, DeviceFault, LinkLost, OutcomeUnknown, Refused
from padkit_sdk.ports import IdentityCard

READER = "identity_card_reader"
LAID = Power.LAY_IDENTITY_CARD
SEARCH_S = 3.0
PATIENCE_S = 2.0  # what a search may take over its time
READ_S = 15.0
WIRES = ("link.drop_frame", "link.flip_bcc", "link.truncate", "link.repeat", "link.split", "link.noise")
EXCHANGES = (1, 3, 4)  # which answer is spoiled: the first, and those in the middle of a read
WIRE_ERRORS = (OutcomeUnknown, LinkLost, BadFrame)


@promise(READER)
async def test_the_module_number_does_not_change(bench: Bench) -> None:
    """`module_number` is the number as printed, the same each time."""
    bench.step("module_number")
    first = await bench.reader.module_number(timeout_s=LOOK_S)
    bench.expect_that(
        MODULE_NUMBER.fullmatch(first) is not None, "a number like 05.01-20131016-0001234567-0089012345", first
    )
    bench.step("module_number again")
    bench.expect("module number", first, await bench.reader.module_number(timeout_s=LOOK_S))


@promise(READER)
async def test_an_empty_reader_asks_again_in_time(bench: Bench) -> None:
    """`read` without a card ends with idcard.not_found when its time is over."""
    began_mono_s = bench.now_mono_s()
    bench.step(f"read an empty reader for {SEARCH_S:g} s")
    await bench.expect_error(AskAgain, "idcard.not_found", bench.reader.read(fingerprint=False, timeout_s=SEARCH_S))
    took_s = bench.now_mono_s() - began_mono_s
    bench.expect_that(took_s < SEARCH_S + PATIENCE_S, f"an end within {SEARCH_S + PATIENCE_S:g} s", f"{took_s:.1f} s")


@promise(READER, LAID)
async def test_a_record_is_consistent_in_itself(bench: Bench) -> None:
    """`read` gives one record whose number, dates, text and photo fit each other, for every card at hand."""
    for name in bench.hands.identity_cards():
        card = await _read(bench, name)
        bench.expect(f"flaws in the record of {name}", [], flaws(card))


@promise(READER, LAID)
async def test_a_record_names_the_module_that_read_it(bench: Bench) -> None:
    """`read` says by which module it was done."""
    card = await _read(bench, bench.hands.identity_cards()[0])
    bench.expect("module number", await bench.reader.module_number(timeout_s=LOOK_S), card.module_number)


@promise(READER, LAID)
async def test_a_fingerprint_is_read_only_when_asked_for(bench: Bench) -> None:
    """`read` without fingerprint gives none; with it, the rest of the record is the same."""
    name = bench.hands.identity_cards()[0]
    without = await _read(bench, name)
    bench.expect("bytes of fingerprint, not asked for", 0, len(without.fingerprint.data))
    with_it = await _read(bench, name, fingerprint=True)
    bench.expect("flaws in the record with fingerprint", [], flaws(with_it))
    bench.expect_that(with_it.raw_text == without.raw_text, "the same text both times", "another text")


@promise(READER, LAID)
async def test_a_card_taken_away_is_not_found(bench: Bench) -> None:
    """A card that was read and taken away is not remembered: `read` asks for it again."""
    await _read(bench, bench.hands.identity_cards()[0])
    await asyncio.to_thread(bench.hands.lift_identity_card)
    bench.step("read after the card was taken away")
    await bench.expect_error(AskAgain, "idcard.not_found", bench.reader.read(fingerprint=False, timeout_s=SEARCH_S))


@promise(READER, LAID, Power.ARM_FAULTS)
async def test_a_card_removed_while_reading_is_asked_for_again(bench: Bench) -> None:
    """A card that is taken away while it is read ends with idcard.removed."""
    await asyncio.to_thread(bench.hands.lay_identity_card, bench.hands.identity_cards()[0])
    bench.hands.arm("idcard.removed", {})
    bench.step("read while the card is taken away")
    await bench.expect_error(AskAgain, "idcard.removed", bench.reader.read(fingerprint=False, timeout_s=READ_S))


@promise(READER, LAID)
async def test_a_cancelled_read_leaves_the_reader_usable(bench: Bench) -> None:
    """A cancelled `read` leaves the reader usable."""
    bench.step("cancel a read")
    reading = asyncio.ensure_future(bench.reader.read(fingerprint=False, timeout_s=READ_S))
    await asyncio.wait([reading], timeout=SEARCH_S / 10)
    reading.cancel()
    await asyncio.wait([reading])
    card = await _read(bench, bench.hands.identity_cards()[0])
    bench.expect("flaws in the record", [], flaws(card))


@promise(READER)
async def test_a_second_read_waits_or_is_refused(bench: Bench) -> None:
    """While one `read` is under way another call waits for it, or is refused as reader.busy; neither is mixed up."""
    bench.step("module_number during a read")
    reading = asyncio.ensure_future(bench.reader.read(fingerprint=False, timeout_s=SEARCH_S))
    await asyncio.wait([reading], timeout=SEARCH_S / 10)
    error = await bench.outcome(bench.reader.module_number(timeout_s=SEARCH_S / 10), Refused)
    bench.expect("refusal", "reader.busy", error.reason if isinstance(error, Refused) else "reader.busy")
    bench.step("the read that was under way")
    await bench.expect_error(AskAgain, "idcard.not_found", reading)


@promise(READER, LAID, Power.ARM_FAULTS)
@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("nth", EXCHANGES)
async def test_a_bad_wire_never_makes_a_wrong_record(bench: Bench, wire: str, nth: int) -> None:
    """A spoiled answer while reading becomes an error of the wire or a true record, and the reader stays usable."""
    name = bench.hands.identity_cards()[0]
    true = await _read(bench, name)
    await asyncio.to_thread(bench.hands.lay_identity_card, name)
    bench.hands.arm(wire, {}, nth=nth)
    bench.step(f"read with {wire} at answer {nth}")
    reading = asyncio.ensure_future(bench.reader.read(fingerprint=False, timeout_s=READ_S))
    if await bench.outcome(reading, *WIRE_ERRORS) is None:
        bench.expect_that(reading.result() == true, "the record as read before", "another record")
    bench.hands.clear_faults()
    again = await _read(bench, name)
    bench.expect_that(again == true, "the record as read before", "another record")


@promise(READER, LAID, Power.ARM_FAULTS)
async def test_a_refused_read_is_the_readers_fault(bench: Bench) -> None:
    """A reader that refuses raises a reader fault with the device's own code in `raw`."""
    await asyncio.to_thread(bench.hands.lay_identity_card, bench.hands.identity_cards()[0])
    bench.hands.arm("idcard.status", {"sw3": "66", "on": "any"})
    bench.step("read from a module that says it is not authorised")
    error = await bench.outcome(bench.reader.read(fingerprint=False, timeout_s=READ_S), DeviceFault)
    fault, raw = (error.fault, error.raw) if isinstance(error, DeviceFault) else ("no error", "")
    bench.expect_that(
        fault.startswith("reader.") and bool(raw), "a DeviceFault reader.* with its raw code", f"{fault} {raw}"
    )


async def _read(bench: Bench, name: str, *, fingerprint: bool = False) -> IdentityCard:
    """Lay the card `name` and read it."""
    await asyncio.to_thread(bench.hands.lay_identity_card, name)
    bench.step(f"read {name}")
    return await bench.reader.read(fingerprint=fingerprint, timeout_s=READ_S)
