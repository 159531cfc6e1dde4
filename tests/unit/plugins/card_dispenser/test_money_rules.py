"""A small model of a box counts its cards while the driver works over lines and customers that misbehave.

The model knows the wire by its bytes only and shares no code with driver or simulator.
"""

from __future__ import annotations

import asyncio
from collections import deque
from functools import reduce
from operator import xor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from padkit_card_dispenser.driver import open_driver
from padkit_sdk import DriverContext, PadkitError, Refused
from padkit_sdk.ports import CardPlace, Slot

ACK, NAK, EOT = b"\x06", b"\x15", b"\x04"
TRAVEL_S = 2.5
ST0 = {"none": b"0", "gate": b"1", "inside": b"2", "stuck": b"0"}  # stuck: out of the stacker, seen by no sensor
GOALS = {0x30: "gate", 0x31: "inside", 0x32: "inside", 0x33: "bin", 0x39: "hand"}
T = 30.0


def frame(text):
    head = b"\xf2\x00" + len(text).to_bytes(2, "big") + text + b"\x03"
    return head + bytes([reduce(xor, head)])


class ModelBox:
    """Stacker, path, gate, bin and a customer. `fates` say what the line does to each command, ACK and answer in turn."""

    def __init__(self, *, place="none", fates=(), take_at_s=None, power_cut_s=None, busy_answers=False):
        self.now_s = 0.0
        self.place = place
        self.stacker, self.bin, self.hand, self.counter = 5, 0, 0, 41
        self.ready = True
        self.commands: list[bytes] = []
        self.fed_unasked = False
        self._fates = deque(fates)
        self._take_at_s, self._power_cut_s, self._busy_answers = take_at_s, power_cut_s, busy_answers
        self._says: list[tuple[float, bytes]] = []
        self.moving: tuple[float, int] | None = None
        self._last = b""
        self.cancel_at_read = 0

    # the link

    async def write(self, data):
        self._pass_time(0.0)
        if data == EOT:
            self._stop()
        elif data == NAK:
            self._answer(self._last)
        elif data != ACK:
            self.commands.append(data[5:-2])
            self._receive(data[5:-2])

    async def read(self, *, timeout_s):
        self.cancel_at_read -= 1
        if self.cancel_at_read == 0:
            asyncio.current_task().cancel()
            await asyncio.sleep(0)
        end = self.now_s + timeout_s
        while True:
            ready = [data for at, data in self._says if at <= self.now_s]
            if ready:
                self._says = [(at, data) for at, data in self._says if at > self.now_s]
                return b"".join(ready)
            coming = [at for at in [*(at for at, _ in self._says), *self._wake()] if at > self.now_s]
            until = min([end, *coming])
            self._pass_time(until - self.now_s)
            if until >= end and not [1 for at, _ in self._says if at <= self.now_s]:
                return b""

    def discard_input(self):
        self._says = [(at, data) for at, data in self._says if at > self.now_s]

    def set_baud(self, baud):
        pass

    async def close(self):
        pass

    # the wire

    def _fate(self):
        return self._fates.popleft() if self._fates else "fine"

    def _receive(self, text):
        if self.moving and not (self._busy_answers and text[0] != 0x32):
            return
        fate = self._fate()
        if fate == "lost":
            return
        if fate == "garbled":
            self._says.append((self.now_s + 0.001, NAK))
            return
        if self._fate() == "fine":
            self._says.append((self.now_s + 0.001, ACK))
        self._execute(text)

    def _answer(self, answer):
        self._last = answer
        fate = self._fate()
        if fate == "garbled":
            answer = answer[:-1] + bytes([answer[-1] ^ 1])
        if fate == "cut":
            answer = answer[:8]
        if fate != "lost":
            self._says.append((self.now_s + 0.002, answer))

    def _positive(self, text, data=b""):
        self._answer(frame(b"P" + text[:2] + ST0[self.place] + b"20" + data))

    def _execute(self, text):
        if text[0] == 0x30:
            self.ready = True
            return self._positive(text, b"CRT-591-M001")
        if not self.ready:
            return self._answer(frame(b"N" + text[:2] + b"B0"))
        if text[0] == 0x32:
            self.moving = (self.now_s + TRAVEL_S, text[1])
            return None
        if text[0] == 0xA5:
            return self._positive(text, b"%03d" % self.counter)
        return self._positive(text)

    # the mechanism

    def _wake(self):
        times = [self.moving[0]] if self.moving else []
        return [*times, *(at for at in (self._take_at_s, self._power_cut_s) if at is not None)]

    def _pass_time(self, seconds):
        self.now_s += seconds
        if self._power_cut_s is not None and self.now_s >= self._power_cut_s:
            self._power_cut_s, self.moving, self.ready = None, None, False
            self._says.clear()
        if self.moving and self.now_s >= self.moving[0]:
            self._arrive(self.moving[1])
        if self._take_at_s is not None and self.now_s >= self._take_at_s and self.place == "gate":
            self.place, self._take_at_s = "none", None
            self.hand += 1

    def _arrive(self, pm):
        self.moving = None
        goal = GOALS[pm]
        if self.place == "none" and pm in (0x31, 0x32):
            self.stacker -= 1
            self.place = "inside"
        elif self.place != "none":
            self.place = "none" if goal in ("bin", "hand") else goal
            self.bin += goal == "bin"
            self.counter += goal == "bin"
            self.hand += goal == "hand"
        self._positive(bytes([0x32, pm]))

    def _stop(self):
        if self.moving and self.moving[1] == 0x31 and self.place == "none":
            self.stacker -= 1
            self.place = "stuck"
        self.moving = None
        if self._fate() != "lost":
            self._says.append((self.now_s + 0.005, EOT))

    def cards(self):
        in_path = self.place != "none"
        return self.stacker + in_path + self.bin + self.hand


