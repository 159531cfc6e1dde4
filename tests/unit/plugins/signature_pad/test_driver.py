"""What the port promises, by the driver, against the simulated pad."""

from __future__ import annotations

import asyncio
import itertools

import pytest
from pad_desk import DOCUMENT, Desk, desk, points_of

from padkit_sdk import AskAgain, DeviceFault, HiddenBytes, LinkLost, PadkitError, Refused
from padkit_sdk.signature import PenState, binding_of
from padkit_signature_pad.png import encode_rgba
from padkit_sim.devices.device import HandAction

T = 20.0
SHORT_S = 1.5  # what leads to the signature must fit in as well, on a busy machine too
MODELS = ("STU-430", "STU-530", "STU-540")


@pytest.mark.parametrize("model", MODELS)
async def test_a_signature_is_whole_and_bound_to_the_document(model):
    async with desk(model) as (place, driver):
        signature = await place.signed(driver, "sign wang", "press confirm")
    points = points_of(signature)
    assert (signature.strokes, signature.lost, signature.repeated) == (4, 0, 0)
    assert (signature.document_hash, signature.binding) == (DOCUMENT, binding_of(DOCUMENT, signature.series))
    assert (signature.points, signature.duration_ms) == (len(points), points[-1].time_ms)
    assert signature.points > 150
    assert all(after.time_ms - before.time_ms == 5 for before, after in itertools.pairwise(points))


async def test_nothing_of_the_hand_can_be_printed():
    async with desk() as (place, driver):
        signature = await place.signed(driver, "sign wang", "press confirm")
    shown = repr(signature)
    assert "path" not in shown and "PKSS" not in shown and "svg=HiddenText(…)" in shown


async def test_after_a_signature_the_screen_is_wiped_and_the_pad_ready():
    async with desk() as (place, driver):
        await place.signed(driver, "sign loops", "press confirm")
        seen = place.seen()
    assert (seen.blank, seen.status, seen.inking) == (True, "at_ease", False)


async def test_the_pad_is_identified_by_its_own_words():
    async with desk("STU-530") as (_, driver):
        identity = await driver.identify(timeout_s=T)
        capability = await driver.capability()
        result = await driver.self_test(timeout_s=T)
    assert (identity.model, identity.serial, identity.firmware) == ("STU-530", "SP00000001", "1.3")
    assert (capability.width_px, capability.colour_bits, capability.rate_hz) == (800, 24, 200)
    assert result.passed


async def test_redo_begins_anew_and_only_the_second_try_counts():
    async with desk() as (place, driver):
        signature = await place.signed(driver, "sign wang", "press redo", "sign loops", "press confirm")
    assert signature.strokes == 2
    assert "signature.redo" in place.told()


async def test_redo_wipes_the_ink():
    async with desk() as (place, driver):
        signing = asyncio.create_task(driver.sign(DOCUMENT, timeout_s=T))
        await place.until(lambda seen: seen.capturing)
        empty = place.seen().screen
        await place.does("sign wang")
        written = place.seen().screen
        await place.does("press redo")
        await place.until(lambda seen: seen.capturing and seen.screen == empty)
        signing.cancel()
        await asyncio.wait([signing])
    assert written != empty


