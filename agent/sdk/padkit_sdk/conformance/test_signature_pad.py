"""What a signature pad promises. Nothing that shows the hand is ever shown."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import pairwise

from padkit_sdk.conformance.bench import LOOK_S, Bench
from padkit_sdk.conformance.hands import Power
from padkit_sdk.conformance.promise import promise
from padkit_sdk.errors import AskAgain, Refused
from padkit_sdk.ports import Signature
from padkit_sdk.secrets import HiddenBytes
from padkit_sdk.signature import PenState, binding_of, unpack_series

PAD = "signature_pad"
SIGN = Power.SIGN
DOCUMENT = bytes(range(32))
SHOW_S = 30.0
SIGN_S = 60.0
SOON_S = 3.0
PATIENCE_S = 10.0  # what drawing and wiping the screen may take over a call's time
RGB = 3


@promise(PAD)
async def test_the_capability_does_not_change(bench: Bench) -> None:
    """`capability` is the same each time, its sizes above zero."""
    bench.step("capability")
    first = await bench.pad.capability()
    sizes = (first.width_px, first.height_px, first.max_x, first.max_y, first.max_pressure, first.rate_hz)
    bench.expect_that(min(*sizes, first.resolution_dpi) > 0, "sizes above zero", first)
    bench.step("capability again")
    bench.expect("capability", first, await bench.pad.capability())


@promise(PAD)
async def test_a_picture_of_the_screens_size_is_shown_and_wiped(bench: Bench) -> None:
    """`show` takes raw pixels of the screen's size, and `clear` wipes them."""
    capability = await bench.pad.capability()
    picture = HiddenBytes(bytes(capability.width_px * capability.height_px * RGB))
    bench.step("show a black picture")
    await bench.pad.show(picture, timeout_s=SHOW_S)
    bench.step("clear")
    await bench.pad.clear(timeout_s=SHOW_S)


@promise(PAD)
async def test_a_picture_of_another_size_is_refused(bench: Bench) -> None:
    """`show` refuses what is no picture of the screen's size as signature.picture."""
    for picture in (b"", b"\x89PNG\r\n\x1a\n", bytes(RGB)):
        bench.step(f"show {len(picture)} bytes")
        await bench.expect_error(Refused, "signature.picture", bench.pad.show(HiddenBytes(picture), timeout_s=SHOW_S))


@promise(PAD)
async def test_a_hash_of_another_length_is_refused(bench: Bench) -> None:
    """`sign` refuses a document hash that has not 32 bytes as signature.document_hash."""
    bench.step("sign with 31 bytes")
    await bench.expect_error(Refused, "signature.document_hash", bench.pad.sign(bytes(31), timeout_s=SIGN_S))


@promise(PAD)
async def test_nobody_who_confirms_is_asked_again_in_time(bench: Bench) -> None:
    """`sign` without "confirm" ends with signature.timeout when its time is over."""
    began_mono_s = bench.now_mono_s()
    bench.step(f"sign for {SOON_S:g} s")
    await bench.expect_error(AskAgain, "signature.timeout", bench.pad.sign(DOCUMENT, timeout_s=SOON_S))
    took_s = bench.now_mono_s() - began_mono_s
    bench.expect_that(took_s < SOON_S + PATIENCE_S, f"an end within {SOON_S + PATIENCE_S:g} s", f"{took_s:.1f} s")


@promise(PAD, SIGN)
async def test_a_signature_is_whole(bench: Bench) -> None:
    """A signature has all its points in order, no report lost, its pictures and its record."""
    signature = await _signed(bench, "write", "confirm")
    capability = await bench.pad.capability()
    scale, points = unpack_series(signature.series)
    bench.expect("points", len(points), signature.points)
    bench.expect("duration in ms", points[-1].time_ms, signature.duration_ms)
    bench.expect("first time in ms", 0, points[0].time_ms)
    bench.expect_that(all(a.time_ms <= b.time_ms for a, b in pairwise(points)), "times in order", "a time before")
    bench.expect("lost reports", 0 if capability.sequenced else None, signature.lost)
    bench.expect("lost reports in the series", signature.lost, scale.lost)
    inside = all(p.x <= capability.max_x and p.y <= capability.max_y for p in points)
    bench.expect_that(inside, "points on the pad", "a point beside it")
    touching = [PenState.TIP_DOWN in point.state for point in points]
    strokes = sum(now and not before for before, now in pairwise([False, *touching]))
    bench.expect("strokes", strokes, signature.strokes)
    bench.expect_that(signature.png.data.startswith(b"\x89PNG"), "a PNG", "other bytes")
    bench.expect_that(signature.iso_record.data.startswith(b"SDI\0"), "an ISO/IEC 19794-7 record", "other bytes")
    bench.expect_that(signature.svg.text.startswith("<svg"), "an SVG", "other text")


