from __future__ import annotations

import asyncio
import threading

import pytest

from padkit_fingerprint.templates import engine
from padkit_fingerprint.templates.engine import NbisEngine
from padkit_fingerprint.uru4500 import cipher
from padkit_sdk import AskAgain, DeviceFault, LinkLost, Refused
from padkit_sdk.ports import Finger, FingerprintCapability
from padkit_sim.devices import finger as fingers

CAPTURE_S = 10
RECOVERED = (  # every fault after which a touch still gives its picture
    "uru.awake_early",
    "uru.awake_late",
    "uru.awake_missing",
    "uru.awake_repeated",
    "uru.reboot",
    "uru.power_stuck",
    "uru.key_change",
    "uru.not_present",
    "uru.plain",
    "uru.wrong_lines",
    "uru.short",
)


async def capture(driver, timeout_s=CAPTURE_S):
    return await driver.capture(Finger.RIGHT_INDEX, timeout_s=timeout_s)


def distance(first, second):
    """Share of pixels that differ."""
    return sum(a != b for a, b in zip(first, second, strict=True)) / len(first)


def seen(nth=0, quality="good"):
    return fingers.picture(fingers.Touch("zhang", "right_index", quality, nth), 384, 290)


async def test_a_touch_gives_the_picture_as_the_window_saw_it(desk, opened):
    async with opened() as driver:
        desk.touch()
        sample = await capture(driver)
    assert (sample.width, sample.height, sample.dpi, sample.finger) == (384, 290, 512, Finger.RIGHT_INDEX)
    assert len(sample.image.data) == 384 * 290
    assert distance(sample.image.data, seen()) < 0.01  # the lost line and the lost pixel of each block
    assert sample.quality > 50


async def test_screens_hear_what_is_waited_for(desk, opened):
    async with opened(templates=False) as driver:
        desk.touch()
        await capture(driver)
    assert [(event.name, *event.detail.values()) for event in desk.events] == [
        ("finger.waiting", "touch"),
        ("finger.on",),
        ("finger.waiting", "lift"),
        ("finger.off",),
    ]


@pytest.mark.parametrize("fault", RECOVERED)
async def test_the_driver_recovers(desk, opened, fault):
    desk.fault(fault)
    async with opened(templates=False) as driver:
        desk.touch()
        sample = await capture(driver)
    assert desk.book.firings()
    assert distance(sample.image.data, seen()) < 0.02


@pytest.mark.parametrize(
    ("fault", "warned", "args"), [("uru.warning", "true", {}), ("uru.stall", "false", {"after_s": 600})]
)
async def test_a_picture_that_does_not_come_is_taken_after_a_new_start(desk, opened, monkeypatch, fault, warned, args):
    monkeypatch.setattr("padkit_fingerprint.uru4500.capture.IMAGE_S", 1.0)
    seen(0)  # made beforehand: it takes its time
    desk.fault(fault, **args)
    async with opened(templates=False) as driver:
        desk.touch()
        sample = await capture(driver)
    assert distance(sample.image.data, seen()) < 0.01
    assert [event.detail for event in desk.events if event.name == "finger.no_picture"] == [{"warned": warned}]


async def test_a_reader_that_never_awakes_is_a_fault(desk, opened):
    desk.fault("uru.awake_missing", times=0)
    with pytest.raises(DeviceFault, match="unplug it") as caught:
        async with opened():
            pass
    assert (caught.value.fault, caught.value.raw) == ("finger.no_start", "01")


async def test_a_reader_that_keeps_sleeping_is_a_fault(desk, opened):
    desk.fault("uru.power_stuck", reads=500)
    with pytest.raises(DeviceFault) as caught:
        async with opened():
            pass
    assert caught.value.fault == "finger.no_start"


async def test_pictures_that_never_make_sense_are_a_fault(desk, opened):
    desk.fault("uru.wrong_lines", times=0)
    async with opened() as driver:
        desk.touch()
        with pytest.raises(DeviceFault, match="290 rows") as caught:
            await capture(driver)
    assert caught.value.fault == "finger.no_picture"


@pytest.mark.parametrize(
    ("quality", "hint"),
    [("dry", "finger.dry"), ("wet", "finger.wet"), ("partial", "finger.partial"), ("shifted", "finger.centre")],
)
async def test_a_poor_touch_asks_the_person_to_touch_better(desk, opened, quality, hint):
    async with opened(templates=False) as driver:
        desk.touch(f"right_index/{quality}")
        with pytest.raises(AskAgain) as caught:
            await capture(driver)
        assert caught.value.hint == hint
        desk.touch()
        assert (await capture(driver)).quality > 50


async def test_nobody_touches(desk, opened):
    async with opened() as driver:
        with pytest.raises(AskAgain) as caught:
            await capture(driver, timeout_s=0.1)
        assert caught.value.hint == "finger.not_touched"
    assert desk.reader.state(desk.attached.now()).mode == 0x70


async def test_a_finger_that_is_never_lifted_is_asked_to_be_removed_next_time(desk, opened, monkeypatch):
    monkeypatch.setattr("padkit_fingerprint.uru4500.driver.LIFT_S", 0.05)
    async with opened(templates=False) as driver:
        desk.touch(action="hold_finger")
        assert (await capture(driver)).quality > 50
        with pytest.raises(AskAgain) as caught:
            await capture(driver, timeout_s=0.1)
        assert caught.value.hint == "finger.remove"
        desk.touch(action="lift_finger")
        desk.events.clear()
        waiting = asyncio.ensure_future(capture(driver))
        await desk.until("finger.off")
        desk.touch()
        assert (await waiting).quality > 50


