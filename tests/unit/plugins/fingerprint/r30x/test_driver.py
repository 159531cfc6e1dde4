from __future__ import annotations

import asyncio

import pytest

from padkit_fingerprint.r30x.library import Found
from padkit_sdk import AskAgain, DeviceFault, HiddenBytes, LinkLost, OutcomeUnknown, Refused
from padkit_sdk.ports import Finger, FingerprintCapability
from padkit_sim.devices import finger as fingers

S = 20


async def capture(driver, timeout_s=S):
    return await driver.capture(Finger.LEFT_THUMB, timeout_s=timeout_s)


async def enrol(bench, driver, page, item="right_index", second=""):
    """Two touches, the second when the first was lifted."""
    async with asyncio.TaskGroup() as both:
        both.create_task(driver.enrol(page, timeout_s=S))
        for touch in (item, second or item):
            await bench.until("finger.waiting", "touch")
            bench.touch(touch)


async def test_a_touch_gives_the_picture_in_sixteen_greys(bench):
    async with bench.opened() as driver:
        bench.touch()
        sample = await capture(driver)
    seen = fingers.picture(fingers.Touch("zhang", "right_index"), 256, 288)
    assert (sample.width, sample.height, sample.finger) == (256, 288, Finger.LEFT_THUMB)
    assert sample.image.data == bytes((grey >> 4) * 17 for grey in seen)
    assert sample.quality > 50
    assert bench.said() == [
        ("finger.waiting", "touch"),
        ("finger.on",),
        ("finger.waiting", "lift"),
        ("finger.off",),
    ]


@pytest.mark.parametrize(
    ("fault", "args"),
    [
        ("r30x.bad_sum", {}),
        ("r30x.wrong_address", {"nth": 3}),
        ("r30x.silent", {"on": "take"}),
        ("r30x.no_finger", {"times": 5}),
        ("r30x.packet_lost", {"nth": 100}),
    ],
)
async def test_the_driver_recovers_from(bench, fault, args):
    bench.fault(fault, **args)
    async with bench.opened(templates=False) as driver:
        bench.touch()
        sample = await capture(driver)
    assert bench.book.firings()
    assert sample.quality > 50


async def test_a_module_that_never_answers_is_an_unknown_outcome(bench):
    bench.fault("r30x.silent", times=0, on="count")
    async with bench.opened() as driver:
        with pytest.raises(OutcomeUnknown, match="TemplateNum"):
            await driver.count(timeout_s=0.3)


async def test_an_r503_gives_its_smaller_picture(small_window):
    async with small_window.opened() as driver:
        assert (await driver.identify(timeout_s=S)).model == "R503"
        small_window.touch()
        sample = await capture(driver)
    seen = fingers.picture(fingers.Touch("zhang", "right_index"), 192, 192)
    assert (sample.width, sample.height) == (192, 192)
    assert sample.image.data == bytes((grey >> 4) * 17 for grey in seen)
    assert sample.quality > 50


async def test_a_picture_of_another_model_than_the_profile_names_is_told(small_window):
    async with small_window.opened(model="R30x") as driver:
        small_window.touch()
        with pytest.raises(DeviceFault, match="correct the model in the kit profile") as caught:
            await capture(driver)
    assert caught.value.fault == "finger.model"


async def test_a_module_without_the_handshake_is_no_r503(bench):
    with pytest.raises(DeviceFault, match="HandShake"):
        async with bench.opened(model="R503"):
            pass


async def test_a_module_that_has_just_got_its_power_is_opened(each_bench):
    each_bench.attached.power_cycle()
    async with each_bench.opened(templates=False) as driver:
        assert await driver.count(timeout_s=S) == 0


async def test_a_wrong_password_is_told(bench):
    bench.fault("r30x.password")
    with pytest.raises(DeviceFault, match="kit profile") as caught:
        async with bench.opened():
            pass
    assert (caught.value.fault, caught.value.raw) == ("finger.password", "13")


async def test_password_and_address_come_from_the_kit_profile(small_bench):
    async with small_bench.opened(password="12345678", address="00000007") as driver:
        identity = await driver.identify(timeout_s=S)
        test = await driver.self_test(timeout_s=S)
    assert (identity.model, identity.serial, identity.firmware) == ("R30x", "00000007", "0009")
    assert test.passed
    assert test.checks[1].seen == "0 of 2 templates"


@pytest.mark.parametrize(
    ("quality", "hint"),
    [("dry", "finger.dry"), ("wet", "finger.wet"), ("partial", "finger.partial"), ("shifted", "finger.centre")],
)
async def test_a_poor_touch_asks_the_person_to_touch_better(each_bench, quality, hint):
    async with each_bench.opened(templates=False) as driver:
        each_bench.touch(f"right_index/{quality}")
        with pytest.raises(AskAgain) as caught:
            await capture(driver)
    assert caught.value.hint == hint


