"""What a PIN keypad promises. The PINs are no secret here; on a real keypad use the key of a test, id 30."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from padkit_sdk.conformance.bench import LOOK_S, MEET_S, Bench
from padkit_sdk.conformance.hands import Power
from padkit_sdk.conformance.promise import promise
from padkit_sdk.errors import AskAgain, Refused
from padkit_sdk.ports import PinAbility, PinBlock, PinFormat
from padkit_sdk.secrets import Pan

PAD = "pin_pad"
KEYS = Power.PRESS_KEYS
KEY_ID = "30"
ACCOUNT = Pan("6228480000000000018")
FIRST, SECOND = "135790", "246801"
ENTRY_S, SHORT_S = 60.0, 2.0
PATIENCE_S = 2.0  # what an entry may take over its time
BYTES = {PinFormat.ISO_4: 16}
ENTRY, PRESSED = "pin.entry", "pin.key_pressed"


@promise(PAD)
async def test_the_capabilities_do_not_change(bench: Bench) -> None:
    """`capabilities` are the same each time, with one format at least."""
    bench.step("capabilities")
    first = await bench.keypad.capabilities()
    bench.expect_that(len(first.formats) > 0, "a format at least", first)
    bench.expect("capabilities", first, await bench.keypad.capabilities())


@promise(PAD)
async def test_no_key_is_taken_when_nobody_was_asked(bench: Bench) -> None:
    """After it was opened a keypad takes no keys."""
    bench.step("status")
    bench.expect("input", expected=False, got=(await bench.keypad.status(timeout_s=LOOK_S)).input_on)


@promise(PAD)
async def test_an_entry_without_anybody_ends_in_time(bench: Bench) -> None:
    """`read_pin` without a key pressed ends with pin.timeout when its time is over, and no key is taken after it."""
    began_mono_s = bench.now_mono_s()
    bench.step(f"read_pin for {SHORT_S:g} s")
    await bench.expect_error(AskAgain, "pin.timeout", await _asked(bench, timeout_s=SHORT_S))
    took_s = bench.now_mono_s() - began_mono_s
    bench.expect_that(took_s < SHORT_S + PATIENCE_S, f"an end within {SHORT_S + PATIENCE_S:g} s", f"{took_s:.1f} s")
    bench.expect("input", expected=False, got=(await bench.keypad.status(timeout_s=LOOK_S)).input_on)


@promise(PAD)
async def test_what_makes_no_sense_is_refused(bench: Bench) -> None:
    """`read_pin` refuses lengths, accounts and key ids that cannot be, as pin.argument."""
    for wrong in ({"min_length": 3}, {"max_length": 13}, {"account": Pan("123")}, {"key_id": "?"}):
        bench.step(f"read_pin with {wrong}")
        await bench.expect_error(Refused, "pin.argument", await _asked(bench, **wrong))


@promise(PAD, KEYS)
async def test_a_pin_becomes_a_block_and_events_tell_counts_only(bench: Bench) -> None:
    """`read_pin` gives a block of its format's size, its key and format named; events hold the count of digits, no digit."""
    bench.step("read_pin, a customer enters six digits")
    block = await _entered(bench, FIRST)
    bench.expect("bytes", BYTES.get(block.format, 8), len(block.block.data))
    bench.expect("key", KEY_ID, block.key_id)
    counts = [dict(event.detail) for event in bench.events if event.name == PRESSED]
    bench.expect("events", [{"count": str(n)} for n in range(1, len(FIRST) + 1)], counts)


@promise(PAD, KEYS)
async def test_the_customer_can_cancel_and_clear(bench: Bench) -> None:
    """Cancel ends `read_pin` with pin.cancelled; Clear begins the entry anew."""
    bench.step("read_pin, the customer cancels")
    await bench.expect_error(AskAgain, "pin.cancelled", _entered(bench, "12", end="C"))
    bench.step("read_pin, the customer clears and enters it anew")
    await _entered(bench, f"99L{FIRST}")


@promise(PAD, KEYS)
async def test_two_entries_are_held_against_each_other(bench: Bench) -> None:
    """A keypad with TWICE gives one block for two equal PINs, and pin.mismatch for two that differ."""
    if PinAbility.TWICE not in (await bench.keypad.capabilities()).abilities:
        return
    bench.step("read_pin twice, equal")
    await _entered(bench, FIRST, FIRST)
    bench.step("read_pin twice, different")
    await bench.expect_error(AskAgain, "pin.mismatch", _entered(bench, FIRST, SECOND))


@promise(PAD, KEYS)
async def test_a_cancelled_call_leaves_the_keypad_usable(bench: Bench) -> None:
    """A cancelled `read_pin` ends the entry; the next one gives a block."""
    bench.step("read_pin, cancelled")
    reading = asyncio.ensure_future(await _asked(bench))
    await _until_asked(bench, 1, reading)
    reading.cancel()
    await asyncio.wait([reading])
    bench.expect("input", expected=False, got=(await bench.keypad.status(timeout_s=LOOK_S)).input_on)
    bench.step("read_pin after it")
    await _entered(bench, FIRST)


async def _asked(
    bench: Bench, *, twice: bool = False, timeout_s: float = ENTRY_S, **wrong: object
) -> Awaitable[PinBlock]:
    """A call of `read_pin`, not begun yet."""
    formats = (await bench.keypad.capabilities()).formats
    asked = {
        "account": ACCOUNT,
        "key_id": KEY_ID,
        "format": next(it for it in PinFormat if it in formats),
        "min_length": len(FIRST),
        "max_length": len(FIRST),
    }
    return bench.keypad.read_pin(twice=twice, timeout_s=timeout_s, **{**asked, **wrong})  # type: ignore[arg-type]


async def _entered(bench: Bench, *pins: str, end: str = "E") -> PinBlock:
    """What `read_pin` gives while the customer enters `pins`, each when he is asked for it."""
    bench.events.clear()
    reading = asyncio.ensure_future(await _asked(bench, twice=len(pins) == 2))
    for turn, pin in enumerate(pins, 1):
        await _until_asked(bench, turn, reading)
        if not reading.done():
            await asyncio.to_thread(bench.hands.press_keys, pin + end)
    return await reading


async def _until_asked(bench: Bench, turn: int, reading: asyncio.Future[PinBlock]) -> None:
    """Return when the keypad waits for the PIN of this turn, or the call ended."""
    while not reading.done() and sum(event.name == ENTRY for event in bench.events) < turn:
        await asyncio.wait([reading], timeout=MEET_S)