async def test_a_finger_lifted_before_the_picture_is_too_little_of_it(desk, opened):
    async with opened() as driver:
        desk.touch()
        waiting = asyncio.ensure_future(capture(driver))
        await desk.until("finger.on")
        desk.touch(action="lift_finger")
        with pytest.raises(AskAgain) as caught:
            await waiting
    assert caught.value.hint == "finger.partial"


async def test_a_second_caller_waits_or_is_refused(desk, opened):
    async with opened() as driver:
        waiting = asyncio.ensure_future(capture(driver, timeout_s=0.2))
        await asyncio.sleep(0)
        with pytest.raises(Refused, match="busy") as caught:
            await capture(driver, timeout_s=0.02)
        assert caught.value.reason == "reader.busy"
        with pytest.raises(AskAgain):
            await waiting


async def test_a_cancelled_capture_leaves_the_reader_off_and_usable(desk, opened):
    async with opened(templates=False) as driver:
        waiting = asyncio.ensure_future(capture(driver))
        await desk.until("finger.waiting")
        waiting.cancel()
        await asyncio.wait([waiting])
        assert desk.reader.state(desk.attached.now()).mode == 0x70
        desk.touch()
        assert (await capture(driver)).quality > 50


async def test_a_pulled_cable_is_a_lost_link(desk, opened):
    async with opened() as driver:
        waiting = asyncio.ensure_future(capture(driver))
        await desk.until("finger.waiting")
        desk.attached.unplug()
        with pytest.raises(LinkLost):
            await waiting


async def test_the_same_finger_scores_above_the_threshold_and_others_below(desk, opened):
    async with opened() as driver:
        templates = []
        for item in ("right_index", "right_index", "left_thumb"):
            desk.touch(item)
            templates.append((await capture(driver)).template)
        same = await driver.match(templates[0], templates[1], timeout_s=5)
        other = await driver.match(templates[0], templates[2], timeout_s=5)
    assert (same.threshold, same.engine) == (40, "bozorth3")
    assert same.alike
    assert not other.alike


async def test_without_templates_there_is_no_such_capability(desk, opened):
    async with opened(templates=False) as driver:
        assert await driver.capabilities() == {FingerprintCapability.IMAGE}
        desk.touch()
        sample = await capture(driver)
        assert sample.template.data == b""
        with pytest.raises(Refused) as caught:
            await driver.match(sample.template, sample.template, timeout_s=1)
    assert caught.value.reason == "template.unsupported"


async def test_it_tells_who_it_is_and_how_it_is(desk, opened):
    async with opened() as driver:
        identity = await driver.identify(timeout_s=5)
        test = await driver.self_test(timeout_s=5)
        assert await driver.capabilities() == {FingerprintCapability.IMAGE, FingerprintCapability.TEMPLATE}
    assert (identity.model, identity.serial, identity.firmware) == ("U.are.U 4500", "", "0305-0210")
    assert [check.name for check in test.checks] == ["finger.start", "finger.health"]
    assert test.passed


class Slowed:
    """Work that begins, and goes on when it may. `begun` is awaited on the loop, which therefore has its turn meanwhile."""

    def __init__(self, work):
        self._work = work
        self._began = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self.go_on = threading.Event()

    def __call__(self, *args):
        self._loop.call_soon_threadsafe(self._began.set)
        assert self.go_on.wait(30)
        return self._work(*args)

    async def begun(self):
        async with asyncio.timeout(20):
            await self._began.wait()


WORK = (
    ("padkit_fingerprint.uru4500.capture.unscramble", cipher.unscramble),
    ("padkit_fingerprint.templates.engine.NbisEngine.template", NbisEngine.template),
)


@pytest.fixture(params=WORK, ids=["unscramble", "template"])
async def slowed(request, monkeypatch):
    """What a picture needs on this machine, slowed down."""
    place, work = request.param
    made = Slowed(work)
    monkeypatch.setattr(place, lambda *args: made(*args))
    yield made
    made.go_on.set()


async def test_work_on_a_picture_holds_up_nothing_else(desk, opened, slowed):
    """The worker's loop answers the heart-beat: while the library works, others have their turn."""
    async with opened() as driver:
        desk.touch()
        capturing = asyncio.ensure_future(capture(driver))
        await slowed.begun()
        slowed.go_on.set()
        assert (await capturing).template.data


async def test_a_cancel_during_the_work_on_a_picture_leaves_the_reader_usable(desk, opened, slowed):
    async with opened() as driver:
        desk.touch()
        capturing = asyncio.ensure_future(capture(driver))
        await slowed.begun()
        capturing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await capturing
        slowed.go_on.set()
        desk.touch()
        assert (await capture(driver)).template.data


async def test_a_score_that_does_not_come_in_time_is_told_and_comes_the_next_time(desk, opened):
    async with opened() as driver:
        desk.touch()
        template = (await capture(driver)).template
        with engine.LOCK, pytest.raises(DeviceFault, match="gave no answer") as caught:
            await driver.match(template, template, timeout_s=0.2)
        assert caught.value.fault == "finger.templates"
        assert (await driver.match(template, template, timeout_s=10)).alike


async def test_a_cancelled_match_leaves_the_next_one_right(desk, opened):
    async with opened() as driver:
        desk.touch()
        template = (await capture(driver)).template
        with engine.LOCK:
            matching = asyncio.ensure_future(driver.match(template, template, timeout_s=10))
            await asyncio.sleep(0)
            matching.cancel()
            with pytest.raises(asyncio.CancelledError):
                await matching
        assert (await driver.match(template, template, timeout_s=10)).alike
