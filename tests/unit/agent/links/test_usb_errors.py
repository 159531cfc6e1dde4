"""What libusb's errors mean."""

from __future__ import annotations

import asyncio
import errno

import pytest
import usb.core

from padkit_agent.links.usb_errors import GONE, meaning, timed_out
from padkit_agent.links.usb_reports import Reports
from padkit_sdk import BadFrame, DeviceFault, LinkLost
from padkit_sdk.links import MAX_REPORTS


def error(number):
    return usb.core.USBError("no luck", None, number)


@pytest.mark.parametrize("number", [*GONE, errno.ENOMEM, None])
def test_most_mean_that_the_link_is_lost(number):
    told = meaning(error(number), "USB device 1209:0001 at 1-2", "read from endpoint 82")
    assert isinstance(told, LinkLost)
    assert str(told).startswith("USB device 1209:0001 at 1-2: read from endpoint 82: ")


def test_a_stall_is_the_devices_no():
    told = meaning(error(errno.EPIPE), "here", "write")
    assert isinstance(told, DeviceFault)
    assert told.fault == "usb.stall"


def test_too_much_is_a_bad_frame():
    assert isinstance(meaning(error(errno.EOVERFLOW), "here", "read"), BadFrame)


def test_what_the_library_cannot_do_is_told_too():
    assert isinstance(meaning(NotImplementedError("no"), "here", "read"), LinkLost)


def test_time_that_is_up_is_no_error():
    assert timed_out(error(errno.ETIMEDOUT))
    assert not timed_out(error(errno.EPIPE))


async def test_a_flood_is_refused_and_what_came_is_given_before_the_end():
    reports = Reports((b"kept",))
    assert all(reports.put(b"r") for _ in range(MAX_REPORTS - 1))
    assert not reports.put(b"one too many")
    reports.fail(LinkLost("gone"))
    assert await reports.next(timeout_s=1) == b"kept"
    for _ in range(MAX_REPORTS - 1):
        assert await reports.next(timeout_s=1) == b"r"
    with pytest.raises(LinkLost):
        await reports.next(timeout_s=1)


async def test_silence_is_none():
    assert await Reports().next(timeout_s=0.001) is None


async def test_a_late_wake_up_is_not_taken_for_silence():
    reports = Reports()
    reports.put(b"first")
    assert await reports.next(timeout_s=1) == b"first"
    waiting = asyncio.create_task(reports.next(timeout_s=10))
    for _ in range(3):
        await asyncio.sleep(0)
    reports.put(b"second")
    assert await waiting == b"second"