@promise(PAD, SIGN)
async def test_a_signature_is_bound_to_its_document(bench: Bench) -> None:
    """The binding is the digest of document hash and series that its scheme says."""
    signature = await _signed(bench, "write", "confirm")
    bench.expect_that(signature.document_hash == DOCUMENT, "the document's hash", "another")
    bench.expect("scheme", "padkit-signature-1/sm3", signature.binding_scheme)
    right = signature.binding == binding_of(DOCUMENT, signature.series)
    bench.expect_that(right, "a binding that can be made again", "another digest")


@promise(PAD, SIGN)
async def test_a_signature_shows_nothing_of_the_hand(bench: Bench) -> None:
    """What is printed of a signature holds neither points nor pictures."""
    shown = repr(await _signed(bench, "write", "confirm"))
    bench.expect_that(not any(word in shown for word in ("PKSS", "<path", "IDAT", "SDI")), "no word of them", "one")


@promise(PAD, SIGN)
async def test_begin_anew_forgets_the_first_try(bench: Bench) -> None:
    """After "begin anew" only what is written then counts."""
    once = await _signed(bench, "write", "confirm")
    again = await _signed(bench, "write", "redo", "write", "confirm")
    bench.expect_that(again.strokes < 2 * once.strokes, "the strokes of one try", again.strokes)


@promise(PAD, SIGN)
async def test_cancel_asks_again(bench: Bench) -> None:
    """A person who touches "cancel" ends `sign` with signature.cancelled."""
    await bench.expect_error(AskAgain, "signature.cancelled", _signed(bench, "write", "cancel"))


@promise(PAD, SIGN)
async def test_confirm_with_nothing_written_is_no_signature(bench: Bench) -> None:
    """A touch of "confirm" with nothing written goes on waiting."""
    signature = await _signed(bench, "confirm", "write", "confirm")
    bench.expect_that(signature.strokes > 0, "at least one stroke", signature.strokes)


@promise(PAD, SIGN)
async def test_a_cancelled_call_leaves_the_pad_usable(bench: Bench) -> None:
    """A cancelled `sign` leaves the pad usable, and nothing of it in the next signature."""
    bench.step("cancel a sign")
    signing = asyncio.ensure_future(bench.pad.sign(DOCUMENT, timeout_s=SIGN_S))
    await asyncio.wait([signing], timeout=SOON_S / 3)
    signing.cancel()
    await asyncio.wait([signing])
    await _signed(bench, "write", "confirm")


@promise(PAD)
async def test_a_second_call_waits_or_is_refused(bench: Bench) -> None:
    """While one `sign` is under way another call waits for it, or is refused as pad.busy."""
    bench.step("identify during a sign")
    signing = asyncio.ensure_future(bench.pad.sign(DOCUMENT, timeout_s=SOON_S))
    await asyncio.wait([signing], timeout=SOON_S / 10)
    error = await bench.outcome(bench.pad.identify(timeout_s=SOON_S / 10), Refused)
    bench.expect("refusal", "pad.busy", error.reason if isinstance(error, Refused) else "pad.busy")
    bench.step("the sign that was under way")
    await bench.expect_error(AskAgain, "signature.timeout", signing)
    await bench.pad.identify(timeout_s=LOOK_S)


@promise(PAD, SIGN, Power.ARM_FAULTS)
async def test_a_lost_report_is_counted(bench: Bench) -> None:
    """A pen report that was lost is counted in `lost`; the next signature has none."""
    bench.hands.arm("pad.drop_report", {}, nth=20)
    signature = await _signed(bench, "write", "confirm")
    bench.expect("lost reports", 1 if (await bench.pad.capability()).sequenced else None, signature.lost)
    signature = await _signed(bench, "write", "confirm")
    bench.expect_that(not signature.lost, "none", signature.lost)


async def _signed(bench: Bench, *acts: str) -> Signature:
    """Have somebody do `acts` while the pad asks for a signature."""
    bench.step(f"sign: {', '.join(acts)}")
    acting = asyncio.ensure_future(asyncio.to_thread(_act, bench, acts))
    try:
        return await bench.pad.sign(DOCUMENT, timeout_s=SIGN_S)
    finally:
        await acting


def _act(bench: Bench, acts: Sequence[str]) -> None:
    for act in acts:
        if act == "write":
            bench.hands.write_signature()
        else:
            bench.hands.touch_pad(act)