async def opened(box):
    fates, box._fates = box._fates, deque()
    driver = await open_driver(box, DriverContext("box", lambda: box.now_s, lambda event: None))
    driver.chip.live = False
    box._fates = fates
    box.commands.clear()
    return driver


async def settled(box, driver):
    """The line is good again: the driver must tell the truth."""
    box._fates.clear()
    box._power_cut_s = None  # a cut that is still to come would be another story
    box.cancel_at_read = 0
    status = await driver.status(timeout_s=T)
    if status.ready:
        assert status.bin_count == box.counter
        if box.place != "stuck":
            assert status.card is CardPlace(box.place)
    return status


def feeds(box):
    return [text for text in box.commands if text[:2] in (b"\x32\x31", b"\x32\x32")]


def initializes(box):
    return {text[1] for text in box.commands if text[0] == 0x30}


fates = st.lists(st.sampled_from(["fine", "fine", "lost", "garbled", "cut"]), max_size=14)
moments = st.one_of(st.none(), st.floats(0.0, 8.0))


@settings(deadline=None, max_examples=250)
@given(fates, moments, moments, st.booleans(), st.sampled_from(["gate", "inside"]), st.floats(0.2, T))
def test_a_retract_never_feeds_and_its_result_is_true(line, take_at_s, power_cut_s, busy_answers, place, timeout_s):
    async def story():
        box = ModelBox(place=place, fates=line, take_at_s=take_at_s, power_cut_s=power_cut_s, busy_answers=busy_answers)
        driver = await opened(box)
        try:
            after = await driver.move(Slot.BIN, timeout_s=timeout_s)
        except Refused as refused:
            assert refused.reason in ("box.no_card", "box.not_ready")
            if refused.reason == "box.no_card":
                assert (box.hand, box.bin) == (1, 0)
        except PadkitError:
            pass
        else:
            assert (box.bin, box.hand, after.bin_count) == (1, 0, 42)
        await settled(box, driver)
        assert feeds(box) == []
        assert initializes(box) == set()
        assert box.stacker == 5
        assert box.cards() == 6

    asyncio.run(story())


@settings(deadline=None, max_examples=250)
@given(fates, moments, st.booleans(), st.floats(0.2, T))
def test_a_stage_feeds_one_card_at_most_and_only_after_a_look(line, power_cut_s, busy_answers, timeout_s):
    async def story():
        box = ModelBox(fates=line, power_cut_s=power_cut_s, busy_answers=busy_answers)
        driver = await opened(box)
        try:
            after = await driver.stage(timeout_s=timeout_s)
        except PadkitError:
            pass
        else:
            assert (box.stacker, box.place, after.card) == (4, "inside", CardPlace.INSIDE)
        assert box.stacker >= 4
        for index, text in enumerate(box.commands):
            if text == b"\x32\x31" and box.commands[index - 1] != text:
                assert box.commands[index - 1] == b"\x31\x30"
        await settled(box, driver)
        assert initializes(box) == set()
        assert box.cards() == 5

    asyncio.run(story())