async def test_redo_over_a_background_shows_the_background_again():
    async with desk("STU-430") as (place, driver):
        background = HiddenBytes(bytes([0, 255] * (320 * 200 * 3 // 2)))
        signing = asyncio.create_task(driver.sign(DOCUMENT, background=background, timeout_s=T))
        await place.until(lambda seen: seen.capturing)
        empty = place.seen().screen
        await place.does("sign wang", "press redo")
        await place.until(lambda seen: seen.capturing and seen.screen == empty)
        signing.cancel()
        await asyncio.wait([signing])


async def test_cancel_asks_again_and_keeps_nothing():
    async with desk() as (place, driver):
        with pytest.raises(AskAgain, match="cancelled") as told:
            await place.signed(driver, "sign wang", "press cancel")
        assert told.value.hint == "signature.cancelled"
        assert place.seen().blank


async def test_no_confirmation_in_time_asks_again():
    async with desk() as (place, driver):
        with pytest.raises(AskAgain) as told:
            await place.signed(driver, "sign wang", timeout_s=SHORT_S)
        assert told.value.hint == "signature.timeout"
        assert place.seen().blank and not place.seen().capturing


async def test_confirm_with_nothing_written_stays_and_says_so():
    async with desk() as (place, driver):
        signature = await place.signed(driver, "press confirm", "sign wang", "press confirm")
    assert signature.strokes == 4
    assert "signature.nothing_written" in place.told()


async def test_touches_of_the_strip_and_of_the_ink_area_press_nothing():
    async with desk() as (place, driver):
        signing = asyncio.create_task(driver.sign(DOCUMENT, timeout_s=SHORT_S))
        await place.does("press 400,30", "press 400,200")
        with pytest.raises(AskAgain) as told:
            await signing
    assert told.value.hint == "signature.timeout"


async def test_a_hash_of_another_length_is_refused():
    async with desk() as (_, driver):
        with pytest.raises(Refused, match="31 bytes"):
            await driver.sign(bytes(31), timeout_s=T)


async def test_a_second_caller_waits_and_is_refused_when_its_time_is_over():
    async with desk() as (place, driver):
        signing = asyncio.create_task(driver.sign(DOCUMENT, timeout_s=T))
        await place.until(lambda seen: seen.capturing)
        with pytest.raises(Refused, match="busy"):
            await driver.identify(timeout_s=SHORT_S / 10)
        signing.cancel()
        await asyncio.wait([signing])


async def test_a_cancelled_call_wipes_the_screen_and_leaves_the_pad_usable():
    async with desk() as (place, driver):
        signing = asyncio.create_task(driver.sign(DOCUMENT, timeout_s=T))
        await place.does("sign wang")
        signing.cancel()
        await asyncio.wait([signing])
        assert place.seen().blank
        assert (await place.signed(driver, "sign wang", "press confirm")).strokes == 4


async def test_reports_of_an_aborted_try_are_not_in_the_next_signature():
    async with desk() as (place, driver):
        signing = asyncio.create_task(driver.sign(DOCUMENT, timeout_s=T))
        await place.until(lambda seen: seen.capturing)
        signing.cancel()
        await asyncio.wait([signing])
        await place.link.control(0x21, 0x09, 0x0315, 0, bytes.fromhex("1500000001"), timeout_s=T)
        await place.does("sign wang")  # nobody listens
        assert (await place.signed(driver, "sign loops", "press confirm")).strokes == 2


# -- pictures


@pytest.mark.parametrize("model", MODELS)
async def test_a_picture_is_shown_as_it_is(model):
    async with desk(model) as (place, driver):
        seen = place.seen()
        picture = bytes([0, 0, 0, 255, 255, 255] * (seen.width_px * seen.height_px // 2))
        await driver.show(HiddenBytes(picture), timeout_s=T)
        assert place.pad.screen.pixels == picture


@pytest.mark.parametrize("pipe", [0, 1, 3])
async def test_a_colour_picture_comes_by_pipe_or_by_reports(pipe):
    async with desk("STU-540", image_pipe=pipe) as (place, driver):
        picture = bytes(range(240)) * (800 * 480 * 3 // 240)
        await driver.show(HiddenBytes(picture), timeout_s=T)
        assert place.pad.screen.pixels == picture
        percents = [int(e.detail["percent"]) for e in place.events if e.name == "signature.screen_progress"]
    assert percents[-1] == 100


async def test_a_png_is_shown_on_white():
    async with desk("STU-540") as (place, driver):
        png = encode_rgba(800, 480, bytes([200, 10, 20, 255, 0, 0, 0, 0] * (800 * 240)))
        await driver.show(HiddenBytes(png), timeout_s=T)
        screen = place.pad.screen
        assert (screen.pixel(0, 0), screen.pixel(1, 0)) == ((200, 10, 20), (255, 255, 255))


async def test_clear_wipes_the_screen():
    async with desk("STU-430") as (place, driver):
        await driver.show(HiddenBytes(bytes(320 * 200 * 3)), timeout_s=T)
        assert not place.seen().blank
        await driver.clear(timeout_s=T)
        assert place.seen().blank


@pytest.mark.parametrize("picture", [b"", b"GIF89a", bytes(100), encode_rgba(2, 2, bytes(16))], ids=len)
async def test_another_picture_is_refused_and_nothing_sent(picture):
    async with desk() as (place, driver):
        before = place.seen().screen
        with pytest.raises(Refused) as told:
            await driver.show(HiddenBytes(picture), timeout_s=T)
        assert told.value.reason == "signature.picture"
        assert place.seen().screen == before


# -- trouble, and the way out of it


async def signs_well(place, driver):
    """The pad is as before."""
    signature = await place.signed(driver, "sign wang", "press confirm")
    assert (signature.strokes, signature.lost) == (4, 0)


async def test_a_lost_report_is_counted_and_the_next_signature_has_none():
    async with desk() as (place, driver):
        place.arm("pad.drop_report", nth=50, times=3)
        signature = await place.signed(driver, "sign wang", "press confirm")
        assert signature.lost == 3
        assert signature.binding == binding_of(DOCUMENT, signature.series)
        await signs_well(place, driver)


async def test_a_repeated_report_is_taken_once():
    async with desk() as (place, driver):
        true = await place.signed(driver, "sign wang", "press confirm")
        place.arm("pad.repeat_sequence", nth=50, times=5)
        signature = await place.signed(driver, "sign wang", "press confirm")
        assert (signature.repeated, signature.lost, signature.series) == (5, 0, true.series)


async def test_a_pen_out_of_range_in_mid_stroke_invents_no_point():
    async with desk() as (place, driver):
        place.arm("pad.out_of_range", nth=30, count=10)
        signature = await place.signed(driver, "sign wang", "press confirm")
        points = points_of(signature)
        assert signature.strokes == 5
        assert all(point.x and point.y for point in points)
        away = [i for i, point in enumerate(points) if not point.state & PenState.IN_RANGE]
        assert len(away) == 1 and points[away[0]][:2] == points[away[0] - 1][:2]
        await signs_well(place, driver)


async def test_a_saturated_pad_gives_the_largest_pressure_until_it_is_well():
    async with desk() as (place, driver):
        place.arm("pad.saturated")
        signature = await place.signed(driver, "sign wang", "press confirm")
        touching = [point.pressure for point in points_of(signature) if point.state & PenState.TIP_DOWN]
        assert set(touching) == {1023}
        place.book.clear("pad.saturated")
        well = await place.signed(driver, "sign wang", "press confirm")
        assert max(point.pressure for point in points_of(well)) < 1023


@pytest.mark.parametrize("on", ["clear", "start_image", "end_image", "start_capture"])
async def test_a_wrong_state_is_a_fault_and_the_next_try_works(on):
    async with desk() as (place, driver):
        place.arm("pad.wrong_state", on=on)
        call = driver.clear(timeout_s=T) if on == "clear" else driver.sign(DOCUMENT, timeout_s=T)
        with pytest.raises(DeviceFault) as told:
            await call
        assert (told.value.fault, told.value.raw) == ("pad.wrong_state", "02")
        await signs_well(place, driver)


async def test_a_refused_end_of_capture_is_mended_on_the_way_home():
    async with desk() as (place, driver):
        place.arm("pad.wrong_state", on="end_capture")
        assert (await place.signed(driver, "sign wang", "press confirm")).strokes == 4
        assert not place.seen().capturing
        await signs_well(place, driver)


@pytest.mark.parametrize(("model", "result"), [("STU-430", "12"), ("STU-530", "11"), ("STU-540", "10")])
async def test_a_refused_picture_is_a_fault_and_the_next_try_works(model, result):
    async with desk(model, image_pipe=0) as (place, driver):
        place.arm("pad.image_refused", result=result)
        with pytest.raises(DeviceFault) as told:
            await driver.sign(DOCUMENT, timeout_s=T)
        assert (told.value.fault, told.value.raw) == ("pad.image", result)
        await signs_well(place, driver)


async def test_a_picture_refused_by_the_pipe_goes_by_reports():
    async with desk("STU-540") as (place, driver):
        place.arm("pad.image_refused", result="10")
        await driver.show(HiddenBytes(bytes(range(240)) * (800 * 480 * 3 // 240)), timeout_s=T)
        assert not place.seen().blank


async def test_a_busy_pad_is_waited_for():
    async with desk() as (place, driver):
        place.arm("pad.busy", for_s=2.0)
        await signs_well(place, driver)


async def test_a_pad_that_stays_busy_is_stuck():
    async with desk(speed=1.0) as (place, driver):
        place.arm("pad.busy", for_s=3600.0)
        with pytest.raises(PadkitError):
            await driver.clear(timeout_s=SHORT_S)
        place.book.clear("pad.busy")
        await driver.clear(timeout_s=T)


@pytest.mark.parametrize("left_in", ["2100", "2500", "1500000001"])
async def test_a_pad_that_was_left_in_the_middle_is_brought_home_when_opened(left_in):
    place = Desk()
    data = bytes.fromhex(left_in)
    await place.link.control(0x21, 0x09, 0x0300 | data[0], 0, data, timeout_s=T)
    driver = await place.open()
    await signs_well(place, driver)
    place.close()


async def test_a_cable_pulled_in_mid_stroke_gives_nothing_and_signing_can_begin_anew():
    async with desk(speed=1.0) as (place, driver):
        signing = asyncio.create_task(driver.sign(DOCUMENT, timeout_s=T))
        await place.until(lambda seen: seen.capturing)
        place.attached.hand(HandAction("sign", item="wang"))
        await place.until(lambda seen: seen.reports > 40)
        place.attached.unplug()
        with pytest.raises(LinkLost):
            await signing
        place.attached.hand(HandAction("lift_pen"))
        place.attached.plug()
        again = await place.open()
        assert place.seen().blank
        signature = await place.signed(again, "sign loops", "press confirm")
        assert (signature.strokes, signature.lost) == (2, 0)