async def test_nobody_touches(bench):
    async with bench.opened() as driver:
        with pytest.raises(AskAgain) as caught:
            await capture(driver, timeout_s=0.3)
    assert caught.value.hint == "finger.not_touched"


async def test_a_finger_that_is_never_lifted_is_asked_to_be_removed_next_time(bench, monkeypatch):
    monkeypatch.setattr("padkit_fingerprint.r30x.driver.LIFT_S", 0.1)
    async with bench.opened(templates=False) as driver:
        bench.touch(action="hold_finger")
        assert (await capture(driver)).quality > 50
        with pytest.raises(AskAgain) as caught:
            await capture(driver, timeout_s=0.3)
        assert caught.value.hint == "finger.remove"


async def test_a_cancelled_capture_leaves_the_module_usable(bench):
    async with bench.opened(templates=False) as driver:
        waiting = asyncio.ensure_future(capture(driver))
        await bench.until("finger.waiting", "touch")
        waiting.cancel()
        await asyncio.wait([waiting])
        bench.touch()
        assert (await capture(driver)).quality > 50


async def test_a_pulled_cable_is_a_lost_link(bench):
    async with bench.opened() as driver:
        waiting = asyncio.ensure_future(capture(driver))
        await bench.until("finger.waiting", "touch")
        bench.attached.unplug()
        with pytest.raises(LinkLost):
            await waiting


async def test_a_module_that_lost_its_power_is_a_lost_link_and_can_be_opened_again(bench):
    async with bench.opened() as driver:
        bench.attached.power_cycle()
        with pytest.raises(LinkLost, match="lost its power"):
            await driver.count(timeout_s=S)
    async with bench.opened() as driver:
        assert await driver.count(timeout_s=S) == 0


async def test_an_enrolled_finger_is_found_and_compared_and_another_is_not(bench):
    async with bench.opened() as driver:
        assert FingerprintCapability.MATCH_ON_DEVICE in await driver.capabilities()
        await enrol(bench, driver, 3)
        assert await driver.count(timeout_s=S) == 1
        bench.touch()
        assert await driver.search(timeout_s=S) == Found(3, 150)
        bench.touch()
        assert await driver.compare(3, timeout_s=S) == 150
        bench.touch("left_thumb")
        assert await driver.search(timeout_s=S) is None
        bench.touch("left_thumb")
        assert await driver.compare(3, timeout_s=S) == 0
        await driver.delete(3, timeout_s=S)
        assert await driver.count(timeout_s=S) == 0


async def test_a_template_can_be_read_and_kept_elsewhere(bench):
    async with bench.opened() as driver:
        await enrol(bench, driver, 0)
        template = await driver.read_template(0, timeout_s=S)
        await driver.write_template(7, template, timeout_s=S)
        assert bench.state().kept == {"0": "zhang/right_index", "7": "zhang/right_index"}
        with pytest.raises(Refused) as caught:
            await driver.write_template(7, HiddenBytes(bytes(9999)), timeout_s=S)
    assert caught.value.reason == "template.size"


async def test_two_different_fingers_are_no_enrolment(bench):
    async with bench.opened() as driver:
        with pytest.raises(ExceptionGroup) as caught:
            await enrol(bench, driver, 0, second="left_thumb")
    assert [error.hint for error in caught.value.exceptions] == ["finger.differs"]


@pytest.mark.parametrize(
    ("fault", "told"), [("r30x.library_full", "finger.library"), ("r30x.store_failed", "finger.flash")]
)
async def test_what_cannot_be_stored_is_a_fault_and_can_be_stored_next_time(bench, fault, told):
    bench.fault(fault)
    async with bench.opened() as driver:
        with pytest.raises(ExceptionGroup) as caught:
            await enrol(bench, driver, 1)
        assert [error.fault for error in caught.value.exceptions] == [told]
        await enrol(bench, driver, 1)
    assert bench.state().kept == {"1": "zhang/right_index"}


async def test_a_disordered_picture_asks_again(bench):
    bench.fault("r30x.disordered")
    async with bench.opened() as driver:
        bench.touch()
        with pytest.raises(AskAgain) as caught:
            await driver.search(timeout_s=S)
    assert caught.value.hint == "finger.wet"


async def test_the_same_finger_scores_above_the_threshold_and_others_below(bench):
    async with bench.opened() as driver:
        templates = []
        for item in ("right_index", "right_index", "left_thumb"):
            bench.touch(item)
            templates.append((await capture(driver)).template)
        assert (await driver.match(templates[0], templates[1], timeout_s=5)).alike
        assert not (await driver.match(templates[0], templates[2], timeout_s=5)).alike
