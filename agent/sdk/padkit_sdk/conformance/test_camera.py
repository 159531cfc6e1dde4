"""What a camera promises: a new picture of the view that was asked for, told by where and when, hidden, or a hint in time."""

from __future__ import annotations

import asyncio

from padkit_sdk.conformance.bench import LOOK_S, MEET_S, Bench
from padkit_sdk.conformance.promise import promise
from padkit_sdk.errors import AskAgain, PadkitError, Refused
from padkit_sdk.ports import MAX_PICTURE_BYTES, CameraView, Picture

PORT = "camera"
TAKE_S = 5.0
PATIENCE_S = 5.0


@promise(PORT)
async def test_views_do_not_change(bench: Bench) -> None:
    """`views` are the same each time, one at least."""
    bench.step("views")
    first = await bench.camera.views()
    bench.expect_that(bool(first) and all(isinstance(it, CameraView) for it in first), "at least one view", first)
    bench.expect("views asked again", first, await bench.camera.views())


@promise(PORT)
async def test_a_picture_says_where_and_when_and_hides_itself(bench: Bench) -> None:
    """`take` gives a JPEG, PNG or WebP of its view with its source, hidden when printed; each is later than the one before."""
    seen = 0
    for view in sorted(await bench.camera.views(), key=lambda it: it.value):
        taken = [it for it in [await _take(bench, view), await _take(bench, view)] if it is not None]
        seen += len(taken)
        for picture in taken:
            data = picture.data.data
            known = data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or data[8:12] == b"WEBP"
            bench.expect_that(
                known and len(data) <= MAX_PICTURE_BYTES, "a picture within the limit", f"{len(data)} bytes"
            )
            bench.expect("source", f"camera.{view.value}", picture.source)
            bench.expect_that(len(repr(picture)) < 200, "a hidden picture", "one that is printed")
        times = [picture.at_s for picture in taken]
        bench.expect("times that rise", sorted(set(times)), times)
    bench.expect_that(seen > 0, "a picture of one view at least", "none")


@promise(PORT)
async def test_a_view_that_it_lacks_is_refused(bench: Bench) -> None:
    """A view that a camera does not have is refused as camera.view."""
    for view in sorted(set(CameraView) - await bench.camera.views(), key=lambda it: it.value):
        bench.step(f"take {view.value}")
        await bench.expect_error(Refused, "camera.view", bench.camera.take(view, timeout_s=LOOK_S))


@promise(PORT)
async def test_a_take_without_time_ends_at_once(bench: Bench) -> None:
    """A `take` whose time is used up ends at once, with a picture or an error of the family."""
    view = min(await bench.camera.views(), key=lambda it: it.value)
    bench.step("take with timeout_s=0")
    began_mono_s = bench.now_mono_s()
    await bench.outcome(bench.camera.take(view, timeout_s=0.0), PadkitError)
    took_s = bench.now_mono_s() - began_mono_s
    bench.expect_that(took_s < PATIENCE_S, f"an end within {PATIENCE_S:g} s", f"{took_s:.1f} s")


@promise(PORT)
async def test_a_cancelled_take_leaves_the_camera_usable(bench: Bench) -> None:
    """A cancelled `take` leaves the camera usable."""
    view = min(await bench.camera.views(), key=lambda it: it.value)
    bench.step("cancel a take")
    taking = asyncio.ensure_future(bench.camera.take(view, timeout_s=TAKE_S))
    await asyncio.wait([taking], timeout=MEET_S)
    taking.cancel()
    await asyncio.wait([taking])
    bench.step("take after a cancel")
    await _take(bench, view)


async def _take(bench: Bench, view: CameraView) -> Picture | None:
    """The next picture of `view`, None when there is no new one."""
    bench.step(f"take {view.value}")
    try:
        return await bench.camera.take(view, timeout_s=TAKE_S)
    except AskAgain as exc:
        bench.expect("hint", "camera.no_picture", exc.hint)
        return None
