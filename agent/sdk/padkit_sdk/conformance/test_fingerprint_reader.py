"""What a fingerprint reader promises: honest waiting, whole samples, scores that tell fingers apart, no state left behind."""

from __future__ import annotations

import asyncio

from padkit_sdk.conformance.bench import LOOK_S, MEET_S, Bench
from padkit_sdk.conformance.hands import Power
from padkit_sdk.conformance.promise import promise
from padkit_sdk.errors import AskAgain, PadkitError, Refused
from padkit_sdk.ports import Finger, FingerprintCapability, FingerprintSample
from padkit_sdk.secrets import HiddenBytes

READER = "fingerprint_reader"
TOUCHED = Power.TOUCH_FINGER
SEARCH_S = 1.0
PATIENCE_S = 2.0  # what a wait for a touch may take over its time
CAPTURE_S = 30.0  # a module on a slow line sends a picture for seven seconds
RECORD = b"FMR\0 20\0"
WAITING, ON, OFF = "finger.waiting", "finger.on", "finger.off"


@promise(READER)
async def test_capabilities_do_not_change(bench: Bench) -> None:
    """`capabilities` are the same each time, IMAGE among them."""
    bench.step("capabilities")
    first = await bench.finger.capabilities()
    bench.expect_that(FingerprintCapability.IMAGE in first, "IMAGE among them", first)
    bench.expect("capabilities asked again", first, await bench.finger.capabilities())


@promise(READER)
async def test_an_untouched_reader_asks_again_in_time(bench: Bench) -> None:
    """`capture` without a touch ends with finger.not_touched when its time is over."""
    began_mono_s = bench.now_mono_s()
    bench.step(f"capture without a touch for {SEARCH_S:g} s")
    asking = bench.finger.capture(Finger.RIGHT_INDEX, timeout_s=SEARCH_S)
    await bench.expect_error(AskAgain, "finger.not_touched", asking)
    took_s = bench.now_mono_s() - began_mono_s
    bench.expect_that(took_s < SEARCH_S + PATIENCE_S, f"an end within {SEARCH_S + PATIENCE_S:g} s", f"{took_s:.1f} s")


@promise(READER, TOUCHED)
async def test_a_touch_gives_a_whole_sample(bench: Bench) -> None:
    """`capture` gives a picture of its size, a quality from 0 to 100, the finger asked for, a template when it says so."""
    sample = await _touch(bench, bench.hands.fingers()[0])
    bench.expect("finger", Finger.RIGHT_INDEX, sample.finger)
    bench.expect("bytes of the picture", sample.width * sample.height, len(sample.image.data))
    bench.expect_that(len(set(sample.image.data)) > 8, "a picture with shades", "hardly any")
    bench.expect_that(sample.dpi > 0, "a nominal resolution", sample.dpi)
    bench.expect_that(0 <= sample.quality <= 100, "a quality from 0 to 100", sample.quality)
    templates = FingerprintCapability.TEMPLATE in await bench.finger.capabilities()
    bench.expect("template", templates, bool(sample.template.data))
    bench.expect_that(not templates or sample.template.data.startswith(RECORD), "an FMR record", "another beginning")


@promise(READER, TOUCHED)
async def test_screens_hear_what_is_waited_for(bench: Bench) -> None:
    """While it waits it says finger.waiting, then finger.on, then finger.off when it was lifted, with nothing personal."""
    await _touch(bench, bench.hands.fingers()[0])
    told = [event for event in bench.events if event.name.startswith("finger.")]
    names = [event.name for event in told if event.name in (ON, OFF)]
    bench.expect("touch and lift", [ON, OFF], names)
    bench.expect("first", WAITING, told[0].name)
    bench.expect_that(all(len(str(event.detail)) < 100 for event in told), "short details", "long ones")


@promise(READER, TOUCHED)
async def test_a_finger_is_more_like_itself_than_like_another(bench: Bench) -> None:
    """Two touches of a finger score higher than one of it and one of another; without TEMPLATE `match` is refused."""
    one, other = bench.hands.fingers()[:2]
    first = (await _touch(bench, one)).template
    if FingerprintCapability.TEMPLATE not in await bench.finger.capabilities():
        bench.step("match without templates")
        asking = bench.finger.match(first, first, timeout_s=LOOK_S)
        return await bench.expect_error(Refused, "template.unsupported", asking)
    again, another = (await _touch(bench, one)).template, (await _touch(bench, other)).template
    bench.step("match")
    same = await bench.finger.match(first, again, timeout_s=LOOK_S)
    different = await bench.finger.match(first, another, timeout_s=LOOK_S)
    bench.expect_that(same.score > different.score, f"more than {different.score}", same.score)
    bench.expect_that(same.threshold > 0 and bool(same.engine), "a threshold and the name of its scale", same)
    return None