@settings(deadline=None, max_examples=150)
@given(fates, moments, st.booleans(), st.floats(0.2, T))
def test_a_presentation_never_feeds_and_its_result_is_true(line, take_at_s, busy_answers, timeout_s):
    async def story():
        box = ModelBox(place="inside", fates=line, take_at_s=take_at_s, busy_answers=busy_answers)
        driver = await opened(box)
        try:
            await driver.move(Slot.GATE, timeout_s=timeout_s)
        except PadkitError:
            pass
        else:
            assert box.place == "gate" or box.hand == 1
        await settled(box, driver)
        assert feeds(box) == []
        assert (box.stacker, box.bin) == (5, 0)

    asyncio.run(story())


@settings(deadline=None, max_examples=150)
@given(fates, moments, st.booleans(), st.sampled_from(["gate", "inside", "none"]))
def test_moving_to_the_reader_never_feeds(line, take_at_s, busy_answers, place):
    async def story():
        box = ModelBox(place=place, fates=line, take_at_s=take_at_s, busy_answers=busy_answers)
        driver = await opened(box)
        try:
            await driver.move(Slot.READER, timeout_s=T)
        except PadkitError:
            pass
        else:
            assert box.place == "inside"
        await settled(box, driver)
        assert box.stacker == 5
        assert place == "inside" or feeds(box) == []

    asyncio.run(story())


@settings(deadline=None, max_examples=100)
@given(fates, st.sampled_from(["gate", "inside", "none"]), st.booleans())
def test_prepare_sends_initialize_37_only_and_leaves_the_card(line, place, powered):
    async def story():
        box = ModelBox(place=place, fates=line)
        driver = await opened(box)
        box.ready = powered
        try:
            status = await driver.prepare(timeout_s=T)
        except PadkitError:
            pass
        else:
            assert (status.ready, status.card) == (True, CardPlace(place))
        assert initializes(box) <= {0x37}
        assert (box.place, box.cards()) == (place, 5 + (place != "none"))
        assert not [text for text in box.commands if text[0] == 0x32]

    asyncio.run(story())


@pytest.mark.parametrize("taken", [False, True])
async def test_a_lost_ack_on_a_retract_is_followed_by_a_look_and_the_counter_decides(taken):
    box = ModelBox(place="gate", take_at_s=0.5 if taken else None)
    driver = await opened(box)
    box._fates = deque(["fine", "fine", "fine"] * 2 + (["lost"] if taken else ["fine", "lost"]))
    if taken:
        with pytest.raises(Refused, match="treat the card as taken"):
            await driver.move(Slot.BIN, timeout_s=T)
    else:
        assert (await driver.move(Slot.BIN, timeout_s=T)).bin_count == 42
    assert [text[:2] for text in box.commands].count(b"\x32\x33") == 1
    assert box.commands[3] == b"\xa5\x30"  # after the motion the counter and the status are asked, not the motion again


@settings(deadline=None, max_examples=100)
@given(st.integers(1, 16), st.sampled_from(["gate", "inside"]), fates)
def test_a_cancelled_retract_stops_never_feeds_and_leaves_the_driver_usable(read, place, line):
    async def story():
        box = ModelBox(place=place, fates=line)
        driver = await opened(box)
        box.cancel_at_read = read
        await asyncio.wait({asyncio.create_task(driver.move(Slot.BIN, timeout_s=T))})
        if not line:
            assert box.moving is None
        await settled(box, driver)
        assert feeds(box) == []
        assert box.cards() == 6

    asyncio.run(story())


@settings(deadline=None, max_examples=100)
@given(st.integers(1, 16), fates)
def test_a_cancelled_feed_stops_and_leaves_one_card_out_at_most(read, line):
    async def story():
        box = ModelBox(fates=line)
        driver = await opened(box)
        box.cancel_at_read = read
        await asyncio.wait({asyncio.create_task(driver.stage(timeout_s=T))})
        if not line:
            assert box.moving is None
        await settled(box, driver)
        assert box.stacker >= 4

    asyncio.run(story())