@promise(READER)
async def test_what_is_no_template_is_refused(bench: Bench) -> None:
    """`match` refuses what is no template, as template.*."""
    junk = HiddenBytes(b"FMR\0 no record")
    bench.step("match what is no template")
    error = await bench.outcome(bench.finger.match(junk, junk, timeout_s=LOOK_S), Refused)
    reason = error.reason if isinstance(error, Refused) else "no error"
    bench.expect_that(reason.startswith("template."), "Refused template.*", reason)


@promise(READER, TOUCHED)
async def test_a_cancelled_capture_leaves_the_reader_usable(bench: Bench) -> None:
    """A cancelled `capture` leaves the reader usable, and the touch that comes next is that of the next call."""
    bench.step("cancel a capture")
    waiting = asyncio.ensure_future(bench.finger.capture(Finger.RIGHT_INDEX, timeout_s=CAPTURE_S))
    await asyncio.wait([waiting], timeout=SEARCH_S / 10)
    waiting.cancel()
    await asyncio.wait([waiting])
    bench.events.clear()
    sample = await _touch(bench, bench.hands.fingers()[0])
    bench.expect("bytes of the picture", sample.width * sample.height, len(sample.image.data))


@promise(READER)
async def test_a_second_capture_waits_or_is_refused(bench: Bench) -> None:
    """While one `capture` is under way another call waits for it, or is refused as reader.busy."""
    bench.step("capture during a capture")
    waiting = asyncio.ensure_future(bench.finger.capture(Finger.RIGHT_INDEX, timeout_s=SEARCH_S))
    await asyncio.wait([waiting], timeout=SEARCH_S / 10)
    asking = bench.finger.capture(Finger.RIGHT_INDEX, timeout_s=SEARCH_S / 10)
    error = await bench.outcome(asking, Refused, AskAgain)
    bench.expect("refusal", "reader.busy", error.reason if isinstance(error, Refused) else "reader.busy")
    bench.step("the capture that was under way")
    await bench.expect_error(AskAgain, "finger.not_touched", waiting)


@promise(READER, TOUCHED, Power.CUT_POWER)
async def test_a_power_cut_while_waiting_is_survived(bench: Bench) -> None:
    """A power cut while a touch is waited for ends in an error of the family; after it a touch gives a sample."""
    bench.step("cut the power while a touch is waited for")
    waiting = asyncio.ensure_future(bench.finger.capture(Finger.RIGHT_INDEX, timeout_s=SEARCH_S))
    await asyncio.wait([waiting], timeout=SEARCH_S / 10)
    await asyncio.to_thread(bench.hands.cut_power)
    await bench.outcome(waiting, PadkitError)
    await bench.reopen()
    bench.events.clear()
    sample = await _touch(bench, bench.hands.fingers()[0])
    bench.expect("bytes of the picture", sample.width * sample.height, len(sample.image.data))


async def _touch(bench: Bench, name: str) -> FingerprintSample:
    """Capture one touch of the finger `name`, which is put down when the reader waits for it."""
    bench.step(f"capture a touch of {name}")
    waited = len(_waits(bench))
    capturing = asyncio.ensure_future(bench.finger.capture(Finger.RIGHT_INDEX, timeout_s=CAPTURE_S))
    until_mono_s = bench.now_mono_s() + LOOK_S
    while len(_waits(bench)) == waited and not capturing.done() and bench.now_mono_s() < until_mono_s:
        await asyncio.wait([capturing], timeout=MEET_S)
    try:
        await asyncio.to_thread(bench.hands.touch_finger, name)
        return await capturing
    finally:
        capturing.cancel()
        await asyncio.wait([capturing])


def _waits(bench: Bench) -> list[str]:
    """How often it has said that it waits for a touch."""
    return [event.name for event in bench.events if event.name == WAITING and event.detail.get("for") == "touch"]
